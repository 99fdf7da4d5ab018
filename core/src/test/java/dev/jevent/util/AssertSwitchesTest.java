package dev.jevent.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A body must give way, or must do so often enough. */
class AssertSwitchesTest extends HubScenario {

    private static final Duration MOST = Duration.ofMillis(10);

    private static Throwable inGreenlet(Action body) {
        var g = Jevent.spawn(() -> thrownBy(body));
        g.join();
        return g.value();
    }

    private void compute(long millis) {
        clock.pass(millis * 1_000_000);
    }

    private static void check(Action body) throws Exception {
        try (var _ = new AssertSwitches()) {
            body.run();
        }
    }

    private static void check(Duration most, boolean hubOnly, Action body) throws Exception {
        try (var _ = new AssertSwitches(most, hubOnly)) {
            body.run();
        }
    }

    @Test
    void bodyThatNeverWaitsIsFoundOut() {
        Throwable e = inGreenlet(() -> check(() -> {}));

        assertTrue(e instanceof AssertionError, () -> "" + e);
        assertTrue(e.getMessage().contains("did not give way to " + hub), e.getMessage());
        assertTrue(thrownBy(() -> check(() -> {})) instanceof AssertionError, "in a root too");
    }

    @Test
    void bodyThatWaitsIsFine() {
        assertNull(inGreenlet(() -> check(() -> Jevent.sleep(0))));
        assertNull(inGreenlet(() -> check(() -> Jevent.sleep(1))));
        assertNull(thrownBy(() -> check(() -> Jevent.sleep(0))));
        assertNull(thrownBy(() -> check(() -> Jevent.sleep(1))));
        assertNull(inGreenlet(() -> check(() -> LockSupport.parkNanos(1_000_000))), "of the JDK");
        assertNull(thrownBy(() -> check(() -> Jevent.spawn(() -> {}).join())));
    }

    /** One that is woken from outside gives way and runs again, all in one turn of the loop. */
    @Test
    void switchesWithinOneTurnCount() {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            Jevent.sleep(1);
                            return thrownBy(() -> check(() -> Jevent.sleep(0)));
                        });
        g.join();
        assertNull(g.value());
    }

    @Test
    void waitForWhatIsThereIsNoSwitch() {
        var w = new Waiter<Void>();
        w.switchTo(null);

        assertTrue(inGreenlet(() -> check(w::get)) instanceof AssertionError);
    }

    @Test
    void errorOfTheBodyComesFirst() {
        var mine = new IllegalStateException("mine");
        Throwable e =
                inGreenlet(
                        () ->
                                check(
                                        () -> {
                                            throw mine;
                                        }));

        assertSame(mine, e);
        assertEquals(1, e.getSuppressed().length);
    }

    @Test
    void blockingForTooLongIsFoundOut() {
        jumpInTime();
        Throwable e = inGreenlet(() -> check(MOST, false, () -> compute(11)));

        assertTrue(e instanceof AssertionError, () -> "" + e);
        assertTrue(e.getMessage().contains("held for 11.000 ms"), e.getMessage());
        assertNull(inGreenlet(() -> check(MOST, false, () -> compute(10))), "no switch is needed");
        assertTrue(thrownBy(() -> check(MOST, false, () -> compute(11))) instanceof AssertionError);
    }

    @Test
    void onlyTheLongestStretchCounts() {
        jumpInTime();
        Action often =
                () -> {
                    for (int i = 0; i < 5; i++) {
                        compute(9);
                        Jevent.sleep(0);
                    }
                };
        Action once =
                () -> {
                    compute(11);
                    Jevent.sleep(0);
                    compute(1);
                };
        assertNull(inGreenlet(() -> check(MOST, false, often)));
        assertNull(thrownBy(() -> check(MOST, false, often)));
        assertTrue(inGreenlet(() -> check(MOST, false, once)) instanceof AssertionError);
        assertTrue(thrownBy(() -> check(MOST, false, once)) instanceof AssertionError);
    }

    @Test
    void sleepOfTheHubDoesNotCount() {
        jumpInTime();
        Action sleeps = () -> Jevent.sleep(60_000);

        assertNull(inGreenlet(() -> check(MOST, false, sleeps)));
        assertNull(thrownBy(() -> check(MOST, false, sleeps)));
        assertNull(inGreenlet(() -> check(MOST, true, sleeps)));
        assertNull(thrownBy(() -> check(MOST, true, sleeps)));
        assertEquals(240_000, clock.millis());
    }

    @Test
    void othersAreMeasuredToo() {
        jumpInTime();
        Throwable e =
                inGreenlet(
                        () ->
                                check(
                                        MOST,
                                        false,
                                        () -> {
                                            var slow = Jevent.spawn(() -> compute(11));
                                            slow.name("slow");
                                            slow.join();
                                        }));

        assertTrue(e instanceof AssertionError, () -> "" + e);
        assertTrue(e.getMessage().contains("by slow"), e.getMessage());
    }

    @Test
    void hubOnlyAddsUpWhatRunsInOneTurn() {
        jumpInTime();
        Action crowd =
                () -> {
                    for (int i = 0; i < 5; i++) {
                        Jevent.spawn(() -> compute(4));
                    }
                    Jevent.sleep(0);
                };
        assertNull(inGreenlet(() -> check(MOST, false, crowd)));
        assertTrue(inGreenlet(() -> check(MOST, true, crowd)) instanceof AssertionError);
    }

    @Test
    void twoAtTheSameTimeDoNotDisturbEachOther() {
        var first = Jevent.spawn(() -> thrownBy(() -> check(() -> Jevent.sleep(0))));
        var second = Jevent.spawn(() -> thrownBy(() -> check(() -> check(() -> {}))));
        first.join();
        second.join();

        assertNull(first.value());
        assertTrue(second.value() instanceof AssertionError);
        assertEquals(1, second.value().getSuppressed().length, "the outer one failed too");
    }

    @Test
    void onlyItsMakerMayCloseIt() {
        var a = new AssertSwitches();
        var g = Jevent.spawn(() -> a.close());
        g.join();
        assertTrue(g.exception() instanceof IllegalStateException);
        a.close();
        a.close();
        assertThrows(
                IllegalArgumentException.class, () -> new AssertSwitches(Duration.ofNanos(-1)));
    }
}
