package dev.jevent.examples;

import dev.jevent.server.StreamServer;

import java.io.IOException;
import java.net.Socket;

/** Sends back what it gets. Every connection is served by a greenlet of its own. */
public final class EchoServer {

    private EchoServer() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 7777;
        var server = new StreamServer(port, EchoServer::echo);
        server.start();
        System.out.println("EchoServer listens on port " + server.address().getPort());
        server.serveForever();
    }

    static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }
}
