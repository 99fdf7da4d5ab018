package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.LoopExit;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Greenlets that do not outlive a lambda. */
class ScopeTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @AfterEach
    void nothingWasReported() {
        assertEquals(List.of(), reports);
    }

    private Void sleepAndLog(String what) {
        try {
            Jevent.sleep(60_000);
        } finally {
            log.add(what);
        }
        return null;
    }

    private static Throwable[] suppressed(Throwable e) {
        return e.getSuppressed();
    }

    // ---- the good end

    @Test
    void answersTheResultWhenAllChildrenHaveEnded() throws Exception {
        jumpInTime();
        String result =
                Scope.call(
                        s -> {
                            s.spawn(() -> Jevent.sleep(2_000));
                            s.spawn(() -> log.add("child"));
                            return "result";
                        });
        assertEquals("result", result);
        assertEquals(List.of("child"), log);
        assertEquals(2_000, clock.millis());
    }

    @Test
    void worksInAGreenletAsInTheRootAndNests() throws Exception {
        jumpInTime();
        int sum =
                Jevent.spawn(
                                () ->
                                        Scope.call(
                                                s -> {
                                                    var a = s.spawn(() -> inner(1));
                                                    var b = s.spawn(() -> inner(10));
                                                    return a.get() + b.get();
                                                }))
                        .get();
        assertEquals(22, sum);
    }

    private static int inner(int n) throws Exception {
        return Scope.call(
                s -> {
                    var a = s.spawn(() -> n);
                    Jevent.sleep(10);
                    return a.get() + n;
                });
    }

    @Test
    void emptyScopeEndsAtOnce() throws Exception {
        assertEquals(3, (int) Scope.call(s -> 3));
        Scope.run(s -> log.add("ran"));
        try (var s = Scope.open()) {
            s.join();
        }
        assertEquals(List.of("ran"), log);
    }

    @Test
    void childSpawnsSiblingsAlsoAfterTheBodyIsOver() throws Exception {
        Scope.run(s -> s.spawn(() -> spawnChain(s, 5)));
        assertEquals(List.of("5", "4", "3", "2", "1", "0"), log);
    }

    private void spawnChain(Scope s, int n) {
        Jevent.sleep(1);
        log.add("" + n);
        if (n > 0) {
            s.spawn(() -> spawnChain(s, n - 1));
        }
    }

    @Test
    void nothingIsSpawnedAfterTheEnd() throws Exception {
        var leaked = new AtomicReference<Scope>();
        Scope.run(leaked::set);
        Scope s = leaked.get();

        var e = assertThrows(IllegalStateException.class, () -> s.spawn(() -> log.add("ran")));
        assertTrue(e.getMessage().contains("has ended"), e.getMessage());
        assertThrows(IllegalStateException.class, () -> s.deadline(SECOND));
        s.cancel();
        s.close();
        turns(2);
        assertEquals(List.of(), log);
    }

    // ---- failures

    @Test
    void firstFailureCancelsTheOthersAndIsThrownAsItIs() {
        var error = new IOException("first");
        var e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(() -> sleepAndLog("a"));
                                            s.spawn(
                                                    () -> {
                                                        Jevent.sleep(1);
                                                        throw error;
                                                    });
                                            s.spawn(() -> sleepAndLog("b"));
                                        }));
        assertSame(error, e);
        assertEquals(0, suppressed(e).length);
        assertEquals(List.of("a", "b"), log);
    }

    @Test
    void bodyThatWaitsIsCancelledByTheFailureOfAChild() {
        var error = new IllegalStateException("child");
        var e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(
                                                    () -> {
                                                        throw error;
                                                    });
                                            sleepAndLog("body");
                                        }));
        assertSame(error, e);
        assertEquals(List.of("body"), log);
        turns(2); // and nothing of it is thrown later
    }

    @Test
    void bodyThatWaitsInTheJdkIsCancelledToo() throws Exception {
        var error = new IllegalStateException("child");
        var seen =
                Jevent.spawn(
                        () ->
                                thrownBy(
                                        () ->
                                                Scope.run(
                                                        s -> {
                                                            s.spawn(
                                                                    () -> {
                                                                        Jevent.sleep(1);
                                                                        throw error;
                                                                    });
                                                            new LinkedBlockingQueue<>().take();
                                                        })));
        assertSame(error, seen.get());
    }

    @Test
    void failureOfTheBodyCancelsTheChildrenAndWaitsForTheirEnd() {
        jumpInTime();
        var error = new IOException("body");
        var e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(
                                                    () -> {
                                                        try {
                                                            Jevent.sleep(60_000);
                                                        } finally {
                                                            sleepShielded(3_000);
                                                            log.add("cleaned up");
                                                        }
                                                    });
                                            Jevent.sleep(1_000);
                                            throw error;
                                        }));
        assertSame(error, e);
        assertEquals(List.of("cleaned up"), log);
        assertEquals(4_000, clock.millis());
    }

    @Test
    void laterFailuresAreSuppressedInTheFirstEachOnce() {
        var first = new IOException("first");
        var second = new IllegalStateException("while it cleans up");
        var e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            for (int i = 0; i < 3; i++) {
                                                s.spawn(
                                                        () -> {
                                                            try {
                                                                Jevent.sleep(60_000);
                                                            } finally {
                                                                throwIt(second);
                                                            }
                                                        });
                                            }
                                            s.spawn(
                                                    () -> {
                                                        throw first;
                                                    });
                                        }));
        assertSame(first, e);
        assertEquals(List.of(second), List.of(suppressed(e)));
    }

    private static void throwIt(RuntimeException e) {
        throw e;
    }

    @Test
    void resultThatTheBodyAsksOfAFailedChildSaysTheSameOnce() {
        var error = new IOException("child");
        var e =
                thrownBy(
                        () ->
                                Scope.call(
                                        s -> {
                                            var g =
                                                    s.spawn(
                                                            () -> {
                                                                throw error;
                                                            });
                                            g.get(); // an ExecutionException
                                            return 1;
                                        }));
        assertSame(error, e);
        assertEquals(0, suppressed(e).length);
        turns(2);
    }

    @Test
    void killedChildIsNoFailure() throws Exception {
        jumpInTime();
        int n =
                Scope.call(
                        s -> {
                            var killed = s.spawn(() -> sleepAndLog("killed"));
                            var never = s.spawn(() -> sleepAndLog("never"));
                            never.kill();
                            s.spawn(() -> Jevent.sleep(1_000));
                            turns(2);
                            killed.kill();
                            return 7;
                        });
        assertEquals(7, n);
        assertEquals(List.of("killed"), log);
        assertEquals(1_000, clock.millis());
    }

    @Test
    void childThatIsKilledWithAnErrorBeforeItBeganHasFailed() {
        var error = new IllegalStateException("go away");
        var e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(() -> sleepAndLog("never")).killLater(error);
                                            Jevent.sleep(60_000);
                                        }));
        assertSame(error, e);
    }

    @Test
    void failureInACallbackOfTheLoopReachesTheRootThatWaits() {
        var error = new IllegalStateException("from a callback");
        var e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            hub.loop()
                                                    .runCallback(
                                                            () ->
                                                                    s.spawn(() -> 1)
                                                                            .killLater(error));
                                            Jevent.sleep(60_000);
                                        }));
        assertSame(error, e);
    }

    @Test
    void bodyThatSwallowsItsCancellationDoesNotHideTheFailure() {
        var error = new IOException("child");
        var e =
                thrownBy(
                        () ->
                                Scope.call(
                                        s -> {
                                            s.spawn(
                                                    () -> {
                                                        throw error;
                                                    });
                                            var c = thrownBy(() -> Jevent.sleep(60_000));
                                            assertInstanceOf(GreenletExit.class, c);
                                            Jevent.sleep(1); // not thrown again
                                            return "survived";
                                        }));
        assertSame(error, e);
    }

    @Test
    void failuresAreNotReportedButThoseOfOthersAre() {
        var error = new IllegalStateException("other");
        thrownBy(
                () ->
                        Scope.run(
                                s -> {
                                    s.spawn(
                                            () -> {
                                                throw new IOException();
                                            });
                                    Jevent.spawn(
                                            () -> {
                                                throw error;
                                            });
                                }));
        turns(2);
        assertEquals(1, reports.size());
        assertSame(error, reports.getFirst().error());
        reports.clear();
    }

    // ---- the caller is disturbed

    @Test
    void killOfTheCallerEndsTheChildrenFirstWhereverItWaits() {
        jumpInTime();
        for (boolean inBody : new boolean[] {true, false}) {
            log.clear();
            var g =
                    Jevent.spawn(
                            () ->
                                    Scope.run(
                                            s -> {
                                                s.spawn(
                                                        () -> {
                                                            try {
                                                                Jevent.sleep(60_000);
                                                            } finally {
                                                                sleepShielded(100);
                                                                log.add("child");
                                                            }
                                                        });
                                                if (inBody) {
                                                    sleepAndLog("body");
                                                }
                                            }));
            turns(3);
            g.kill();
            assertTrue(g.isCancelled());
            assertEquals(inBody ? List.of("body", "child") : List.of("child"), log);
        }
    }

    @Test
    void secondKillWaitsUntilTheChildrenHaveEnded() {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            try {
                                Scope.run(
                                        s ->
                                                s.spawn(
                                                        () -> {
                                                            try {
                                                                Jevent.sleep(60_000);
                                                            } finally {
                                                                sleepShielded(1_000);
                                                                log.add("child");
                                                            }
                                                        }));
                            } catch (GreenletExit e) {
                                log.add("first kill");
                            }
                            var second = thrownBy(() -> Jevent.sleep(60_000));
                            log.add("" + (second instanceof GreenletExit));
                        });
        turns(3);
        g.killLater();
        turns(2);
        g.kill();
        assertEquals(List.of("child", "first kill", "true"), log);
    }

    @Test
    void killOfTheCallerIsNotLostWhenAChildFailsAtTheSameTime() {
        var error = new IOException("child");
        var exit = new GreenletExit("from outside");
        var g =
                Jevent.spawn(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(
                                                    () -> {
                                                        try {
                                                            Jevent.sleep(60_000);
                                                        } finally {
                                                            throwSneaky(error);
                                                        }
                                                    });
                                            Jevent.sleep(60_000);
                                        }));
        turns(3);
        g.kill(exit);

        assertTrue(g.isCancelled());
        assertEquals(List.of(error), List.of(suppressed(exit)));
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwSneaky(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void outerTimeoutIsThrownItselfAfterTheChildrenHaveEnded() throws Exception {
        jumpInTime();
        var outer = new Timeout(SECOND);
        var g =
                Jevent.spawn(
                        () ->
                                thrownBy(
                                        () ->
                                                outer.run(
                                                        () ->
                                                                Scope.run(
                                                                        s -> {
                                                                            s.spawn(this::slow);
                                                                        }))));
        assertSame(outer, g.get());
        assertEquals(List.of("slow"), log);
        assertEquals(1_500, clock.millis());
    }

    private void slow() {
        try {
            Jevent.sleep(60_000);
        } finally {
            sleepShielded(500);
            log.add("slow");
        }
    }

    @Test
    void interruptOfTheCallerIsThrownAfterTheChildrenHaveEnded() {
        Thread.currentThread().interrupt();
        var e = thrownBy(() -> Scope.run(s -> s.spawn(() -> sleepAndLog("never begins"))));
        assertInstanceOf(Interrupted.class, e);

        Thread me = Thread.currentThread();
        e =
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(() -> sleepAndLog("a"));
                                            s.spawn(me::interrupt);
                                        }));
        assertInstanceOf(Interrupted.class, e);
        assertEquals(List.of("a"), log);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    /** In a JVM without other threads. */
    static final class WaitsForEver {
        public static void main(String[] args) throws Exception {
            try {
                Scope.run(s -> s.spawn(WaitsForEver::child));
            } catch (LoopExit e) {
                System.out.println("LoopExit");
            }
        }

        private static void child() {
            try {
                new Waiter<>().get();
            } finally {
                System.out.println("child ended");
            }
        }
    }

    @Test
    void loopExitInTheRootEndsTheChildren() throws Exception {
        ChildJvm.Result result = ChildJvm.run(WaitsForEver.class, List.of());
        assertEquals("child ended\nLoopExit\n", result.output());
        assertEquals(0, result.exit());
    }

    // ---- deadlines

    @Test
    void deadlineThrowsATimeoutWhenAllHaveEnded() {
        jumpInTime();
        var e = thrownBy(() -> Scope.run(SECOND, s -> s.spawn(this::slow)));
        assertInstanceOf(Timeout.class, e);
        assertTrue(e.getStackTrace().length > 0);
        assertEquals(List.of("slow"), log);
        assertEquals(1_500, clock.millis());
        assertInstanceOf(
                Timeout.class, thrownBy(() -> Scope.run(SECOND, s -> sleepAndLog("body"))));
        assertThrows(
                IllegalArgumentException.class, () -> Scope.call(Duration.ofNanos(-1), s -> 1));
    }

    @Test
    void deadlineThatIsNotReachedLeavesNothingBehind() throws Exception {
        jumpInTime();
        assertEquals(
                1,
                (int)
                        Scope.call(
                                SECOND,
                                s -> {
                                    Jevent.sleep(500);
                                    return 1;
                                }));
        Jevent.sleep(5_000);
    }

    @Test
    void deadlinesOfNestedScopesAreToldApart() throws Exception {
        jumpInTime();
        Optional<String> outer =
                Scope.moveOnAfter(
                        SECOND,
                        s -> {
                            Optional<String> inner =
                                    Scope.moveOnAfter(
                                            Duration.ofSeconds(5),
                                            t -> {
                                                Jevent.sleep(60_000);
                                                return "never";
                                            });
                            return "wrong: " + inner;
                        });
        assertEquals(Optional.empty(), outer);
        assertEquals(1_000, clock.millis());
    }

    @Test
    void moveOnAfterAnswersTheResultOrNothing() throws Exception {
        jumpInTime();
        assertEquals(Optional.of(5), Scope.moveOnAfter(SECOND, s -> 5));
        assertEquals(
                Optional.empty(),
                Scope.moveOnAfter(
                        SECOND,
                        s -> {
                            s.spawn(this::slow);
                            return 5;
                        }));
        assertEquals(List.of("slow"), log);
    }

    @Test
    void moveOnAfterThrowsWhatFailsWhileItIsCancelled() {
        jumpInTime();
        var error = new IllegalStateException("in the clean-up");
        var e =
                thrownBy(
                        () ->
                                Scope.moveOnAfter(
                                        SECOND,
                                        s ->
                                                s.spawn(
                                                        () -> {
                                                            try {
                                                                Jevent.sleep(60_000);
                                                            } finally {
                                                                throwIt(error);
                                                            }
                                                        })));
        assertSame(error, e);
    }

    @Test
    void deadlineEndsABodyThatWaitsInTheJdk() throws Exception {
        jumpInTime();
        var e =
                Jevent.spawn(() -> thrownBy(() -> Scope.run(SECOND, s -> Thread.sleep(60_000))))
                        .get();
        assertInstanceOf(Timeout.class, e);
        assertTrue(e.getStackTrace().length > 0);
        assertEquals(1_000, clock.millis());
    }

    @Test
    void deadlineIsMovedByWhoOpenedTheScopeOnly() throws Exception {
        jumpInTime();
        Scope.run(
                SECOND,
                s -> {
                    Jevent.sleep(500);
                    s.deadline(Duration.ofSeconds(10));
                    var child =
                            s.spawn(
                                    () ->
                                            assertThrows(
                                                    IllegalStateException.class,
                                                    () -> s.deadline(SECOND)));
                    child.join();
                    Jevent.sleep(9_000);
                });
        assertEquals(9_500, clock.millis());
    }

    // ---- cancel

    @Test
    void cancelEndsItAndIsNoFailure() throws Exception {
        Scope.run(
                s -> {
                    s.spawn(() -> sleepAndLog("child"));
                    s.spawn(s::cancel);
                    sleepAndLog("body");
                });
        assertEquals(2, log.size());
        assertThrows(
                CancellationException.class,
                () ->
                        Scope.call(
                                s -> {
                                    s.spawn(s::cancel);
                                    return sleepAndLog("body");
                                }));
    }

    @Test
    void bodyThatCancelsGoesOnToItsResult() throws Exception {
        assertEquals(
                4,
                (int)
                        Scope.call(
                                s -> {
                                    s.spawn(() -> sleepAndLog("child"));
                                    turns(2);
                                    s.cancel();
                                    assertTrue(s.isCancelled());
                                    Jevent.sleep(1);
                                    return 4;
                                }));
        assertEquals(List.of("child"), log);
    }

    @Test
    void childThatCancelsIsKilledInItsNextWait() throws Exception {
        Scope.run(
                s ->
                        s.spawn(
                                () -> {
                                    s.cancel();
                                    log.add("goes on");
                                    sleepAndLog("and is killed");
                                    log.add("never");
                                }));
        assertEquals(List.of("goes on", "and is killed"), log);
    }

    @Test
    void whatIsSpawnedIntoACancelledScopeNeverBegins() throws Exception {
        Scope.run(
                s -> {
                    s.cancel();
                    Greenlet<Boolean> g = s.spawn(() -> log.add("ran"));
                    assertTrue(g.isCancelled());
                });
        assertEquals(List.of(), log);
    }

    @Test
    void scopeCancelledFromInnerScopeEndsBoth() throws Exception {
        Scope.run(
                outer -> {
                    outer.spawn(
                            () ->
                                    Scope.run(
                                            inner -> {
                                                inner.spawn(() -> sleepAndLog("innermost"));
                                                sleepAndLog("inner");
                                            }));
                    turns(3);
                    outer.cancel();
                });
        assertEquals(List.of("inner", "innermost"), log);
    }

    // ---- other threads

    @Test
    void plainThreadsAndOtherHubsSpawnIntoItAndTheChildrenRunOnItsHub() throws Exception {
        try (var other = new OtherHub()) {
            Scope.run(
                    s -> {
                        var a = other.spawn(() -> s.spawn(Jevent::getHub).get());
                        assertSame(hub, a.get());
                        var done = new Waiter<Greenlet<?>>();
                        Thread.ofPlatform().start(() -> done.switchTo(s.spawn(Jevent::getHub)));
                        assertSame(hub, done.get().get());
                    });
        }
    }

    @Test
    void raceOfACancelFromAnotherThreadWithTheEndOfTheBodyLeavesNothingBehind() throws Exception {
        // the cancellation may be under way to the body when that is over: then it is never thrown
        try (var other = new OtherHub()) {
            for (int i = 0; i < Dose.of(300, 2_000); i++) {
                int n = i % 4;
                var canceller = new AtomicReference<Greenlet<Void>>();
                Scope.run(
                        s -> {
                            canceller.set(other.spawn(s::cancel));
                            s.spawn(() -> turns(n));
                            turns(n);
                        });
                canceller.get().join(); // throws nothing
                Jevent.sleep(0);
            }
        }
    }

    @Test
    void raceOfSpawnsFromAnotherThreadWithACancelNeverHangs() throws Exception {
        // whoever comes before the cancel is killed by it, whoever comes after never begins
        try (var other = new OtherHub()) {
            for (int i = 0; i < Dose.of(40, 200); i++) {
                var refused = new AtomicInteger();
                var spawned = new ArrayList<Greenlet<?>>();
                Scope.run(
                        s -> {
                            other.spawn(
                                    () -> {
                                        for (int k = 0; k < 20; k++) {
                                            try {
                                                spawned.add(s.spawn(() -> Jevent.sleep(60_000)));
                                            } catch (IllegalStateException e) {
                                                refused.incrementAndGet();
                                            }
                                        }
                                    });
                            Jevent.sleep(0);
                            s.cancel();
                        });
                other.spawn(() -> assertNotNull(spawned)).join();
                assertTrue(spawned.stream().allMatch(Greenlet::ready));
                assertEquals(20, refused.get() + spawned.size());
            }
        }
    }

    // ---- many

    @Test
    void manyChildrenEndAndAreCancelledInLinearTime() throws Exception {
        int n = Dose.of(20_000, 100_000);
        var ran = new AtomicInteger();
        Scope.run(
                s -> {
                    for (int i = 0; i < n; i++) {
                        s.spawn(ran::incrementAndGet);
                    }
                });
        assertEquals(n, ran.get());
        for (int turnsBefore = 0; turnsBefore < 2; turnsBefore++) {
            int t = turnsBefore;
            Scope.run(
                    s -> {
                        for (int i = 0; i < n; i++) {
                            s.spawn(() -> Jevent.sleep(60_000));
                        }
                        assertEquals(n, s.size());
                        turns(t * 3);
                        s.cancel();
                    });
        }
        var error = new IOException();
        assertSame(
                error,
                thrownBy(
                        () ->
                                Scope.run(
                                        s -> {
                                            for (int i = 0; i < n; i++) {
                                                s.spawn(
                                                        () -> {
                                                            throw error;
                                                        });
                                            }
                                        })));
        assertEquals(0, suppressed(error).length);
    }

    @Test
    void badArgumentsAreRefusedAtTheCall() {
        assertThrows(NullPointerException.class, () -> Scope.call(null));
        assertThrows(NullPointerException.class, () -> Scope.run(null));
        assertThrows(NullPointerException.class, () -> Scope.call(null, s -> 1));
        assertThrows(
                NullPointerException.class,
                () -> Scope.run(s -> s.spawn((dev.jevent.Action) null)));
        assertThrows(
                NullPointerException.class,
                () -> Scope.run(s -> s.spawn((java.util.concurrent.Callable<Void>) null)));
    }

    @Test
    void failureOfAChildIsInItsGreenletToo() {
        var error = new IOException();
        var child = new AtomicReference<Greenlet<?>>();
        thrownBy(
                () ->
                        Scope.run(
                                s ->
                                        child.set(
                                                s.spawn(
                                                        () -> {
                                                            throw error;
                                                        }))));
        assertSame(error, child.get().exception());
        assertThrows(ExecutionException.class, () -> child.get().get());
    }
}
