package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.HttpServer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a hub's own thread may do without being in the way of its greenlets. */
class RootTest extends HubScenario {

    // ---- it gives way and comes back at once

    /** A greenlet that answers one byte over a socket of the JDK's, from another thread. */
    private static Greenlet<Integer> exchange(Socket a, Socket b) {
        return Jevent.spawn(
                () -> {
                    Thread peer =
                            Thread.ofPlatform()
                                    .start(() -> thrownBy(() -> b.getOutputStream().write(7)));
                    int got = a.getInputStream().read();
                    peer.join();
                    return got;
                });
    }

    private void timersAndSocketsComeThoughTheRoot(Action spins) throws Exception {
        try (var listener = new ServerSocket(0);
                var a = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
                var b = listener.accept()) {
            var slept = Jevent.spawn(() -> Jevent.sleep(5));
            var got = exchange(a, b);
            long end = System.nanoTime() + 20_000_000_000L;
            while (!(slept.ready() && got.ready())) {
                assertTrue(System.nanoTime() - end < 0, slept.ready() + " " + got.ready());
                spins.run();
            }
            assertEquals(7, got.get());
        }
    }

    @Test
    void rootThatYieldsAgainAndAgainStarvesNeitherTimersNorIo() throws Exception {
        timersAndSocketsComeThoughTheRoot(() -> Jevent.sleep(0));
    }

    @Test
    void rootThatSleepsForNearlyNothingStarvesNeitherTimersNorIo() throws Exception {
        timersAndSocketsComeThoughTheRoot(() -> Jevent.sleep(Duration.ofNanos(1)));
    }

    @Test
    void rootWithATimeoutThatIsOverAtOnceStarvesNeitherTimersNorIo() throws Exception {
        var event = new dev.jevent.event.Event();
        timersAndSocketsComeThoughTheRoot(() -> event.await(Duration.ofNanos(1)));
    }

    @Test
    void greenletsThatSleepForNearlyNothingDoNotStarveIo() throws Exception {
        var over = new AtomicBoolean();
        for (int i = 0; i < 2; i++) {
            Jevent.spawn(
                    () -> {
                        while (!over.get()) {
                            Jevent.sleep(Duration.ofNanos(1));
                        }
                    });
        }
        timersAndSocketsComeThoughTheRoot(() -> Jevent.sleep(1));
        over.set(true);
        hub.join();
    }

    // ---- main

    @Test
    void mainRunsItsBodyInAGreenletAndHandsOverWhatItReturns() throws Exception {
        var inside = new ArrayList<RawGreenlet>();

        int value =
                Jevent.main(
                        () -> {
                            inside.add(Jevent.getCurrent());
                            int nested =
                                    Jevent.main(
                                            () -> {
                                                inside.add(Jevent.getCurrent());
                                                return 5;
                                            });
                            return nested + 1;
                        });

        assertEquals(6, value);
        assertEquals("main", inside.get(0).name());
        assertSame(inside.get(0), inside.get(1), "nested it is a call");
        assertSame(hub, inside.get(0).hub());
    }

    @Test
    void mainThrowsWhatItsBodyThrowsAndNobodyReportsIt() {
        var error = new IOException("mine");

        assertSame(
                error,
                thrownBy(
                        () ->
                                Jevent.main(
                                        () -> {
                                            throw error;
                                        })));
        var exit = new GreenletExit();
        assertSame(
                exit,
                thrownBy(
                        () ->
                                Jevent.main(
                                        () -> {
                                            throw exit;
                                        })));
        assertEquals(List.of(), reports);
    }

    @Test
    void whatIsThrownIntoTheThreadOfMainIsThrownIntoTheBody() throws Exception {
        // a timeout around it
        var timeout = new Timeout(Duration.ofMillis(5));
        var seen = new ArrayList<Throwable>();
        Throwable thrown =
                thrownBy(
                        () ->
                                timeout.run(
                                        () ->
                                                Jevent.main(
                                                        () -> {
                                                            try {
                                                                Jevent.sleep(3_600_000);
                                                            } catch (Timeout t) {
                                                                seen.add(t);
                                                                Jevent.sleep(1);
                                                                throw t;
                                                            }
                                                        })));
        assertSame(timeout, thrown);
        assertSame(timeout, seen.getFirst());

        // an interrupt
        Thread me = Thread.currentThread();
        String answer =
                Jevent.main(
                        () -> {
                            Jevent.spawn(me::interrupt);
                            try {
                                Thread.sleep(3_600_000);
                                return "slept";
                            } catch (InterruptedException e) {
                                return "interrupted";
                            }
                        });
        assertEquals("interrupted", answer);

        // a kill
        var kill = new GreenletExit();
        assertSame(
                kill,
                thrownBy(
                        () ->
                                Jevent.main(
                                        () -> {
                                            hub.rootGreenlet().killLater(kill);
                                            Jevent.sleep(3_600_000);
                                        })));
    }

