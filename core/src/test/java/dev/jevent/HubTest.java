package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.lock.Semaphore;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The hub of a thread: its root, its end, its errors. */
class HubTest extends HubScenario {

    // ---- one a thread

    @Test
    void threadHasOneHubAndItsGreenletsTheSame() throws Exception {
        assertSame(hub, Hub.get());
        assertSame(hub, Jevent.spawn(() -> Jevent.getHub()).get());
        try (var other = new OtherHub()) {
            assertNotSame(hub, other.hub);
        }
    }

    @Test
    void currentIsTheRootOnThePlatformThreadAndTheGreenletInside() throws Exception {
        assertSame(hub.rootGreenlet(), Jevent.getCurrent());
        var g = Jevent.spawn(() -> Jevent.getCurrent());
        assertSame(g, g.get());
    }

    @Test
    void otherVirtualThreadHasNoHub() throws Exception {
        var error = new AtomicReference<Throwable>();
        Thread.startVirtualThread(() -> error.set(thrownBy(Hub::get))).join();
        assertInstanceOf(IllegalStateException.class, error.get());
    }

    @Test
    void rootRunsTheLoopOnlyWhileItWaits() {
        var g = Jevent.spawn(() -> log.add("greenlet"));
        log.add("root");
        g.join();
        log.add("root again");

        assertEquals(List.of("root", "greenlet", "root again"), log);
    }

    // ---- join, idle

    @Test
    void joinWaitsUntilNothingIsLeft() {
        jumpInTime();
        Jevent.spawn(
                () -> {
                    Jevent.sleep(1_000);
                    Jevent.spawn(() -> Jevent.sleep(1_000));
                });
        hub.join();

        assertEquals(2_000, clock.millis());
        assertEquals(0, hub.living.size());
    }

    @Test
    void joinWithATimeSaysWhetherSomethingIsLeft() {
        jumpInTime();
        Jevent.spawn(() -> Jevent.sleep(1_000));

        assertFalse(hub.join(Duration.ofMillis(400)));
        assertEquals(400, clock.millis());
        assertTrue(hub.join(Duration.ofMillis(700)));
        assertEquals(1_000, clock.millis());
    }

    @Test
    void idleWaitsUntilTheOthersCannotRun() {
        Jevent.spawn(
                () -> {
                    for (int i = 0; i < 5; i++) {
                        Jevent.sleep(0);
                        log.add("busy");
                    }
                });
        Jevent.idle();

        assertEquals(5, log.size());
    }

    @Test
    void hubBelongsToItsThread() throws Exception {
        var errors = Jevent.spawn(() -> List.of(thrownBy(hub::join), thrownBy(hub::destroy))).get();

        errors.forEach(e -> assertInstanceOf(IllegalStateException.class, e));
        assertFalse(hub.destroyed());
    }

    @Test
    void destroyInACallbackIsRefusedAndTheHubGoesOn() {
        var error = new AtomicReference<Throwable>();
        hub.loop().runCallback(() -> error.set(thrownBy(hub::destroy)));
        turns(2);

        assertInstanceOf(IllegalStateException.class, error.get());
        assertFalse(hub.destroyed());
    }

    // ---- wait

