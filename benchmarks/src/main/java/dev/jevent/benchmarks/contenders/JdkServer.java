package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * A {@link Protocol} on JDK sockets, a {@code virtual} or {@code platform} thread for each
 * connection, or {@code pool-20}: 20 platform threads for all: KIND NAME [PORT]. Over TLS if {@link
 * Encryption} is wanted.
 */
public final class JdkServer {
    private static final String POOL = "pool-";

    private JdkServer() {}

    public static void main(String[] args) throws Exception {
        boolean pool = args[0].startsWith(POOL);
        Thread.Builder threads = Threads.builder(pool ? "platform" : args[0]);
        Executor executor =
                pool
                        ? Executors.newFixedThreadPool(
                                Integer.parseInt(args[0].substring(POOL.length())))
                        : threads::start;
        threads.start(() -> accept(executor, args)).join();
    }

    private static void accept(Executor executor, String[] args) {
        Protocol protocol = Protocol.of(args[1]);
        try (ServerSocket server = listener()) {
            server.bind(Protocol.address(args, 2), Protocol.BACKLOG);
            Protocol.ready(server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                executor.execute(() -> serve(protocol, socket));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the certificate", e);
        }
    }

    private static ServerSocket listener() throws IOException, GeneralSecurityException {
        Optional<Encryption> encryption = Encryption.wanted();
        return encryption.isEmpty()
                ? new ServerSocket()
                : encryption.get().context().getServerSocketFactory().createServerSocket();
    }

    private static void serve(Protocol protocol, Socket socket) {
        try {
            protocol.serve(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
