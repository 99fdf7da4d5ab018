package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

import javax.net.ssl.SSLException;

/** What a server of the JVM does with one connection: the same code for every kind of thread. */
interface Protocol {
    int BUFFER = 4096;
    int BACKLOG = 1024;

    /** As much as one call moves at most where it is about throughput. */
    int CHUNK = 64 * 1024;

    /** Serves one connection until the client closes it. */
    void serve(InputStream in, OutputStream out) throws IOException;

    /** Serves a connection and closes it; one that the client has broken off is no error. */
    default void serve(Socket socket) throws IOException {
        try (socket) {
            serve(socket.getInputStream(), socket.getOutputStream());
        } catch (SocketException | SSLException e) {
            // Connection reset, or no close_notify: the load has ended.
        }
    }

    static Protocol of(String name) {
        return switch (name) {
            case "echo" -> new EchoProtocol();
            case "hello" -> new HelloProtocol();
            case "download" -> new DownloadProtocol();
            case "upload" -> new UploadProtocol();
            case "line" -> new LineProtocol();
            default ->
                    throw new IllegalArgumentException(
                            "echo, hello, download, upload or line, not " + name);
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