    @Test
    void waitGivesThemInTheOrderInWhichTheyAreReady() {
        jumpInTime();
        var slow = Jevent.spawn(() -> Jevent.sleep(300));
        var quick = Jevent.spawn(() -> Jevent.sleep(100));
        var failed =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(200);
                            throw new IllegalStateException();
                        });

        assertEquals(List.of(quick, failed, slow), Jevent.wait(List.of(slow, quick, failed)));
        assertEquals(300, clock.millis());
    }

    @Test
    void waitEndsByCountOrByTime() {
        jumpInTime();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            int n = i;
            all.add(Jevent.spawn(() -> Jevent.sleep(n * 100)));
        }

        assertEquals(all.subList(0, 2), Jevent.wait(all, Duration.ofSeconds(9), 2));
        assertEquals(200, clock.millis());
        assertEquals(all.subList(0, 3), Jevent.wait(all, Duration.ofMillis(150), 5));
        assertEquals(350, clock.millis());
        assertEquals(List.of(), Jevent.wait(all, Duration.ofSeconds(9), 0));
        assertFalse(all.get(4).hasLinks());
        assertThrows(IllegalArgumentException.class, () -> Jevent.wait(all, Duration.ZERO, -1));
        assertEquals(all, Jevent.joinAll(all, Duration.ofSeconds(9)));
    }

    @Test
    void timeOfAWaitIsCountedFromItsBeginning() {
        jumpInTime();
        var first = Jevent.spawn(() -> Jevent.sleep(100));
        var second = Jevent.spawn(() -> Jevent.sleep(200));

        assertEquals(
                List.of(first), Jevent.wait(List.of(first, second), Duration.ofMillis(150), 2));
        assertEquals(150, clock.millis());
        second.join();
    }

    @Test
    void iwaitThatIsClosedEarlyLeavesNoLink() {
        var done = Jevent.spawn(() -> 1);
        var waiting = Jevent.spawn(() -> Jevent.sleep(60_000));
        try (var ready = Jevent.iwait(List.of(waiting, done))) {
            assertSame(done, ready.next());
            assertTrue(waiting.hasLinks());
        }
        assertFalse(waiting.hasLinks());
        waiting.kill();
        try (var none = Jevent.iwait(List.<Greenlet<Void>>of())) {
            assertFalse(none.hasNext());
            assertThrows(NoSuchElementException.class, none::next);
        }
    }

    // ---- errors

    @Test
    void errorHandlerThatThrowsHarmsNobody() {
        hub.errorHandler(
                (context, error) -> {
                    throw new IllegalStateException("handler");
                });
        String printed =
                printedBy(
                        () -> {
                            var g =
                                    Jevent.spawn(
                                            () -> {
                                                throw new java.io.IOException("task");
                                            });
                            g.join();
                            assertInstanceOf(java.io.IOException.class, g.exception());
                        });

        assertTrue(printed.contains("IOException: task"), printed);
        assertTrue(printed.contains("IllegalStateException: handler"), printed);
        assertEquals("fine", valueOf(Jevent.spawn(() -> "fine")));
    }

    @Test
    void defaultReportNamesTheGreenletAndWhereItWasSpawnedOnce() {
        hub.errorHandler(ErrorReport::print);
        String printed =
                printedBy(
                        () -> {
                            var g =
                                    new Greenlet<>(
                                            () -> {
                                                throw new IllegalStateException("oops");
                                            });
                            g.name("worker 7");
                            g.start();
                            g.join();
                        });

        assertTrue(printed.startsWith("jevent: worker 7 (spawned at "), printed);
        assertEquals(printed.indexOf("oops"), printed.lastIndexOf("oops"));
    }

    @Test
    void callbackThatThrowsIsReported() {
        var error = new IllegalStateException("callback");
        hub.loop()
                .runCallback(
                        () -> {
                            throw error;
                        });
        turns(3);

        assertEquals(List.of(error), reports.stream().map(Report::error).toList());
    }

    @Test
    void callbackMaySpawn() {
        hub.loop().runCallback(() -> Jevent.spawn(() -> log.add("spawned")));
        turns(3);

        assertEquals(List.of("spawned"), log);
    }

    private static <T> T valueOf(Greenlet<T> g) {
        g.join();
        return g.value();
    }

    private static String printedBy(Runnable action) {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    // ---- interrupts of the root

    @Test
    void interruptOfTheRootEndsItsWaitAndIsCleared() {
        List<Action> waits =
                List.of(
                        () -> Jevent.sleep(60_000),
                        () -> new Waiter<>().get(),
                        () -> new Waiter<>().await(Duration.ofHours(1)),
                        () -> hub.join(Duration.ofHours(1)),
                        () -> new Semaphore(0).acquire());
        Thread me = Thread.currentThread();
        for (Action wait : waits) {
            me.interrupt();
            assertInstanceOf(Interrupted.class, thrownBy(wait));
            assertFalse(me.isInterrupted());

            var keeper = Jevent.spawn(() -> Jevent.sleep(60_000));
            var interruptor = Jevent.spawnLater(Duration.ofMillis(1), me::interrupt);
            assertInstanceOf(Interrupted.class, thrownBy(wait));
            assertFalse(me.isInterrupted());
            interruptor.join();

            Thread outside =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!hub.core.isAsleep()) {
                                            Thread.onSpinWait();
                                        }
                                        me.interrupt();
                                    });
            assertInstanceOf(Interrupted.class, thrownBy(wait));
            assertFalse(me.isInterrupted());
            assertNull(thrownBy(outside::join));
            keeper.kill();
        }
    }

    @Test
    void interruptThatComesWithTheValueIsNotLost() {
        var waiter = new Waiter<String>();
        Thread me = Thread.currentThread();
        Jevent.spawn(
                () -> {
                    waiter.switchTo("value");
                    me.interrupt();
                });

        assertEquals("value", waiter.get());
        assertInstanceOf(Interrupted.class, thrownBy(() -> Jevent.sleep(0)));
        assertFalse(me.isInterrupted());
    }

    @Test
    void interruptOfTheRootIsNoneOfItsGreenlets() {
        Thread me = Thread.currentThread();
        var g =
                Jevent.spawn(
                        () -> {
                            me.interrupt();
                            return Thread.currentThread().isInterrupted();
                        });

        assertInstanceOf(Interrupted.class, thrownBy(() -> Jevent.sleep(60_000)));
        assertEquals(false, valueOf(g));
    }

    // ---- the end

    private static Throwable onAThread(Action action) {
        var error = new AtomicReference<Throwable>();
        Thread t = Thread.ofPlatform().start(() -> error.set(thrownBy(action)));
        assertNull(thrownBy(t::join));
        return error.get();
    }

    private static void check(Action scenario) {
        Throwable e = onAThread(scenario);
        if (e != null) {
            throw new AssertionError(e);
        }
    }

    @Test
    void destroyTellsTheGreenletsOnceAndLetsThemCleanUp() {
        check(
                () -> {
                    List<Object> seen = new ArrayList<>();
                    Hub mine = Hub.get();
                    Jevent.spawn(
                            () -> {
                                try {
                                    Jevent.sleep(60_000);
                                } catch (HubDestroyed e) {
                                    seen.add(e);
                                    Jevent.sleep(50);
                                    seen.add("cleaned up");
                                    throw e;
                                }
                            });
                    turns(2);
                    mine.destroy();
                    mine.destroy();
                    assertEquals(2, seen.size(), seen::toString);
                    assertInstanceOf(HubDestroyed.class, seen.get(0));
                    assertTrue(mine.destroyed());
                    assertNotSame(mine, Hub.get());
                    assertEquals(5, Jevent.spawn(() -> 5).get());
                    Hub.get().destroy();
                });
    }

    @Test
    void destroyReleasesThoseWhoJoinFromOtherThreads() throws Exception {
        var all = new CompletableFuture<List<Greenlet<?>>>();
        var go = new CountDownLatch(1);
        Thread t =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    var refuses =
                                            Jevent.spawn(
                                                    () -> {
                                                        for (; ; ) {
                                                            thrownBy(() -> Jevent.sleep(60_000));
                                                        }
                                                    });
                                    turns(2);
                                    var notBegun = Jevent.spawn(() -> 1);
                                    var later = Jevent.spawnLater(Duration.ofHours(1), () -> 1);
                                    all.complete(List.of(refuses, notBegun, later));
                                    thrownBy(go::await);
                                    Hub.get().destroy();
                                });
        List<Greenlet<?>> greenlets = all.get();
        List<Greenlet<Void>> joiners = new ArrayList<>();
        for (var g : greenlets) {
            joiners.add(Jevent.spawn(() -> g.join()));
        }
        Jevent.sleep(1);
        go.countDown();

        for (var j : joiners) {
            assertTrue(j.join(Duration.ofSeconds(10)));
        }
        t.join();
        for (var g : greenlets) {
            assertTrue(g.ready());
            assertNull(g.value());
        }
        // and nothing can be begun there any more
        Hub dead = greenlets.get(0).hub();
        Throwable e = thrownBy(() -> assertTrue(dead.spawn(() -> 1).join(Duration.ofSeconds(10))));
        assertTrue(e == null || e instanceof IllegalStateException, "" + e);
        greenlets.get(0).killLater();
    }

    @Test
    void destroyComesToItsEndAlthoughTheThreadIsInterrupted() {
        check(
                () -> {
                    Hub mine = Hub.get();
                    var g = Jevent.spawn(() -> Jevent.sleep(60_000));
                    turns(2);
                    Thread.currentThread().interrupt();
                    mine.destroy();
                    assertTrue(g.ready());
                    assertTrue(mine.core.poll().isClosed());
                    assertTrue(Thread.interrupted());
                });
    }

    @Test
    void wakeUpsThatComeAfterTheEndDoNoHarm() throws Exception {
        var waiter = new Waiter<String>();
        var made = new CompletableFuture<Greenlet<?>>();
        Thread t =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    made.complete(Jevent.spawn(() -> waiter.get()));
                                    turns(2);
                                    Hub.get().destroy();
                                });
        t.join();
        waiter.switchTo("too late");
        made.get().killLater();
        made.get().kill();

        assertTrue(made.get().ready());
    }

    @Test
    void manyShortHubsLeakNothing() throws Exception {
        File fds = new File("/proc/self/fd");
        assumeTrue(fds.isDirectory());
        oneShortHub(); // what is made once
        int before = fds.list().length;
        int threads = Thread.activeCount();
        for (int i = 0; i < 300; i++) {
            oneShortHub();
        }

        assertTrue(fds.list().length <= before + 3, "descriptors are left");
        assertTrue(Thread.activeCount() <= threads + 2, "threads are left");
    }

    private static void oneShortHub() {
        check(
                () -> {
                    assertEquals(3, Jevent.spawn(() -> 3).get());
                    Hub.get().destroy();
                });
    }

    @Test
    void twoHubsPlayPingPong() throws Exception {
        var ping = new Semaphore(0);
        var pong = new Semaphore(0);
        int rounds = Dose.of(300, 5_000);
        try (var other = new OtherHub()) {
            var there =
                    other.spawn(
                            () -> {
                                for (int i = 0; i < rounds; i++) {
                                    ping.acquire();
                                    pong.release();
                                }
                            });
            var here =
                    Jevent.spawn(
                            () -> {
                                for (int i = 0; i < rounds; i++) {
                                    ping.release();
                                    pong.acquire();
                                }
                            });
            here.get(50, TimeUnit.SECONDS);
            there.get();
        }
        assertEquals(0, ping.counter() + pong.counter());
    }

    // ---- LoopExit, in a JVM without other threads

    /** Program: the root waits for something that nobody can bring. */
    static final class Stuck {
        public static void main(String[] args) {
            var semaphore = new Semaphore(0);
            Jevent.spawn(() -> semaphore.acquire());
            try {
                new Waiter<>().get();
            } catch (LoopExit e) {
                System.out.println("LoopExit: " + e.getMessage());
            }
        }
    }

    @Test
    void waitThatCanNeverEndIsALoopExit() throws Exception {
        var result = ChildJvm.run(Stuck.class, List.of());

        assertEquals(0, result.exit(), result.output());
        assertTrue(
                result.output().contains("LoopExit: This wait would never end"), result.output());
        assertTrue(result.output().contains("Greenlet-0 waits at"), result.output());
    }

    /** Program: another thread of the program brings it. */
    static final class WokenFromOutside {
        public static void main(String[] args) {
            var waiter = new Waiter<String>();
            Hub.get();
            Thread.ofPlatform()
                    .start(
                            () -> {
                                thrownBy(() -> Thread.sleep(300));
                                waiter.switchTo("woken");
                            });
            System.out.println(waiter.get());
        }
    }

    @Test
    void waitThatAnotherThreadEndsIsNoLoopExit() throws Exception {
        var result = ChildJvm.run(WokenFromOutside.class, List.of());

        assertEquals("woken", result.output().strip());
    }

    /** Program: the thread that wakes a greenlet ends at the same moment. */
    static final class LastThreadEnds {
        public static void main(String[] args) {
            for (int i = 0; i < 300; i++) {
                Jevent.spawn(
                                () -> {
                                    Thread t = Thread.ofPlatform().start(() -> {});
                                    t.join();
                                })
                        .join();
            }
            System.out.println("done");
        }
    }

    @Test
    void endOfTheLastThreadWakesWhoJoinsItAndIsNoLoopExit() throws Exception {
        var result = ChildJvm.run(LastThreadEnds.class, List.of());

        assertEquals("done", result.output().strip());
    }
}
