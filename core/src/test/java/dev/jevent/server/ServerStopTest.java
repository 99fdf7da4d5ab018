package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.event.Event;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How a server ends, in all the moments in which it may. */
class ServerStopTest extends ServerScenario {

    private StreamServer keepAlive(List<String> log) throws IOException {
        return started(
                closing(
                        StreamServer.ofConnections(
                                loopback(),
                                connection -> {
                                    Socket socket = connection.socket();
                                    var in = socket.getInputStream();
                                    while (true) {
                                        connection.idle(true);
                                        int request = in.read();
                                        connection.idle(false);
                                        if (request < 0) {
                                            log.add("end of stream");
                                            return;
                                        }
                                        until(() -> request != 50 || log.contains("end of stream"));
                                        socket.getOutputStream().write(request);
                                        log.add("answered " + request);
                                    }
                                })));
    }

    @Test
    void idleConnectionsEndAtOnceAndBusyOnesWhenTheyHaveAnswered() throws Exception {
        List<String> log = new ArrayList<>();
        StreamServer server = keepAlive(log);
        together(
                () -> {
                    Socket idle = closing(connect(server));
                    Socket busy = closing(connect(server));
                    idle.getOutputStream().write(1);
                    assertEquals(1, idle.getInputStream().read());
                    busy.getOutputStream().write(50);
                    until(() -> server.connections() == 2);
                    aWhile();
                    server.stop(LONG);
                    assertEquals(0, server.connections());
                    assertEquals(-1, idle.getInputStream().read());
                    assertEquals(50, busy.getInputStream().read());
                    assertEquals(-1, busy.getInputStream().read());
                });
        assertEquals(List.of("answered 1", "end of stream", "answered 50", "end of stream"), log);
        assertEquals(List.of(), failures);
    }

    @Test
    void aRequestThatHasComeBeforeTheStopIsAnswered() throws Exception {
        List<String> log = new ArrayList<>();
        StreamServer server = keepAlive(log);
        together(
                () -> {
                    Socket client = closing(connect(server));
                    client.getOutputStream().write(1);
                    assertEquals(1, client.getInputStream().read());
                    // given: the handler waits; when: a request and the stop come together
                    client.getOutputStream().write(2);
                    server.stop(LONG);
                    assertEquals(2, client.getInputStream().read());
                    assertEquals(-1, client.getInputStream().read());
                });
        assertEquals(List.of("answered 1", "answered 2", "end of stream"), log);
    }

    @Test
    void aHandlerThatBeginsWhileItStopsIsToldSoAndEnds() throws Exception {
        var told = new ArrayList<Boolean>();
        var go = new Event();
        StreamServer server =
                started(
                        closing(
                                StreamServer.ofConnections(
                                        loopback(),
                                        connection -> {
                                            Socket socket = connection.socket();
                                            var in = socket.getInputStream();
                                            go.await();
                                            told.add(connection.stopping());
                                            connection.idle(true);
                                            told.add(in.read() < 0);
                                        })));
        together(
                () -> {
                    closing(connect(server));
                    until(() -> server.connections() == 1);
                    Greenlet<Void> stop = Jevent.spawn(() -> server.stop(LONG));
                    until(server::closed);
                    go.set();
                    stop.get();
                });
        assertEquals(List.of(true, true), told);
        assertEquals(List.of(), failures);
    }

    @Test
    void twoStopsEndTogetherAndTheShorterTimeCounts() throws Exception {
        StreamServer server = started(server(socket -> Jevent.sleep(LONG)));
        together(
                () -> {
                    closing(connect(server));
                    until(() -> server.connections() == 1);
                    Greenlet<Void> first = Jevent.spawn(() -> server.stop(LONG));
                    Greenlet<Void> second = Jevent.spawn(() -> server.stop(Duration.ofMillis(10)));
                    first.get();
                    second.get();
                    assertEquals(0, server.connections());
                    server.stop(LONG); // once more does nothing
                });
    }

