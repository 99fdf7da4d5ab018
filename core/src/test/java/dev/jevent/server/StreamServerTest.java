package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.socket.SocketScenario;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class StreamServerTest extends SocketScenario {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<Throwable> failures = new ArrayList<>();

    @BeforeEach
    void collectFailures() {
        Jevent.getHub().errorHandler((context, error) -> failures.add(error));
    }

    private StreamServer serving(StreamServer.Handler handler) throws IOException {
        var server = closing(new StreamServer(loopback(), handler));
        server.start();
        return server;
    }

    private static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    private static void talk(StreamServer server) throws IOException {
        talk(server.address());
    }

    private static void talk(InetSocketAddress address) throws IOException {
        try (Socket socket = Sockets.connect(address, LONG)) {
            socket.getOutputStream().write(42);
            assertEquals(42, socket.getInputStream().read());
        }
    }

    private static boolean refuses(InetSocketAddress address) {
        try (Socket socket = Sockets.connect(address, LONG)) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    /** Gives way until it is so. */
    private static void until(java.util.function.BooleanSupplier condition) {
        for (long end = System.nanoTime() + LONG.toNanos(); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, "it does not become true");
            Jevent.sleep(1);
        }
    }

    @Test
    void aConnectionIsHandledInAGreenletOfItsOwn() throws Exception {
        List<RawGreenlet> greenlets = new ArrayList<>();
        StreamServer server =
                serving(
                        socket -> {
                            greenlets.add(Jevent.getCurrent());
                            echo(socket);
                        });
        assertTrue(server.started());
        together(() -> talk(server), () -> talk(server));
        assertEquals(2, greenlets.stream().distinct().count());
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void aThousandConnectionsAreServedAtOnceAndNothingIsLeft() throws Exception {
        StreamServer server = serving(StreamServerTest::echo);
        together(() -> talk(server)); // everything is loaded
        until(() -> server.connections() == 0);
        int before = openDescriptors();
        var served = new AtomicInteger();
        var allServed = new boolean[1];
        List<Greenlet<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Action client =
                    () -> {
                        try (Socket socket = Sockets.connect(server.address(), LONG)) {
                            socket.getOutputStream().write(1);
                            assertEquals(1, socket.getInputStream().read());
                            served.incrementAndGet();
                            until(() -> allServed[0]);
                        }
                    };
            clients.add(Jevent.spawn(client));
        }
        until(() -> served.get() == 1000);
        assertEquals(1000, server.connections());
        allServed[0] = true;
        Jevent.joinAllOrThrow(clients);
        until(() -> server.connections() == 0);
        assertTrue(openDescriptors() <= before); // an earlier test's may have gone meanwhile
        assertEquals(List.of(), failures);
    }

    @Test
    void theSocketIsClosedWhenTheHandlerReturns() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        StreamServer server = serving(sockets::add);
        together(
                () -> {
                    try (Socket socket = Sockets.connect(server.address(), LONG)) {
                        assertEquals(-1, socket.getInputStream().read());
                    }
                });
        assertTrue(sockets.get(0).isClosed());
    }

    @Test
    void aHandlerThatThrowsIsReportedOnceAndTheServerGoesOn() throws Exception {
        StreamServer server =
                serving(
                        socket -> {
                            if (socket.getInputStream().read() == 1) {
                                throw new IllegalStateException("a bug");
                            }
                            socket.getOutputStream().write(42);
                        });
        together(
                () -> {
                    try (Socket socket = Sockets.connect(server.address(), LONG)) {
                        socket.getOutputStream().write(1);
                        assertEquals(-1, socket.getInputStream().read());
                    }
                },
                () -> talk(server));
        until(() -> server.connections() == 0);
        assertEquals(1, failures.size());
        assertEquals("a bug", failures.get(0).getMessage());
    }

    @Test
    void aClientThatVanishesIsNoFailure() throws Exception {
        StreamServer server = serving(StreamServerTest::echo);
        together(
                () -> {
                    Socket socket = Sockets.connect(server.address(), LONG);
                    socket.getOutputStream().write(1);
                    assertEquals(1, socket.getInputStream().read());
                    socket.setSoLinger(true, 0);
                    socket.close();
                });
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void aHandlerThatIsKilledIsNoFailure() throws Exception {
        List<RawGreenlet> greenlets = new ArrayList<>();
        StreamServer server =
                serving(
                        socket -> {
                            greenlets.add(Jevent.getCurrent());
                            Jevent.sleep(LONG);
                        });
        together(
                () -> {
                    try (Socket socket = Sockets.connect(server.address(), LONG)) {
                        until(() -> !greenlets.isEmpty());
                        greenlets.get(0).killLater();
                        assertEquals(-1, socket.getInputStream().read());
                    }
                });
        assertEquals(List.of(), failures);
    }

    @Test
    void whatIsAcceptedSendsAtOnce() throws Exception {
        List<Boolean> noDelay = new ArrayList<>();
        StreamServer server = serving(socket -> noDelay.add(socket.getTcpNoDelay()));
        together(
                () -> {
                    try (Socket socket = Sockets.connect(server.address(), LONG)) {
                        assertEquals(-1, socket.getInputStream().read());
                    }
                });
        assertEquals(List.of(true), noDelay);
    }

    @Test
    void aPortThatIsTakenIsToldToWhoeverStarts() throws Exception {
        StreamServer first = serving(StreamServerTest::echo);
        var second = new StreamServer(first.address(), StreamServerTest::echo);
        var taken = assertThrows(BindException.class, second::start);
        assertTrue(taken.getMessage().contains(":" + first.address().getPort()));
        assertFalse(second.started());
    }

    @Test
    void aStoppedServerLeavesItsPortAtOnceAndItsHandlersRunning() throws Exception {
        StreamServer first = serving(StreamServerTest::echo);
        InetSocketAddress address = first.address();
        together(
                () -> {
                    try (Socket old = Sockets.connect(address, LONG)) {
                        old.getOutputStream().write(1);
                        assertEquals(1, old.getInputStream().read());

                        first.stop();
                        assertTrue(first.closed());
                        assertFalse(first.started());
                        assertEquals(1, first.connections());
                        if (isPortable()) {
                            until(() -> refuses(address)); // the JDK closes it a turn later
                        }
                        assertTrue(refuses(address));

                        var second = closing(new StreamServer(address, StreamServerTest::echo));
                        second.start();
                        talk(second);

                        old.getOutputStream().write(2);
                        assertEquals(2, old.getInputStream().read());
                    }
                });
        assertThrows(IllegalStateException.class, first::start);
        assertEquals(List.of(), failures);
    }

    @Test
    void stopWithATimeoutWaitsForHandlersThatEndInTime() throws Exception {
        List<String> order = new ArrayList<>();
        StreamServer server =
                serving(
                        socket -> {
                            socket.getInputStream().read();
                            Jevent.sleep(20);
                            order.add("handled");
                        });
        together(
                () -> {
                    Socket socket = closing(Sockets.connect(server.address(), LONG));
                    socket.getOutputStream().write(1);
                    until(() -> server.connections() == 1);
                    server.stop(LONG);
                    order.add("stopped");
                });
        assertEquals(List.of("handled", "stopped"), order);
    }

    @Test
    void stopWithATimeoutKillsHandlersThatDoNotEnd() throws Exception {
        List<Throwable> thrown = new ArrayList<>();
        StreamServer server =
                serving(
                        socket -> {
                            try {
                                Jevent.sleep(LONG);
                            } catch (GreenletExit e) {
                                thrown.add(e);
                                throw e;
                            }
                        });
        together(
                () -> {
                    try (Socket socket = Sockets.connect(server.address(), LONG)) {
                        until(() -> server.connections() == 1);
                        server.stop(Duration.ofMillis(20));
                        assertEquals(0, server.connections());
                        assertEquals(-1, socket.getInputStream().read());
                    }
                });
        assertEquals(1, thrown.size());
        assertEquals(List.of(), failures);
    }

    @Test
    void stopKillsHandlersThatHaveNotBegunAndClosesTheirSockets() throws Exception {
        var begun = new AtomicInteger();
        StreamServer server = serving(socket -> begun.incrementAndGet());
        List<Socket> clients = new ArrayList<>();
        together(
                () -> {
                    for (int i = 0; i < 50; i++) {
                        clients.add(Sockets.connect(server.address(), LONG));
                    }
                    server.stop(Duration.ZERO);
                });
        until(() -> server.connections() == 0);
        together(
                () -> {
                    for (Socket client : clients) {
                        try (client) {
                            assertTrue(client.getInputStream().read() < 0);
                        } catch (SocketException e) {
                            assertTrue(e.getMessage().startsWith("Connection reset"));
                        }
                    }
                });
        assertEquals(List.of(), failures);
    }

    @Test
    void aHandlerMayStopItsServerAndDoesNotWaitForItself() throws Exception {
        var server = new StreamServer[1];
        server[0] =
                serving(
                        socket -> {
                            server[0].stop(LONG);
                            socket.getOutputStream().write(42);
                        });
        together(() -> talk(server[0]));
        until(() -> server[0].connections() == 0);
    }

    @Test
    void serveForeverReturnsWhenItIsStopped() throws Exception {
        var server = closing(new StreamServer(loopback(), StreamServerTest::echo));
        Jevent.spawn(
                (Action)
                        () -> {
                            talk(server);
                            server.stop();
                        });
        server.serveForever();
        assertTrue(server.closed());
    }

    @Test
    void serveForeverThatIsKilledStopsTheServer() throws Exception {
        var server = closing(new StreamServer(loopback(), StreamServerTest::echo));
        Greenlet<Void> serving = Jevent.spawn(server::serveForever);
        together(
                () -> {
                    until(server::started);
                    talk(server);
                    serving.kill();
                });
        assertTrue(server.closed());
        assertThrows(IOException.class, () -> talk(server.address()));
    }

    @Test
    void aListenerOfTheJdkWillDo() throws Exception {
        var listener = new ServerSocket();
        listener.bind(loopback());
        var server = closing(new StreamServer(listener, StreamServerTest::echo));
        server.start();
        together(() -> talk(server), () -> talk(server));
        server.stop();
        assertTrue(listener.isClosed());
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreamServer(listener, StreamServerTest::echo));
    }

    @Test
    void aListenerThatSomebodyElseClosesStopsTheServer() throws Exception {
        ServerSocket listener = Sockets.listen(loopback());
        var server = closing(new StreamServer(listener, StreamServerTest::echo));
        Greenlet<Void> serving = Jevent.spawn(server::serveForever);
        together(
                () -> {
                    until(server::started);
                    talk(server);
                    listener.close();
                });
        serving.join();
        assertTrue(serving.successful() && server.closed());
        assertEquals(1, failures.size()); // it says so
        assertTrue(failures.get(0).getMessage().contains("closed underneath its server"));
    }

    @Test
    void aServerIsStoppedFromAnotherThread() throws Exception {
        StreamServer server = serving(socket -> Jevent.sleep(LONG));
        var stop =
                new FutureTask<Void>(
                        () -> {
                            try (Socket socket = new Socket()) {
                                socket.connect(server.address());
                                while (server.connections() == 0) {
                                    Thread.onSpinWait();
                                }
                                server.stop(Duration.ofMillis(10));
                                assertEquals(-1, socket.getInputStream().read());
                            }
                            return null;
                        });
        new Thread(stop).start();
        server.serveForever();
        until(stop::isDone);
        stop.get(10, TimeUnit.SECONDS);
        assertEquals(0, server.connections());
    }

    @Test
    void aDestroyedHubClosesTheListener() throws Exception {
        StreamServer server = serving(StreamServerTest::echo);
        together(() -> talk(server));
        Hub.get().destroy();
        assertTrue(server.closed());
        closing(Sockets.listen(server.address()));
    }

    @Test
    void badArgumentsFailAtTheDoor() throws Exception {
        assertThrows(NullPointerException.class, () -> new StreamServer(0, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> new StreamServer(new ServerSocket(), StreamServerTest::echo));
        var server = new StreamServer(0, StreamServerTest::echo);
        assertThrows(IllegalStateException.class, server::address);
        assertThrows(IllegalArgumentException.class, () -> server.stop(Duration.ofMillis(-1)));
        assertInstanceOf(AutoCloseable.class, server);
    }
}
