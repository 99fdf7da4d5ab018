package dev.jevent.benchmarks.contenders;

import dev.jevent.Jevent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** {@code echo} or {@code hello} on unmodified JDK sockets in greenlets: NAME [PORT]. */
public final class JeventJdkServer {

    private JeventJdkServer() {}

    public static void main(String[] args) throws Exception {
        Jevent.spawn(() -> accept(Protocol.of(args[0]), Protocol.address(args, 1))).get();
    }

    private static void accept(Protocol protocol, InetSocketAddress address) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(address, Protocol.BACKLOG);
            Protocol.ready(server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                Jevent.spawn(() -> protocol.serve(socket));
            }
        }
    }
}