    @Test
    void twoHandlersThatStopTheirServerDoNotWaitForEachOther() throws Exception {
        var server = new StreamServer[1];
        server[0] =
                started(
                        server(
                                socket -> {
                                    until(() -> server[0].connections() == 2);
                                    server[0].stop(LONG);
                                    socket.getOutputStream().write('b');
                                }));
        together(
                () -> assertEquals('b', closing(connect(server[0])).getInputStream().read()),
                () -> assertEquals('b', closing(connect(server[0])).getInputStream().read()));
        until(() -> server[0].connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void aStopThatIsKilledOrTimedOutKillsTheHandlersAtOnce() throws Exception {
        for (boolean killed : new boolean[] {true, false}) {
            List<Throwable> thrown = new ArrayList<>();
            StreamServer server =
                    started(
                            server(
                                    socket -> {
                                        try {
                                            Jevent.sleep(LONG);
                                        } catch (GreenletExit e) {
                                            thrown.add(e);
                                            throw e;
                                        }
                                    }));
            together(
                    () -> {
                        closing(connect(server));
                        until(() -> server.connections() == 1);
                        if (killed) {
                            Greenlet<Void> stop = Jevent.spawn(() -> server.stop(LONG));
                            until(server::closed);
                            stop.kill();
                        } else {
                            assertThrows(
                                    Timeout.class,
                                    () ->
                                            new Timeout(Duration.ofMillis(10))
                                                    .run(() -> server.stop(LONG)));
                        }
                        until(() -> server.connections() == 0);
                    });
            assertTrue(server.closed());
            assertEquals(1, thrown.size());
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void aServerThatIsStoppedBeforeItsAcceptorRanServesNobody() throws Exception {
        StreamServer server = started(server(ServerScenario::echo));
        SocketAddress address = server.localAddress();
        var client = closing(new Socket());
        client.connect(address); // into the backlog: nothing has run yet
        server.stop(LONG);
        assertFalse(server.started());
        aWhile();
        assertEquals(0, server.accepted());
        closing(Sockets.listen(address));
    }

    @Test
    void stoppingFromAnotherThreadWhileConnectionsComeLosesNothing() throws Exception {
        for (int round = 0; round < 20; round++) {
            int before = openDescriptors();
            var server = new StreamServer(loopback(), ServerScenario::echo);
            server.start();
            var clients =
                    new FutureTask<Void>(
                            () -> {
                                while (!server.closed()) {
                                    connectAndLeave(server);
                                }
                                return null;
                            });
            var stop =
                    new FutureTask<Void>(
                            () -> {
                                while (server.accepted() < 20) {
                                    Thread.onSpinWait();
                                }
                                server.stop(Duration.ofSeconds(5));
                                return null;
                            });
            Thread.ofPlatform().daemon().start(clients);
            Thread.ofPlatform().daemon().start(stop);
            server.serveForever();
            until(() -> stop.isDone() && clients.isDone());
            stop.get(10, TimeUnit.SECONDS);
            clients.get(10, TimeUnit.SECONDS);
            assertEquals(0, server.connections());
            if (round > 0) {
                until(() -> descriptors() <= before);
            }
        }
        assertEquals(List.of(), failures);
    }

    private static void connectAndLeave(StreamServer server) {
        try (var client = new Socket()) {
            client.connect(server.localAddress());
            client.getOutputStream().write(1);
        } catch (IOException e) {
            return; // it was stopped
        }
    }

    private static int descriptors() {
        try {
            return openDescriptors();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stopMayBeCalledOnAnotherHub() throws Exception {
        StreamServer server = started(server(socket -> Jevent.sleep(LONG)));
        try (var other = new OtherHub()) {
            together(
                    () -> {
                        closing(connect(server));
                        until(() -> server.connections() == 1);
                        other.spawn(() -> server.stop(Duration.ofMillis(5))).get();
                        assertEquals(0, server.connections());
                    });
        }
    }

    @Test
    void serveForeverStopsWithItsTimeout() throws Exception {
        List<String> log = new ArrayList<>();
        var server =
                closing(
                        new StreamServer(
                                        loopback(),
                                        socket -> {
                                            socket.getInputStream().read();
                                            Jevent.sleep(20);
                                            log.add("handled");
                                        })
                                .stopTimeout(LONG));
        Greenlet<Void> serving = Jevent.spawn(server::serveForever);
        together(
                () -> {
                    until(server::started);
                    Socket client = closing(connect(server));
                    until(() -> server.connections() == 1);
                    client.getOutputStream().write(1);
                    server.stop();
                });
        serving.get();
        assertEquals(List.of("handled"), log);
    }

    @Test
    void aKilledAcceptorStopsTheServer() throws Exception {
        List<Greenlet<?>> made = new ArrayList<>();
        Consumer<Greenlet<?>> listener = made::add;
        Greenlet.addSpawnCallback(listener);
        StreamServer server;
        try {
            server = started(server(ServerScenario::echo));
        } finally {
            Greenlet.removeSpawnCallback(listener);
        }
        together(
                () -> {
                    talk(server);
                    made.get(0).kill();
                });
        assertTrue(server.closed());
        assertEquals(List.of(), failures);
    }

    @Test
    void allListenersServeAndOneThatCannotBeHadTakesTheOthersWithIt() throws Exception {
        StreamServer server = started(server(ServerScenario::echo).listen(loopback()));
        assertEquals(2, server.addresses().size());
        together(() -> talk(server.addresses().get(0)), () -> talk(server.addresses().get(1)));
        int before = openDescriptors();
        var free = freeAddress();
        ServerSocket given = closing(Sockets.listen(loopback()));
        var second =
                closing(
                        new StreamServer(free, ServerScenario::echo)
                                .listen(given)
                                .listen(server.address()));
        assertThrows(BindException.class, second::start);
        assertFalse(second.started() || second.closed());
        assertFalse(given.isClosed(), "it is the caller's until the server has started");
        assertTrue(openDescriptors() <= before + 1);
        closing(Sockets.listen(free));
        server.stop();
        for (SocketAddress address : server.addresses()) {
            until(() -> refuses(address));
        }
    }

    private static SocketAddress freeAddress() throws IOException {
        try (ServerSocket any = Sockets.listen(loopback())) {
            return any.getLocalSocketAddress();
        }
    }

    private static boolean refuses(SocketAddress address) {
        try (Socket socket = Sockets.connect(address, LONG)) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aClientThatHasGoneBeforeItIsAcceptedIsNoFailure() throws Exception {
        StreamServer server = started(server(ServerScenario::echo));
        for (int i = 0; i < 20; i++) { // before the acceptor has run at all
            var client = new Socket();
            client.connect(server.localAddress());
            client.setSoLinger(true, 0);
            client.close();
        }
        together(() -> talk(server));
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void handlersThatThrowAtOnceLeaveNothing() throws Exception {
        StreamServer server =
                started(
                        server(
                                socket -> {
                                    throw new IllegalStateException("at once");
                                }));
        together(() -> refuses(server.localAddress()));
        int before = openDescriptors();
        together(
                () -> {
                    for (int i = 0; i < 200; i++) {
                        refuses(server.localAddress());
                    }
                });
        until(() -> server.connections() == 0);
        until(() -> descriptors() <= before);
        assertEquals(server.accepted(), failures.size());
    }

    @Test
    void whatWasGivenIsClosedEvenIfTheServerWasNeverStarted() throws Exception {
        ServerSocket given = Sockets.listen(loopback());
        new StreamServer(given, ServerScenario::echo).stop();
        assertTrue(given.isClosed());
        assertNull(given.getChannel());
    }
}
