package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The life of a greenlet and its result. */
class GreenletTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    // ---- start

    @Test
    void spawnedGreenletDoesNotRunBeforeTheSpawnerWaits() {
        var g = Jevent.spawn(() -> log.add("ran"));

        assertEquals(List.of(), log);
        assertTrue(g.started());
        assertFalse(g.ready());
        g.join();
        assertEquals(List.of("ran"), log);
        assertFalse(g.started());
        assertTrue(g.dead());
    }

    @Test
    void startIsIdempotent() {
        var g = new Greenlet<Void>(Greenlet.callable(() -> log.add("ran")));
        assertFalse(g.started());
        g.start();
        g.start();
        g.startLater(Duration.ZERO);
        g.join();
        g.start();
        turns(3);

        assertEquals(List.of("ran"), log);
    }

    @Test
    void startLaterBeginsWhenTheTimeHasCome() {
        jumpInTime();
        var g = Jevent.spawnLater(SECOND, () -> log.add("at " + clock.millis()));
        assertTrue(g.started());
        Jevent.sleep(999);
        assertEquals(List.of(), log);
        g.join();

        assertEquals(List.of("at 1000"), log);
    }

    @Test
    void startDoesNothingAfterStartLater() {
        jumpInTime();
        var g = new Greenlet<Void>(Greenlet.callable(() -> log.add("at " + clock.millis())));
        g.startLater(SECOND);
        g.start();
        g.join();

        assertEquals(List.of("at 1000"), log);
    }

    @Test
    void negativeDelayAndMissingTaskAreRefusedAtTheDoor() {
        var g = new Greenlet<>(() -> 1);
        assertThrows(IllegalArgumentException.class, () -> g.startLater(Duration.ofNanos(-1)));
        assertFalse(g.started());
        assertThrows(NullPointerException.class, () -> new Greenlet<>((Callable<Integer>) null));
        assertThrows(NullPointerException.class, () -> Jevent.spawn((Action) null));
        assertThrows(NullPointerException.class, () -> Jevent.spawnRaw(null));
        assertThrows(IllegalArgumentException.class, () -> Jevent.sleep(-1));
    }

    private static final class Sum extends Greenlet<Integer> {
        private final int a;

        Sum(int a) {
            this.a = a;
        }

        @Override
        protected Integer run() {
            Jevent.sleep(0);
            return a + 1;
        }
    }

    @Test
    void subclassOverridesRun() throws Exception {
        var g = new Sum(41);
        g.start();

        assertEquals(42, g.get());
    }

    @Test
    void spawnRawRunsAndItsFailureIsReported() {
        var failure = new IllegalStateException("raw");
        RawGreenlet raw =
                Jevent.spawnRaw(
                        () -> {
                            log.add("ran");
                            throw failure;
                        });
        turns(2);

        assertEquals(List.of("ran"), log);
        assertTrue(raw.dead());
        assertEquals(List.of(new Report(raw, failure)), reports);
    }

    @Test
    void foreignThreadSpawnsIntoAHub() throws Exception {
        try (var other = new OtherHub()) {
            var g = other.spawn(() -> Jevent.getHub());

            assertSame(other.hub, g.get());
        }
        var done = new AtomicReference<Greenlet<Thread>>();
        Thread t = Thread.ofPlatform().start(() -> done.set(hub.spawn(Thread::currentThread)));
        t.join();
        assertTrue(done.get().get().isVirtual());
    }

    @Test
    void spawnCallbacksAreToldOfEveryStartOnceAndBeforeItRuns() {
        List<Object> told = new ArrayList<>();
        Consumer<Greenlet<?>> callback = g -> told.add(g + " " + g.hasBegun());
        Greenlet.addSpawnCallback(callback);
        Greenlet.addSpawnCallback(callback);
        try {
            var g = new Greenlet<>(() -> 1);
            g.name("a");
            assertEquals(List.of(), told);
            g.start();
            g.start();
            assertEquals(List.of("a false"), told);
            var later = Jevent.spawnLater(Duration.ZERO, () -> 1);
            assertEquals(2, told.size());
            Jevent.joinAll(List.of(g, later));
        } finally {
            Greenlet.removeSpawnCallback(callback);
        }
        Jevent.spawn(() -> 1).join();
        assertEquals(2, told.size());
    }

    // ---- join

    @Test
    void joinDoesNotThrowTheFailure() {
        var g = failing(new IllegalStateException("mine"));
        g.join();

        assertFalse(g.successful());
        assertInstanceOf(IllegalStateException.class, g.exception());
        assertNull(g.value());
    }

    @Test
    void joinEndsAfterItsTimeAndLeavesNoLink() {
        jumpInTime();
        var g = Jevent.spawn(() -> Jevent.sleep(2_000));

        assertFalse(g.join(SECOND));
        assertEquals(1_000, clock.millis());
        assertFalse(g.hasLinks());
        assertTrue(g.join(Duration.ofSeconds(9)));
        assertEquals(2_000, clock.millis());
    }

    @Test
    void joinOfTheEndedReturnsAtOnceEvenWithZeroTime() {
        var g = Jevent.spawn(() -> 1);
        assertFalse(g.join(Duration.ZERO));
        g.join();

        assertTrue(g.join(Duration.ZERO));
    }

    @Test
    void joinOfItselfIsRefused() throws Exception {
        var self = new AtomicReference<Greenlet<Throwable>>();
        self.set(Jevent.spawn(() -> thrownBy(() -> self.get().join())));

        assertInstanceOf(IllegalStateException.class, self.get().get());
    }

    @Test
    void manyJoinOneAndAllGoOnInTheirOrder() {
        var g = Jevent.spawn(() -> turns(3));
        List<Greenlet<Void>> joiners = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            joiners.add(
                    Jevent.spawn(
                            () -> {
                                g.join();
                                log.add("" + n);
                            }));
        }
        Jevent.joinAll(joiners);

        assertEquals(List.of("0", "1", "2", "3", "4"), log);
    }

    // ---- get

    @Test
    void getGivesTheValueAlsoNull() throws Exception {
        assertEquals("v", Jevent.spawn(() -> "v").get());
        Greenlet<Object> nothing = Jevent.spawn(() -> null);
        assertNull(nothing.get());
        assertTrue(nothing.successful());
    }

    @Test
    void getThrowsTheFailureAsTheCause() {
        var failure = new java.io.IOException("disk");
        var g = failing(failure);

        assertSame(failure, assertThrows(ExecutionException.class, g::get).getCause());
        assertSame(failure, assertThrows(ExecutionException.class, () -> g.get(SECOND)).getCause());
    }

    @Test
    void getWithADurationThrowsATimeoutThatTellsWhere() {
        jumpInTime();
        var g = Jevent.spawn(() -> Jevent.sleep(2_000));

        Timeout t = assertThrows(Timeout.class, () -> g.get(SECOND));
        assertEquals(SECOND, t.duration());
        assertTrue(
                List.of(t.getStackTrace()).stream()
                        .anyMatch(f -> f.getClassName().equals(getClass().getName())),
                "it has a stack trace");
        g.kill();
    }

    @Test
    void getOfTheStandardThrowsTheStandardTimeoutException() {
        var g = Jevent.spawn(() -> Jevent.sleep(60_000));

        assertThrows(TimeoutException.class, () -> g.get(0, TimeUnit.SECONDS));
        assertThrows(TimeoutException.class, () -> g.get(-5, TimeUnit.SECONDS));
        assertThrows(TimeoutException.class, () -> g.get(1, TimeUnit.MILLISECONDS));
        g.kill();
    }

    @Test
    void interruptOfTheCallerEndsGet() throws Exception {
        var sleeper = Jevent.spawn(() -> Jevent.sleep(60_000));
        var caller =
                Jevent.spawn(
                        () -> {
                            Throwable e = thrownBy(sleeper::get);
                            return e + " " + Thread.currentThread().isInterrupted();
                        });
        turns(2);
        caller.thread().interrupt();

        assertEquals("java.lang.InterruptedException false", caller.get());
        assertFalse(sleeper.ready());
        sleeper.kill();
    }

    // ---- Future

    @Test
    void futureOfASuccess() throws Exception {
        var g = Jevent.spawn(() -> 7);
        Future<Integer> f = g;
        assertEquals(Future.State.RUNNING, f.state());
        assertThrows(IllegalStateException.class, f::resultNow);
        assertThrows(IllegalStateException.class, f::exceptionNow);
        assertFalse(f.isDone());
        f.get();

        assertTrue(f.isDone());
        assertFalse(f.isCancelled());
        assertEquals(Future.State.SUCCESS, f.state());
        assertEquals(7, f.resultNow());
        assertThrows(IllegalStateException.class, f::exceptionNow);
        assertFalse(f.cancel(true), "too late");
        assertEquals(7, f.get());
    }

    @Test
    void futureOfAFailure() {
        var failure = new IllegalStateException("f");
        Future<Object> f = failing(failure);
        ((Greenlet<?>) f).join();

        assertEquals(Future.State.FAILED, f.state());
        assertSame(failure, f.exceptionNow());
        assertThrows(IllegalStateException.class, f::resultNow);
    }

    @Test
    void futureThatIsCancelledBeforeItBegins() {
        Future<Boolean> f = Jevent.spawn(() -> log.add("ran"));

        assertTrue(f.cancel(false));
        assertTrue(f.isDone());
        assertTrue(f.isCancelled());
        assertEquals(Future.State.CANCELLED, f.state());
        assertThrows(CancellationException.class, f::get);
        turns(2);
        assertEquals(List.of(), log);
    }

    @Test
    void futureThatRunsIsCancelledOnlyIfThatIsAllowed() {
        var g = Jevent.spawn(() -> Jevent.sleep(60_000));
        turns(2);

        assertFalse(g.cancel(false));
        assertFalse(g.isDone());
        assertTrue(g.cancel(true));
        assertTrue(g.isDone());
        assertTrue(g.isCancelled());
        assertTrue(g.successful());
        assertFalse(g.cancel(true), "a second time it has no effect");
    }

    @Test
    void futureThatRefusesToBeCancelledIsDoneNevertheless() throws Exception {
        var g = Jevent.spawn(() -> thrownBy(() -> Jevent.sleep(60_000)).getMessage());
        turns(2);

        assertFalse(g.cancel(true));
        assertTrue(g.isDone());
        assertFalse(g.isCancelled());
        assertEquals("cancelled", g.get());
    }

    // ---- who and where

    @Test
    void namesCountUpInEachHubAndCanBeGiven() throws Exception {
        var a = Jevent.spawn(() -> Thread.currentThread().getName());
        assertTrue(a.name().matches("Greenlet-\\d+"), a.name());
        var b = Jevent.spawn(() -> 1);
        assertNotEquals(a.name(), b.name());
        a.name("worker");
        assertEquals("worker", a.name());
        assertEquals("worker", a.toString());

        assertEquals("worker", a.get(), "its thread bears the name");
        assertThrows(NullPointerException.class, () -> a.name(null));
        b.join();
    }

    @Test
    void nameGivenBeforeTheStartAndWhileItRunsIsTheThreads() throws Exception {
        var g =
                new Greenlet<>(
                        () -> {
                            String before = Thread.currentThread().getName();
                            turns(9);
                            return before + " " + Thread.currentThread().getName();
                        });
        g.name("early");
        g.start();
        turns(2);
        g.name("late");

        assertEquals("early late", g.get());
    }

    @Test
    void spawningGreenletIsKnownWhileItLives() throws Exception {
        var outer =
                Jevent.spawn(
                        () -> {
                            var inner = Jevent.spawn(() -> turns(2));
                            assertSame(Jevent.getCurrent(), inner.spawningGreenlet());
                            inner.join();
                            return inner;
                        });
        assertNull(outer.get().spawningGreenlet());
        var ofRoot = new Greenlet<>(() -> 1);
        assertNull(ofRoot.spawningGreenlet(), "a thread's root is no spawning greenlet");
    }

    @Test
    void treeLocalsAreSharedWithDescendantsOnly() throws Exception {
        var tree =
                Jevent.spawn(
                        () -> {
                            var self = (Greenlet<?>) Jevent.getCurrent();
                            self.treeLocals().put("user", "ann");
                            var child =
                                    Jevent.spawn(
                                            () ->
                                                    Jevent.spawn(
                                                                    () ->
                                                                            ((Greenlet<?>)
                                                                                            Jevent
                                                                                                    .getCurrent())
                                                                                    .treeLocals()
                                                                                    .get("user"))
                                                            .get());
                            return child.get();
                        });
        assertEquals("ann", tree.get());
        var stranger = Jevent.spawn(() -> 1);
        assertTrue(stranger.treeLocals().isEmpty());
        stranger.join();
    }

    @Test
    void closeEndsAGreenletThatIsOpenedInATry() {
        Greenlet<Void> seen;
        try (var g = Jevent.spawn(() -> Jevent.sleep(60_000))) {
            seen = g;
            turns(2);
            assertFalse(g.ready());
        }
        assertTrue(seen.isCancelled());
    }

    @Test
    void greenletOfItsOwnThreadOnly() throws Exception {
        var g = Jevent.spawn(() -> Thread.currentThread());
        assertFalse(g.thread().isAlive());
        Thread t = g.get();
        assertTrue(t.isVirtual());
        assertNull(g.thread());
    }

    // ---- failures

    @Test
    void failureIsReportedExactlyOnceWithGreenletAndError() {
        var failure = new IllegalStateException("once");
        var g = failing(failure);
        Jevent.joinAll(List.of(g));
        g.join();
        thrownBy(g::get);
        turns(3);

        assertEquals(List.of(new Report(g, failure)), reports);
    }

    @Test
    void exitIsNoFailure() {
        var g = failing(new GreenletExit("bye"));
        g.join();

        assertTrue(g.successful());
        assertTrue(g.isCancelled());
        assertNull(g.exception());
        assertEquals(List.of(), reports);
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static int deeper(int n) {
        return deeper(n + 1) + 1;
    }

    /** On its way back from the overflow it switches, first with hardly any stack left. */
    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static int overflow(int[] switches) {
        int depth;
        try {
            depth = overflow(switches) + 1;
        } catch (StackOverflowError e) {
            depth = 0;
        }
        if (depth < 400) {
            try {
                Jevent.sleep(0);
                switches[0]++;
            } catch (StackOverflowError e) {
                return 0;
            }
        }
        return depth;
    }

    @Test
    void noFailureTakesTheHubDown() {
        List<Action> failures =
                List.of(
                        () -> deeper(0),
                        () -> {
                            throw new OutOfMemoryError("by hand");
                        },
                        () -> {
                            throw new AssertionError("a");
                        },
                        () -> {
                            throw new Error("bare") {};
                        },
                        () -> {
                            throw new LinkageError();
                        },
                        () -> {
                            throw Parker.<RuntimeException>sneaky(new Throwable("bare"));
                        });
        for (Action failure : failures) {
            var g = Jevent.spawn(failure);
            g.join();
            assertFalse(g.successful());
        }
        assertEquals(failures.size(), reports.size());
        assertEquals("fine", valueOf(Jevent.spawn(() -> "fine")));
    }

    @Test
    void stackThatOverflowsWhileItSwitchesHarmsNobody() {
        var switches = new int[2]; // and whether it has come to its last wait
        var other = Jevent.spawn(() -> turns(1_000));
        var g =
                Jevent.spawn(
                        () -> {
                            overflow(switches);
                            turns(3);
                            new java.util.concurrent.Semaphore(0)
                                    .tryAcquire(1, TimeUnit.MILLISECONDS);
                            switches[1] = 1;
                            log.add("" + thrownBy(() -> Thread.sleep(60_000)).getClass());
                        });
        other.join();
        assertTrue(switches[0] > 0);
        while (switches[1] == 0 || !g.thread().getState().equals(Thread.State.TIMED_WAITING)) {
            Jevent.sleep(1);
        }
        g.kill();

        assertEquals(List.of("" + InterruptedException.class), log);
        assertTrue(g.isCancelled());
    }

    private static <T> Greenlet<T> failing(Throwable failure) {
        return Jevent.spawn(
                (Callable<T>)
                        () -> {
                            throw Parker.<RuntimeException>sneaky(failure);
                        });
    }

    @Test
    void endIsSeenByAnotherThreadAsAWhole() throws Exception {
        try (var other = new OtherHub()) {
            for (int i = 0; i < Dose.of(300, 2_000); i++) {
                var g = other.spawn(() -> 5);
                g.join();
                assertTrue(g.ready() && g.dead() && !g.started(), "round " + i);
                assertEquals(5, g.value());
            }
        }
    }

    @Test
    void platformThreadWithoutAHubJoinsAndGets() throws Exception {
        var result = new AtomicReference<Object>();
        var started = new CountDownLatch(1);
        var gate = new Waiter<String>();
        var g = Jevent.spawn(() -> gate.get());
        Thread t =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    started.countDown();
                                    try {
                                        result.set(g.get());
                                    } catch (Exception e) {
                                        result.set(e);
                                    }
                                });
        started.await();
        gate.switchTo("over there");
        g.join();
        t.join();

        assertEquals("over there", result.get());
    }

    private static <T> T valueOf(Greenlet<T> g) {
        g.join();
        return g.value();
    }
}
