package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Where the servers run, and how they end. */
class GreenServerTest extends GreenServerScenario {

    // ---- where it runs

    @Test
    void aThousandExchangesWaitTogetherOnOneHub() throws Exception {
        int many = 1000;
        var all = new CountDownLatch(many);
        Set<Hub> hubs = ConcurrentHashMap.newKeySet();
        Greenlet<Integer> main =
                hub.spawn(
                        () -> {
                            HttpServer server =
                                    started(
                                            e -> {
                                                hubs.add(Jevent.getHub());
                                                all.countDown();
                                                sleepInTheJdk(all);
                                                ok(e);
                                            });
                            List<Greenlet<Integer>> clients = new ArrayList<>();
                            for (int i = 0; i < many; i++) {
                                clients.add(Jevent.spawn(() -> statusOf(server)));
                            }
                            Jevent.joinAllOrThrow(clients);
                            server.stop(0);
                            return clients.stream().mapToInt(Greenlet::value).sum();
                        });
        assertEquals(200 * many, main.get());
        assertEquals(Set.of(hub), hubs);
    }

    /** All are in here at once, or the first never comes out again. */
    private static void sleepInTheJdk(CountDownLatch all) throws IOException {
        try {
            assertTrue(all.await(30, TimeUnit.SECONDS));
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static int statusOf(HttpServer server) throws IOException {
        try (Talk talk = greenTalk(server)) {
            return talk.ask(Talk.get("/")).status();
        }
    }

    @Test
    void aServerThatNoGreenletStartsHasAThreadThatKeepsTheProgramAlive() throws Exception {
        var carrier = new AtomicReference<Thread>();
        HttpServer server =
                started(
                        e -> {
                            carrier.set(threadNamed("jevent-httpserver"));
                            ok(e);
                        });
        ask(server, Talk.get("/"), "200 {content-length=2, date=some} \"ok\"");
        assertFalse(carrier.get().isDaemon());
        hub.spawn(() -> server.stop(5)).get(); // from another hub
        assertTrue(carrier.get().join(LONG));
    }

    private static Thread threadNamed(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    @Test
    void aVirtualThreadOfTheJdkMayStartAndStopIt() throws Exception {
        var failure = new AtomicReference<Throwable>();
        Thread thread =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        HttpServer server = started(GreenServerTest::ok);
                                        try (Talk talk = talk(server)) {
                                            assertEquals(200, talk.ask(Talk.get("/")).status());
                                        }
                                        server.stop(5);
                                    } catch (Throwable e) {
                                        failure.set(e);
                                    }
                                });
        assertTrue(thread.join(LONG));
        assertSame(null, failure.get());
    }

    @Test
    void thePortIsThereBeforeTheStartAndFreeAfterTheStop() throws Exception {
        HttpServer server = server(GreenServerTest::ok);
        try (Talk talk = talk(server)) { // waits in the backlog
            Talk asked = talk.say(Talk.get("/"));
            server.start();
            assertEquals(200, asked.hear().status());
        }
        server.stop(0);
        HttpServer next = ProviderScenario.OURS.createHttpServer(server.getAddress(), 0);
        assertEquals(server.getAddress(), next.getAddress());
        next.stop(1000); // does not wait, for it was not started
        assertThrows(IOException.class, () -> talk(server));
    }

    @Test
    void connectionsLeaveNothingBehind() throws Exception {
        HttpServer server = started(GreenServerTest::ok);
        ask(server, Talk.get("/"), "200 {content-length=2, date=some} \"ok\"");
        int before = openDescriptors();
        for (int i = 0; i < 100; i++) {
            try (Talk talk = talk(server)) {
                assertEquals(200, talk.ask(Talk.get("/")).status());
                if (i % 2 == 0) {
                    talk.say("GET / HTTP/1.1\r\n"); // and no more
                }
            }
        }
        server.stop(5);
        assertTrue(openDescriptors() <= before, "descriptors are left open");
    }

    private static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }

    @Test
    void theAnswerIsOnItsWayWhenItIsClosed() throws Exception {
        var heard = new CountDownLatch(1);
        HttpServer server =
                started(
                        e -> {
                            ok(e);
                            await(heard);
                        });
        try (Talk talk = talk(server)) {
            assertEquals(200, talk.ask(Talk.get("/1")).status());
            talk.say(Talk.get("/2")); // whose turn comes when the handler has returned
            heard.countDown();
            assertEquals(200, talk.hear().status());
        }
    }

    // ---- stop

    @Test
    void stopWaitsForTheExchangesUnderWay() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        HttpServer server =
                started(
                        e -> {
                            begun.countDown();
                            await(go);
                            ok(e);
                        });
        try (Talk talk = talk(server);
                Talk idle = talk(server)) {
            talk.say(Talk.get("/"));
            await(begun);
            Thread stopper = Thread.ofPlatform().start(() -> server.stop(30));
            assertTrue(idle.isClosed());
            go.countDown();
            assertEquals(200, talk.hear().status());
            assertTrue(stopper.join(LONG));
            assertThrows(IOException.class, () -> talk(server));
        }
    }

    @Test
    void stopKillsTheHandlersThatAreNotDoneInTime() throws Exception {
        var begun = new CountDownLatch(1);
        var end = new AtomicReference<Throwable>();
        HttpServer server =
                started(
                        e -> {
                            begun.countDown();
                            try {
                                Jevent.sleep(LONG);
                            } catch (GreenletExit exit) {
                                end.set(exit);
                                throw exit;
                            }
                        });
        try (Talk talk = talk(server)) {
            talk.say(Talk.get("/"));
            await(begun);
            server.stop(0);
            assertEquals(0, talk.hear().status());
        }
        assertInstanceOf(GreenletExit.class, end.get());
    }

    @Test
    void aHandlerInAnExecutorThatIsNotDoneInTimeHasNoConnectionAnyMore() throws Exception {
        var begun = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        var end = new AtomicReference<Throwable>();
        try (var pool = Executors.newFixedThreadPool(1)) {
            HttpServer server =
                    server(
                            e -> {
                                begun.countDown();
                                await(stopped);
                                end.set(thrownBy(() -> e.sendResponseHeaders(200, 1)));
                            });
            server.setExecutor(pool);
            server.start();
            try (Talk talk = talk(server)) {
                talk.say(Talk.get("/"));
                await(begun);
                server.stop(0);
                assertEquals(0, talk.hear().status());
                stopped.countDown();
            }
        }
        assertInstanceOf(IOException.class, end.get());
    }

    @Test
    void aHandlerMayStopItsServer() throws Exception {
        var done = new CountDownLatch(1);
        var server = new AtomicReference<HttpServer>();
        server.set(
                started(
                        e -> {
                            ok(e);
                            server.get().stop(30); // does not wait for itself
                            done.countDown();
                        }));
        try (Talk talk = talk(server.get())) {
            assertEquals(200, talk.ask(Talk.get("/")).status());
            await(done);
            assertTrue(talk.isClosed());
        }
    }
}
