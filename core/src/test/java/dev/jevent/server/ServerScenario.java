package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.socket.SocketScenario;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.BeforeEach;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** What the tests of servers share. */
abstract class ServerScenario extends SocketScenario {

    static final Duration LONG = Duration.ofSeconds(30);

    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @BeforeEach
    final void collectFailures() {
        Jevent.getHub().errorHandler((context, error) -> failures.add(error));
    }

    /** A server with an echo, or with what is given. */
    final StreamServer server(StreamServer.Handler handler) {
        return closing(new StreamServer(loopback(), handler));
    }

    final <S extends BaseServer<S>> S started(S server) throws IOException {
        server.start();
        return closing(server);
    }

    static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    static Socket connect(BaseServer<?> server) throws IOException {
        return Sockets.connect(server.localAddress(), LONG);
    }

    static void talk(BaseServer<?> server) throws IOException {
        talk(server.localAddress());
    }

    static void talk(SocketAddress address) throws IOException {
        try (Socket socket = Sockets.connect(address, LONG)) {
            talk(socket);
        }
    }

    static void talk(Socket socket) throws IOException {
        socket.getOutputStream().write(42);
        assertEquals(42, socket.getInputStream().read());
    }

    /** Gives way until it is so. */
    static void until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + LONG.toNanos(); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, "it does not become true");
            Jevent.sleep(1);
        }
    }

    /** Gives the others so many turns of the loop that they would have done it. */
    static void aWhile() {
        for (int i = 0; i < 20; i++) {
            Jevent.sleep(1);
        }
    }
}
