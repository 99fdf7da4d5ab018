package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.internal.jdk.Jdk;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A hub ends with its thread, and what belonged to somebody ends with him. */
class HubEndTest extends HubScenario {

    private static Thread start(Action action) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                action.run();
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                        });
    }

    // ---- with its thread

    @Test
    void thousandThreadsThatUseAHubOnceLeaveNothing() throws Exception {
        File fds = new File("/proc/self/fd");
        assumeTrue(fds.isDirectory());
        start(() -> Jevent.sleep(1)).join();
        int before = fds.list().length;
        int hubs = Watchdog.hubs().size();
        List<WeakReference<Hub>> made = new ArrayList<>();

        for (int i = 0; i < 1_000; i++) {
            var own = new AtomicReference<Hub>();
            start(
                            () -> {
                                Jevent.sleep(Duration.ofNanos(1));
                                own.set(Hub.get());
                            })
                    .join();
            assertTrue(own.get().destroyed());
            made.add(new WeakReference<>(own.get()));
        }

        int after = fds.list().length;
        assertTrue(after <= before + 3, before + " descriptors before, " + after + " after");
        assertEquals(hubs, Watchdog.hubs().size());
        assertTrue(allAreCollected(made), "hubs are still referred to");
    }

    private static boolean allAreCollected(List<WeakReference<Hub>> hubs) {
        for (int i = 0; i < 20 && !hubs.stream().allMatch(h -> h.get() == null); i++) {
            System.gc();
        }
        return hubs.stream().allMatch(h -> h.get() == null);
    }

    @Test
    void hubOfAThreadThatUsedEverythingIsReferredToByNobody() throws Exception {
        var hubs = new ArrayList<WeakReference<Hub>>();
        try (var shared =
                Sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (int i = 0; i < 3; i++) {
                var own = new AtomicReference<WeakReference<Hub>>();
                Thread t =
                        start(
                                () -> {
                                    own.set(new WeakReference<>(Hub.get()));
                                    useEverything(shared);
                                });
                t.join();
                hubs.add(own.get());
            }

            assertTrue(allAreCollected(hubs), "hubs are still referred to");
        }
    }

    private static void useEverything(java.net.ServerSocket shared) throws Exception {
        Hub hub = Hub.get();
        Jevent.signalHandler("URG", () -> {});
        hub.loop().timer(Duration.ofHours(1)).start(() -> {});
        Jevent.blocking(() -> {});
        Jevent.spawnLater(Duration.ofHours(1), () -> {});
        Timeout.start(Duration.ofHours(1));
        var accepting = Jevent.spawn(() -> shared.accept());
        Jevent.spawn(() -> Thread.sleep(3_600_000));
        Jevent.spawn(() -> InetAddress.getAllByName("localhost")).get();
        Jevent.spawn(
                () -> {
                    try (var s = new java.net.ServerSocket(0)) {
                        s.accept();
                    }
                });
        try (var client = Sockets.connect("localhost", shared.getLocalPort())) {
            client.setTcpNoDelay(true);
            accepting.get().close();
        }
        new ProcessBuilder("true").start().waitFor();
        Jevent.sleep(1);
    }

    @Test
    void greenletOfAThreadThatEndsIsToldAndCleansUp() throws Exception {
        var waits = new AtomicReference<Greenlet<Void>>();
        var notBegun = new AtomicReference<Greenlet<Void>>();
        List<Object> seen = new ArrayList<>();

        Thread t =
                start(
                        () -> {
                            waits.set(
                                    Jevent.spawn(
                                            () -> {
                                                try {
                                                    Jevent.sleep(3_600_000);
                                                } catch (HubDestroyed e) {
                                                    Jevent.sleep(1);
                                                    seen.add(e);
                                                    throw e;
                                                }
                                            }));
                            turns(2);
                            notBegun.set(Jevent.spawn(() -> {}));
                        });
        t.join();

        assertInstanceOf(HubDestroyed.class, seen.getFirst());
        for (var g : List.of(waits.get(), notBegun.get())) {
            assertTrue(g.ready());
            assertTrue(g.successful(), "killed");
            assertNull(g.value());
        }
        waits.get().hub().destroy(); // by anybody, and does nothing
    }

    @Test
    void greenletThatDoesNotEndWithItsThreadIsReported() throws Exception {
        List<String> told = new ArrayList<>();
        Handler handler =
                new Handler() {
                    @Override
                    public void publish(LogRecord record) {
                        told.add(record.getMessage());
                    }

                    @Override
                    public void flush() {}

                    @Override
                    public void close() {}
                };
        Logger logger = Logger.getLogger("dev.jevent");
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        var refuses = new AtomicReference<Greenlet<Void>>();
        try {
            start(
                            () -> {
                                refuses.set(
                                        Jevent.spawn(
                                                () -> {
                                                    for (; ; ) {
                                                        thrownBy(() -> Jevent.sleep(60_000));
                                                    }
                                                }));
                                refuses.get().name("stubborn");
                                turns(2);
                            })
                    .join();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }

        assertTrue(refuses.get().ready());
        assertEquals(1, told.size());
        assertTrue(told.get(0).contains("stubborn waits at"), told.get(0));
    }

    @Test
    void hubThatIsRunByAStandInEndsWithItsThreadToo() throws Exception {
        var ticks = new AtomicInteger();
        var ticking = new AtomicReference<Greenlet<Void>>();
        var lent = new CountDownLatch(1);
        Thread t =
                start(
                        () -> {
                            Timeout.start(Duration.ofHours(1)); // for its sake the hub is lent soon
                            Thread owner = Thread.currentThread();
                            ticking.set(
                                    Jevent.spawn(
                                            () -> {
                                                for (; ; ) {
                                                    Jevent.sleep(1);
                                                    if (Jdk.get().carrier() != owner) {
                                                        lent.countDown();
                                                    }
                                                    ticks.incrementAndGet();
                                                }
                                            }));
                            turns(2);
                            lent.await();
                        });
        t.join();

        assertTrue(ticking.get().hub().destroyed());
        assertTrue(ticking.get().successful(), "killed");
        int last = ticks.get();
        Jevent.sleep(5);
        assertEquals(last, ticks.get());
    }

    @Test
    void whatElseIsToBeDoneAtTheEndOfAThreadIsDone() throws Exception {
        // buffers that the JDK keeps for a thread, and frees at its end
        var pool =
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(b -> b.getName().equals("direct"))
                        .findFirst()
                        .orElseThrow();
        var bytes = new byte[1 << 20];
        var file = Files.createTempFile("jevent", ".bin");
        try {
            long before = pool.getMemoryUsed();
            for (int i = 0; i < 20; i++) {
                start(
                                () -> {
                                    Jevent.sleep(Duration.ofNanos(1));
                                    try (var c = FileChannel.open(file, StandardOpenOption.WRITE)) {
                                        c.write(ByteBuffer.wrap(bytes));
                                    }
                                })
                        .join();
            }
            long left = pool.getMemoryUsed() - before;
            assertTrue(left < 5L << 20, left + " bytes are left");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void hubThatItsThreadDidNotEndIsEndedByAnyone() throws Exception {
        var waits = new AtomicReference<Greenlet<Void>>();
        Thread t =
                start(
                        () -> {
                            waits.set(Jevent.spawn(() -> Jevent.sleep(3_600_000)));
                            turns(2);
                            Watchdog.forget(Hub.get());
                            Jdk.get().atThreadEnd(null); // as if it had died of a lack of memory
                        });
        t.join();
        Hub left = waits.get().hub();
        assertFalse(left.destroyed());

        Jevent.spawn(left::destroy).get();

        assertTrue(left.destroyed());
        assertTrue(waits.get().ready());
        assertTrue(left.core.poll().isClosed());
    }

    @Test
    void watchdogEndsAHubThatItsThreadDidNotEnd() throws Exception {
        var waits = new AtomicReference<Greenlet<Void>>();
        start(
                        () -> {
                            waits.set(Jevent.spawn(() -> Jevent.sleep(3_600_000)));
                            turns(2);
                            Jdk.get().atThreadEnd(null);
                        })
                .join();

        assertTrue(waits.get().join(Duration.ofSeconds(20)));
        assertTrue(waits.get().hub().destroyed());
    }

    @Test
    void destroyWhileTheThreadLivesIsStillItsOwn() throws Exception {
        try (var other = new OtherHub()) {
            assertInstanceOf(IllegalStateException.class, thrownBy(other.hub::destroy));
            assertEquals(1, other.spawn(() -> 1).get());
        }
    }

    // ---- one who was to begin later

    @Test
    void killedOneThatWasToBeginLaterLeavesNoTimer() throws Exception {
        var here = Jevent.spawnLater(Duration.ofHours(1), () -> {});
        here.kill();
        try (var other = new OtherHub()) {
            Greenlet<Void> there = new Greenlet<>(other.hub, Greenlet.callable(() -> {}));
            there.startLater(Duration.ofHours(1));
            there.kill();
            Greenlet<Void> atOnce = new Greenlet<>(other.hub, Greenlet.callable(() -> {}));
            atOnce.startLater(Duration.ofHours(1));
            atOnce.killLater();
            atOnce.join();
            var refs = new CompletableFuture<Long>();
            other.hub.core.submit((Runnable) () -> refs.complete(other.hub.core.refs()));
            assertEquals(0, refs.join());
        }

        assertEquals(0, hub.core.refs());
        assertNull(here.thread());
        hub.join(); // at once: nothing is left to wait for
    }

    // ---- begun once

    @Test
    void greenletThatIsJustBeingStartedIsNotStartedByAnotherThread() throws Exception {
        var told = new AtomicInteger();
        var begun = new AtomicInteger();
        Greenlet<Void> g = new Greenlet<>(hub, Greenlet.callable((Action) begun::incrementAndGet));
        Consumer<Greenlet<?>> callback =
                started -> {
                    if (started == g && told.incrementAndGet() == 1) {
                        assertNull(
                                thrownBy(
                                        () -> {
                                            start(g::start).join();
                                            start(() -> g.startLater(Duration.ZERO)).join();
                                        }));
                    }
                };
        Greenlet.addSpawnCallback(callback);
        try {
            g.start();
        } finally {
            Greenlet.removeSpawnCallback(callback);
        }
        g.join();
        turns(3);

        assertEquals(1, begun.get());
        assertEquals(1, told.get());
        assertEquals(0, hub.core.refs());
    }

    @Test
    void greenletThatManyThreadsStartAtTheSameTimeBeginsOnce() throws Exception {
        int rounds = 300;
        var begun = new AtomicInteger();
        var told = new AtomicInteger();
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            greenlets.add(new Greenlet<>(hub, Greenlet.callable((Action) begun::incrementAndGet)));
        }
        Consumer<Greenlet<?>> callback =
                g -> {
                    if (greenlets.contains(g)) {
                        told.incrementAndGet();
                    }
                };
        Greenlet.addSpawnCallback(callback);
        try {
            var together = new CyclicBarrier(3);
            Action startAll =
                    () -> {
                        for (var g : greenlets) {
                            together.await();
                            g.start();
                        }
                    };
            Action startAllLater =
                    () -> {
                        for (var g : greenlets) {
                            together.await();
                            g.startLater(Duration.ZERO);
                        }
                    };
            Thread one = start(startAll);
            Thread other = start(startAllLater);
            startAll.run();
            one.join();
            other.join();
            Jevent.joinAll(greenlets);
        } finally {
            Greenlet.removeSpawnCallback(callback);
        }

        assertEquals(rounds, begun.get());
        assertEquals(rounds, told.get());
        assertEquals(0, hub.core.refs());
    }

    @Test
    void killAndStartAtTheSameTimeLeaveOneThatHasEnded() throws Exception {
        int rounds = 300;
        var together = new CyclicBarrier(2);
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            greenlets.add(new Greenlet<>(hub, Greenlet.callable(() -> Jevent.sleep(3_600_000))));
        }
        Thread starter =
                start(
                        () -> {
                            for (var g : greenlets) {
                                together.await();
                                g.start();
                            }
                        });
        for (var g : greenlets) {
            together.await();
            g.killLater();
        }
        starter.join();
        Jevent.joinAll(greenlets);

        for (var g : greenlets) {
            assertTrue(g.dead());
            assertNull(g.thread());
        }
        assertTrue(allHaveEnded());
    }
}
