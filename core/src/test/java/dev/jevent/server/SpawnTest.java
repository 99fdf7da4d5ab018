package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.event.Event;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.ThreadPool;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Where handlers run, and what happens when there is no place for one more. */
class SpawnTest extends ServerScenario {

    private final Event go = new Event();

    /** Says hello when it begins and ends when all may. */
    private void helloAndWait(Socket socket) throws IOException {
        socket.getOutputStream().write('h');
        go.await();
    }

    private List<Socket> clients(BaseServer<?> server, int count) throws IOException {
        List<Socket> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(closing(connect(server)));
        }
        return all;
    }

    private static void assertHello(Socket client) throws IOException {
        assertEquals('h', client.getInputStream().read());
        assertEquals(-1, client.getInputStream().read());
    }

    @Test
    void aFullPoolStopsTheAcceptingUntilAMemberEnds() throws Exception {
        var pool = new Pool(2);
        StreamServer server = started(server(this::helloAndWait).spawn(Spawn.pool(pool)));
        assertFalse(server.full());
        together(
                () -> {
                    List<Socket> clients = clients(server, 5);
                    until(pool::isFull);
                    aWhile();
                    assertTrue(server.full());
                    assertTrue(server.started());
                    assertEquals(2, server.accepted());
                    assertEquals(2, server.connections());
                    go.set();
                    for (Socket c : clients) {
                        assertHello(c);
                    }
                });
        until(() -> pool.size() == 0);
        assertEquals(5, server.accepted());
        assertEquals(List.of(), failures);
    }

    @Test
    void aNumberIsAPoolOfThatSize() throws Exception {
        StreamServer server = started(server(this::helloAndWait).spawn(3));
        together(
                () -> {
                    List<Socket> clients = clients(server, 4);
                    until(() -> server.connections() == 3);
                    aWhile();
                    assertEquals(3, server.accepted());
                    go.set();
                    assertHello(clients.get(3));
                });
    }

    @Test
    void maxConnectionsCountsThoseOfAllListeners() throws Exception {
        StreamServer server =
                started(server(this::helloAndWait).listen(loopback()).maxConnections(1));
        var second = closing(new Socket());
        together(
                () -> {
                    Socket first = closing(connect(server));
                    until(() -> server.connections() == 1);
                    second.connect(server.addresses().get(1));
                    aWhile();
                    assertTrue(server.accepted() == 1 || isPortable(), "one may be held there");
                    assertTrue(server.full());
                    go.set();
                    assertHello(first);
                    assertHello(second);
                });
        until(() -> server.connections() == 0);
        assertFalse(server.full());
    }

    @Test
    void aPlaceThatTheCallerTakesIsNotTheServers() throws Exception {
        var pool = new Pool(1);
        StreamServer server = started(server(this::helloAndWait).spawn(Spawn.pool(pool)));
        go.set();
        together(() -> assertHello(closing(connect(server))));
        var mine = new Event();
        Greenlet<Void> member = pool.spawn(() -> mine.await());
        together(
                () -> {
                    Socket client = closing(connect(server));
                    aWhile();
                    assertTrue(server.accepted() == 1 || isPortable(), "one may be held there");
                    mine.set();
                    assertHello(client);
                });
        member.join();
    }

    @Test
    void aServerThatWaitsForAPlaceIsStopped() throws Exception {
        for (boolean killed : new boolean[] {false, true}) {
            var pool = new Pool(1);
            StreamServer server = started(server(this::helloAndWait).spawn(Spawn.pool(pool)));
            together(
                    () -> {
                        clients(server, 3);
                        until(pool::isFull);
                        aWhile();
                        if (killed) {
                            server.stop(Duration.ZERO);
                        } else {
                            server.stop();
                        }
                    });
            assertTrue(server.closed());
            pool.kill();
            until(() -> server.connections() == 0);
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void aMemberThatIsKilledBeforeItBeginsClosesItsConnection() throws Exception {
        var group = new Group();
        int[] begun = {0};
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            begun[0]++;
                                        })
                                .spawn(Spawn.pool(group)));
        together(
                () -> {
                    Socket client = closing(connect(server));
                    Greenlet<Void> killer =
                            Jevent.spawn(
                                    () -> {
                                        while (group.size() == 0) {
                                            Jevent.sleep(0);
                                        }
                                        group.killLater();
                                    });
                    assertEquals(-1, client.getInputStream().read());
                    killer.join();
                });
        until(() -> server.connections() == 0);
        assertTrue(begun[0] <= 1);
        assertEquals(List.of(), failures);
    }

    @Test
    void aFunctionOfTheCallerSpawnsAndMayRefuse() throws Exception {
        List<Greenlet<Void>> spawned = new ArrayList<>();
        StreamServer server =
                started(
                        server(ServerScenario::echo)
                                .spawn(
                                        Spawn.by(
                                                task -> {
                                                    if (spawned.size() == 1) {
                                                        throw new RejectedExecutionException("no");
                                                    }
                                                    spawned.add(Jevent.spawn(task));
                                                })));
        together(
                () -> {
                    talk(server);
                    assertGone(connect(server));
                });
        assertEquals(1, spawned.size());
        assertEquals(1, server.refused());
        assertEquals(2, server.accepted());
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
    }

    private static void assertGone(Socket socket) throws IOException {
        try (socket) {
            assertEquals(-1, socket.getInputStream().read());
        } catch (SocketException e) {
            assertTrue(e.getMessage().startsWith("Connection reset"), e.getMessage());
        }
    }

    @Test
    void aFunctionThatFailsIsReportedAndTriedAgain() throws Exception {
        int[] calls = {0};
        StreamServer server =
                started(
                        server(ServerScenario::echo)
                                .spawn(
                                        Spawn.by(
                                                task -> {
                                                    if (calls[0]++ < 3) {
                                                        throw new IOException("cannot spawn");
                                                    }
                                                    var ignored = Jevent.spawnRaw(task);
                                                })));
        together(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        assertGone(connect(server));
                    }
                    talk(server);
                });
        assertEquals(1, failures.size(), "it is said once");
        assertEquals("cannot spawn", failures.get(0).getMessage());
        assertTrue(server.started());
    }

    @Test
    void inlineHandlersRunInTheAcceptorOneAfterTheOther() throws Exception {
        List<RawGreenlet> greenlets = new ArrayList<>();
        int[] at = {0};
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            assertEquals(1, ++at[0]);
                                            greenlets.add(Jevent.getCurrent());
                                            socket.getInputStream().read();
                                            Jevent.sleep(1);
                                            socket.getOutputStream().write(42);
                                            at[0]--;
                                        })
                                .spawn(Spawn.inline()));
        together(() -> talk(server), () -> talk(server), () -> talk(server));
        assertEquals(1, greenlets.stream().distinct().count());
        assertTrue(greenlets.get(0).name().startsWith("acceptor of"));
    }

    @Test
    void anInlineHandlerThatFailsDoesNotEndTheServer() throws Exception {
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            throw new IllegalStateException("a bug");
                                        })
                                .spawn(Spawn.inline()));
        together(() -> assertGone(connect(server)), () -> assertGone(connect(server)));
        assertEquals(2, failures.size());
        assertTrue(server.started());
    }

    @Test
    void anInlineHandlerThatDoesNotEndIsKilledByStop() throws Exception {
        StreamServer server = started(server(this::helloAndWait).spawn(Spawn.inline()));
        together(
                () -> {
                    Socket client = closing(connect(server));
                    assertEquals('h', client.getInputStream().read());
                    server.stop(Duration.ofMillis(5));
                    assertEquals(0, server.connections());
                    assertEquals(-1, client.getInputStream().read());
                });
        assertEquals(List.of(), failures);
    }

    @Test
    void anInlineHandlerMayStopItsServer() throws Exception {
        var server = new StreamServer[1];
        server[0] =
                started(
                        server(
                                        socket -> {
                                            server[0].stop(LONG);
                                            socket.getOutputStream().write('b');
                                        })
                                .spawn(Spawn.inline()));
        together(
                () -> {
                    Socket client = closing(connect(server[0]));
                    assertEquals('b', client.getInputStream().read());
                });
        until(() -> server[0].connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void handlersOnThreadsMayBlockAndTheHubGoesOn() throws Exception {
        try (var pool = new ThreadPool(2)) {
            List<Thread> threads = new CopyOnWriteArrayList<>();
            var all = new CountDownLatch(1);
            StreamServer server =
                    started(
                            server(
                                            socket -> {
                                                threads.add(Thread.currentThread());
                                                assertTrue(all.await(30, TimeUnit.SECONDS));
                                                echo(socket);
                                            })
                                    .spawn(Spawn.threads(pool)));
            together(
                    () -> talk(server),
                    () -> talk(server),
                    () -> talk(server),
                    () -> {
                        until(() -> threads.size() == 2);
                        aWhile();
                        assertEquals(2, server.connections());
                        assertTrue(server.full());
                        all.countDown();
                    });
            assertEquals(3, threads.size());
            assertTrue(threads.stream().noneMatch(Thread::isVirtual));
            until(() -> server.connections() == 0);
            server.stop();
            assertEquals(List.of(), failures);
        }
    }

    @Test
    void handlersOnThreadsAreEndedByStopAndTheThreadIsFitForOthers() throws Exception {
        try (var pool = new ThreadPool(1)) {
            StreamServer server =
                    started(
                            server(
                                            socket -> {
                                                socket.getOutputStream().write('h');
                                                socket.getInputStream().read();
                                            })
                                    .spawn(Spawn.threads(pool)));
            together(
                    () -> {
                        Socket client = closing(connect(server));
                        assertEquals('h', client.getInputStream().read());
                        server.stop(Duration.ofMillis(5));
                        assertEquals(0, server.connections());
                        assertGone(client);
                    });
            assertFalse(pool.apply(() -> Thread.currentThread().isInterrupted()));
            assertEquals(List.of(), failures);
        }
    }

    @Test
    void anExecutorRunsHandlersAndTheirErrorsAreReported() throws Exception {
        try (var executor = Executors.newFixedThreadPool(2)) {
            StreamServer server =
                    started(
                            server(
                                            socket -> {
                                                echo(socket);
                                                throw new IllegalStateException("a bug");
                                            })
                                    .spawn(Spawn.executor(executor)));
            together(() -> talk(server), () -> talk(server));
            until(() -> failures.size() == 2);
            assertNull(failures.get(0).getCause());
            executor.shutdown();
            together(() -> assertGone(connect(server)));
            until(() -> failures.size() == 3);
            assertEquals(RejectedExecutionException.class, failures.get(2).getClass());
            assertTrue(server.started());
        }
    }

    @Test
    void aPoolAsAnExecutorIsAPool() {
        var pool = new Pool(1);
        assertTrue(Spawn.executor(pool).isBounded());
        assertEquals(1, Spawn.executor(new ThreadPool(1)).limit());
        assertNotEquals(Spawn.pool(1), Spawn.pool(1));
        assertSame(Spawn.inline(), Spawn.inline());
        assertThrows(IllegalArgumentException.class, () -> Spawn.pool(0));
        assertThrows(NullPointerException.class, () -> Spawn.pool((Pool) null));
        assertThrows(NullPointerException.class, () -> Spawn.by(null));
    }

    @Test
    void aFloodOfConnectionsLetsOthersRunAfterMaxAccept() throws Exception {
        List<Long> seen = new ArrayList<>();
        StreamServer server = server(socket -> {}).maxAccept(5).backlog(200);
        server.start();
        for (int i = 0; i < 50; i++) { // they wait in the backlog: nothing has run yet
            closing(new Socket()).connect(server.address());
        }
        Greenlet<Void> witness =
                Jevent.spawn(
                        () -> {
                            while (server.accepted() < 50) {
                                seen.add(server.accepted());
                                Jevent.sleep(0);
                            }
                        });
        witness.join();
        assertTrue(seen.size() >= 9, "others ran in between: " + seen);
        for (int i = 1; i < seen.size(); i++) {
            assertTrue(seen.get(i) - seen.get(i - 1) <= 5, "five in a row at most: " + seen);
        }
        until(() -> server.connections() == 0);
    }
}
