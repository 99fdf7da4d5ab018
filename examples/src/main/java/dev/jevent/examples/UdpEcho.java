package dev.jevent.examples;

import dev.jevent.server.DatagramServer;

import java.io.IOException;

/** Sends back each datagram that it gets. */
public final class UdpEcho {

    private UdpEcho() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        var server = newServer(args.length > 0 ? Integer.parseInt(args[0]) : 9000);
        server.start();
        System.out.println("UdpEcho listens on port " + server.port());
        server.serveForever();
    }

    static DatagramServer newServer(int port) {
        return new DatagramServer(port, datagram -> datagram.reply(datagram.data()));
    }
}
