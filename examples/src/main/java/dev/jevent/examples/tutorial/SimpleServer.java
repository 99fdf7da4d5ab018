package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.server.StreamServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that greets and counts; try it with {@code nc localhost 5000}. */
public final class SimpleServer {

    private SimpleServer() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 5000;
        var server = new StreamServer(port, SimpleServer::handle);
        server.start();
        System.out.println("SimpleServer listens on port " + server.address().getPort());
        server.serveForever();
    }

    private static void handle(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write("Hello!\n".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 5; i++) {
            out.write((i + "\n").getBytes(StandardCharsets.US_ASCII));
            sleep(0);
        }
    }
}
