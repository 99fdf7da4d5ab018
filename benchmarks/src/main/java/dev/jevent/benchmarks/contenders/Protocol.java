package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** What a server of the JVM does with one connection: the same code for every kind of thread. */
interface Protocol {
    int BUFFER = 4096;
    int BACKLOG = 1024;

    /** Serves one connection until the client closes it. */
    void serve(InputStream in, OutputStream out) throws IOException;

    /** Serves a connection and closes it; one that the client has broken off is no error. */
    default void serve(Socket socket) throws IOException {
        try (socket) {
            serve(socket.getInputStream(), socket.getOutputStream());
        } catch (SocketException e) {
            // Connection reset: the load has ended.
        }
    }

    static Protocol of(String name) {
        return switch (name) {
            case "echo" -> new EchoProtocol();
            case "hello" -> new HelloProtocol();
            default -> throw new IllegalArgumentException("echo or hello, not " + name);
        };
    }

    /** Where to listen: the port that is the argument after the given ones, or any free one. */
    static InetSocketAddress address(String[] args, int before) {
        int port = args.length > before ? Integer.parseInt(args[before]) : 0;
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Says that the server listens now. */
    static void ready(int port) {
        System.out.println("READY " + port);
        System.out.flush();
    }
}
