package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * {@code echo} or {@code hello} on JDK sockets, a {@code virtual} or {@code platform} thread for
 * each connection: KIND NAME [PORT].
 */
public final class JdkServer {

    private JdkServer() {}

    public static void main(String[] args) throws Exception {
        Thread.Builder threads = Threads.builder(args[0]);
        threads.start(() -> accept(threads, args)).join();
    }

    private static void accept(Thread.Builder threads, String[] args) {
        Protocol protocol = Protocol.of(args[1]);
        try (ServerSocket server = new ServerSocket()) {
            server.bind(Protocol.address(args, 2), Protocol.BACKLOG);
            Protocol.ready(server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                threads.start(() -> serve(protocol, socket));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(Protocol protocol, Socket socket) {
        try {
            protocol.serve(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
