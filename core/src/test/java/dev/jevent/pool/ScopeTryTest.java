package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/** A scope that is opened in {@code try}. */
class ScopeTryTest extends HubScenario {

    private void sleepAndLog(String what) {
        try {
            Jevent.sleep(60_000);
        } finally {
            log.add(what);
        }
    }

    @Test
    void joinWaitsForAllAndMoreMayCome() throws Exception {
        jumpInTime();
        try (var s = Scope.open()) {
            s.spawn(() -> Jevent.sleep(1_000));
            s.join();
            assertEquals(1_000, clock.millis());
            assertEquals(0, s.size());
            s.spawn(() -> Jevent.sleep(1_000));
            s.join();
            assertEquals(2_000, clock.millis());
        }
    }

    @Test
    void closeKillsWhatIsLeftAndWaits() throws Exception {
        jumpInTime();
        try (var s = Scope.open()) {
            s.spawn(
                    () -> {
                        try {
                            Jevent.sleep(60_000);
                        } finally {
                            sleepShielded(500);
                            log.add("ended");
                        }
                    });
            turns(2);
        }
        assertEquals(List.of("ended"), log);
        assertEquals(500, clock.millis());
        assertEquals(List.of(), reports);
    }

    @Test
    void joinThrowsTheFirstFailureWhenAllHaveEnded() {
        var error = new IOException("child");
        var e =
                thrownBy(
                        () -> {
                            try (var s = Scope.open()) {
                                s.spawn(() -> sleepAndLog("other"));
                                s.spawn(
                                        () -> {
                                            Jevent.sleep(1);
                                            throw error;
                                        });
                                s.join();
                            }
                        });
        assertSame(error, e);
        assertEquals(0, e.getSuppressed().length);
        assertEquals(List.of("other"), log);
        assertEquals(List.of(), reports);
    }

    @Test
    void failureIsThrownItselfFromWhereTheBlockWaits() {
        var error = new IOException("child");
        var e =
                thrownBy(
                        () -> {
                            try (var s = Scope.open()) {
                                s.spawn(
                                        () -> {
                                            throw error;
                                        });
                                Jevent.sleep(60_000);
                            }
                        });
        assertSame(error, e);
        assertEquals(List.of(), reports);
        turns(2);
    }

    @Test
    void failureIsSuppressedInTheExceptionOfTheBlocksWaitInTheJdk() throws Exception {
        var error = new IOException("child");
        var e =
                Jevent.spawn(
                                () ->
                                        thrownBy(
                                                () -> {
                                                    try (var s = Scope.open()) {
                                                        s.spawn(
                                                                () -> {
                                                                    Jevent.sleep(1);
                                                                    throw error;
                                                                });
                                                        new LinkedBlockingQueue<>().take();
                                                    }
                                                }))
                        .get();
        assertInstanceOf(InterruptedException.class, e);
        assertEquals(List.of(error), List.of(e.getSuppressed()));
    }

    @Test
    void failureThatNobodyHasSeenIsReported() {
        var error = new IllegalStateException("in the clean-up");
        try (var s = Scope.open()) {
            s.spawn(
                    () -> {
                        try {
                            Jevent.sleep(60_000);
                        } finally {
                            throwIt(error);
                        }
                    });
            turns(2);
        }
        assertEquals(1, reports.size());
        assertSame(error, reports.getFirst().error());
    }

    private static void throwIt(RuntimeException e) {
        throw e;
    }

    @Test
    void killedBlockEndsItsChildren() {
        var g =
                Jevent.spawn(
                        () -> {
                            try (var s = Scope.open()) {
                                s.spawn(() -> sleepAndLog("child"));
                                s.join();
                            }
                        });
        turns(3);
        g.kill();
        assertTrue(g.isCancelled());
        assertEquals(List.of("child"), log);
    }

    @Test
    void failureAfterAJoinThatWasEndedIsNotLost() throws Exception {
        // the failure is to be thrown into the block, which is in join() again before it waits
        var error = new IOException("child");
        var g =
                Jevent.spawn(
                        () -> {
                            try (var s = Scope.open()) {
                                s.spawn(
                                        () -> {
                                            throw error;
                                        });
                                s.spawn(() -> sleepAndLog("other"));
                                Thread.onSpinWait();
                                return thrownBy(s::join);
                            }
                        });
        assertSame(error, g.get());
        assertEquals(List.of(), reports);
    }

    @Test
    void deadlineIsATimeoutInTheBlock() {
        jumpInTime();
        var e =
                thrownBy(
                        () -> {
                            try (var s = Scope.open(Duration.ofSeconds(1))) {
                                s.spawn(() -> sleepAndLog("child"));
                                s.join();
                            }
                        });
        assertInstanceOf(Timeout.class, e);
        assertEquals(List.of("child"), log);
        assertEquals(1_000, clock.millis());
        Jevent.sleep(5_000);
    }

    @Test
    void cancelEndsTheChildrenAndLeavesTheBlockAlone() throws Exception {
        try (var s = Scope.open()) {
            var g = s.spawn(() -> sleepAndLog("child"));
            s.spawn(s::cancel);
            s.join();
            assertTrue(g.isCancelled());
            assertTrue(s.spawn(() -> log.add("never")).isCancelled());
        }
        assertEquals(List.of("child"), log);
    }

    @Test
    void onlyWhoOpenedItJoinsAndClosesIt() throws Exception {
        try (var s = Scope.open()) {
            var e = s.spawn(() -> thrownBy(s::join)).get();
            assertInstanceOf(IllegalStateException.class, e);
            assertTrue(e.getMessage().contains("may join Scope of root"), e.getMessage());
            assertInstanceOf(
                    IllegalStateException.class, Jevent.spawn(() -> thrownBy(s::close)).get());
            assertFalse(s.isCancelled());
        }
    }

    @Test
    void closedOneIsClosedForGood() throws Exception {
        Scope s = Scope.open();
        s.close();
        s.close();
        assertThrows(IllegalStateException.class, s::join);
        assertThrows(IllegalStateException.class, () -> s.spawn(() -> 1));
    }

    @Test
    void exitOfTheGreenletItselfPassesThrough() {
        var g =
                Jevent.spawn(
                        () -> {
                            try (var s = Scope.open()) {
                                s.spawn(() -> sleepAndLog("never begins"));
                                throw new GreenletExit();
                            }
                        });
        g.join();
        assertTrue(g.isCancelled());
    }
}