    /** Program: the body waits for something that nobody can bring. */
    static final class StuckMain {
        public static void main(String[] args) throws Exception {
            Jevent.main(
                    () -> {
                        try {
                            new Waiter<>().get();
                        } catch (LoopExit e) {
                            System.out.println("LoopExit in the body");
                        }
                    });
            try {
                Jevent.main(() -> new Waiter<>().get());
            } catch (LoopExit e) {
                System.out.println("LoopExit out of main");
            }
        }
    }

    @Test
    void mainThatWaitsForNothingGetsTheLoopExit() throws Exception {
        var result = ChildJvm.run(StuckMain.class, List.of());

        assertEquals("LoopExit in the body\nLoopExit out of main", result.output().strip());
    }

    // ---- it waits in the JDK

    private static HttpServer hello() throws IOException {
        var server =
                new HttpServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        (request, response) -> response.send("hello"));
        server.start();
        return server;
    }

    private static String ask(HttpServer server) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + server.port() + "/");
            return client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void httpClientOfTheJdkInMainIsServedByTheSameHub() throws Exception {
        String body =
                Jevent.main(
                        () -> {
                            var server = hello();
                            try {
                                return ask(server);
                            } finally {
                                server.stop();
                            }
                        });

        assertEquals("hello", body);
        while (!allHaveEnded()) {
            Jevent.sleep(1); // the connection, when it has seen the end
        }
    }

    @Test
    void httpClientOfTheJdkInTheRootIsServedByTheSameHubAndThatIsToldOnce() throws Exception {
        try (var warnings = new Warnings()) {
            var server = hello();

            assertEquals("hello", ask(server));
            assertEquals("hello", ask(server));
            var ticks = new AtomicInteger();
            var ticking =
                    Jevent.spawn(
                            () -> {
                                for (; ; ) {
                                    ticks.incrementAndGet();
                                    Jevent.sleep(1);
                                }
                            });
            while (ticks.get() < 5) {
                Jevent.sleep(1); // the root has its loop again
            }
            ticking.kill();
            server.stop();
            assertTrue(hub.join(Duration.ofSeconds(20)));
            String told = warnings.await();

            assertTrue(told.contains("the root of " + hub), told);
            assertTrue(told.contains("CompletableFuture.get"), told);
            assertTrue(told.contains("RootTest."), told);
            assertFalse(told.contains("\n"), told);
            assertEquals(1, warnings.all.size(), warnings.all::toString);
        }
    }

    @Test
    void timeoutOfTheRootEndsItsWaitInTheJdk() throws Exception {
        Duration limit = Duration.ofMillis(20);

        for (Action wait :
                List.<Action>of(
                        () -> Thread.sleep(3_600_000),
                        () -> new CompletableFuture<>().get(),
                        () -> new CountDownLatch(1).await(),
                        () -> {
                            try (var listener = ServerSocketChannel.open()) {
                                listener.bind(null).accept();
                            }
                        })) {
            Throwable thrown = thrownBy(() -> Jevent.withTimeout(limit, Greenlet.callable(wait)));
            assertInstanceOf(Timeout.class, thrown);
            assertFalse(Thread.interrupted(), "it was for the timeout");
        }
        assertEquals(5, Jevent.spawn(() -> 5).get()); // and the hub is in order
    }

    @Test
    void timeoutThatIsCancelledBeforeItIsOverInterruptsNobody() throws Exception {
        for (int i = 0; i < 20; i++) {
            Jevent.withTimeout(
                    Duration.ofSeconds(60),
                    () ->
                            new CompletableFuture<Integer>()
                                    .completeOnTimeout(1, 1, TimeUnit.MILLISECONDS)
                                    .get());
        }
        assertFalse(Thread.interrupted());
        assertEquals(0, hub.root().timeouts);
        assertEquals(0, hub.core.refs());
    }

    @Test
    void killOfARootThatWaitsInTheJdkEndsThat() throws Exception {
        var kill = new GreenletExit();
        try (var other = new OtherHub()) {
            var root = hub.rootGreenlet();
            other.spawn(() -> root.killLater(kill));

            assertInstanceOf(InterruptedException.class, thrownBy(() -> Thread.sleep(3_600_000)));
            assertTrue(hub.root().wasTold(kill));
            assertFalse(hub.root().revoke(kill));
        }
    }

    /** What jevent warns of. */
    private static final class Warnings extends Handler implements AutoCloseable {
        final List<String> all = new CopyOnWriteArrayList<>();
        private final Logger logger = Logger.getLogger("dev.jevent");

        Warnings() {
            logger.addHandler(this);
            logger.setUseParentHandlers(false);
        }

        @Override
        public void publish(LogRecord record) {
            all.add(record.getMessage());
        }

        String await() {
            while (all.isEmpty()) {
                Jevent.sleep(1);
            }
            return all.getFirst();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }
    }
}
