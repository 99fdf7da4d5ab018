package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** One wait of one greenlet or thread. */
class WaiterTest extends HubScenario {

    @Test
    void valueThatCameBeforeTheWaitIsThere() {
        var waiter = new Waiter<String>();
        assertFalse(waiter.ready());
        assertTrue(waiter.switchTo("early"));

        assertTrue(waiter.ready());
        assertEquals("early", waiter.get());
        assertEquals("early", waiter.get());
        assertFalse(waiter.switchTo("again"));
        assertFalse(waiter.throwInto(new IllegalStateException()));
    }

    @Test
    void waitEndsWithTheValueAlsoNull() throws Exception {
        var waiter = new Waiter<String>();
        var g = Jevent.spawn(waiter::get);
        turns(2);
        assertFalse(g.ready());
        assertTrue(waiter.switchTo(null));

        assertNull(g.get());
        assertTrue(waiter.ready());
    }

    @Test
    void errorIsThrownFromTheWait() throws Exception {
        var error = new java.io.IOException("e");
        var waiter = new Waiter<String>();
        var g = Jevent.spawn(() -> thrownBy(waiter::get));
        turns(2);
        assertTrue(waiter.throwInto(error));
        assertSame(error, g.get());

        var early = new Waiter<String>();
        early.throwInto(error);
        assertSame(error, thrownBy(early::get));
    }

    @Test
    void waitWithATimeEndsWithoutTheValueAndItsSenderIsTold() {
        jumpInTime();
        var waiter = new Waiter<String>();

        assertFalse(waiter.await(Duration.ofSeconds(2)));
        assertEquals(2_000, clock.millis());
        assertFalse(waiter.switchTo("late"));
        assertFalse(waiter.ready());
        assertFalse(waiter.await(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> waiter.await(Duration.ofSeconds(-1)));
    }

    @Test
    void killedWaitTakesNoValue() {
        var waiter = new Waiter<String>();
        var g = Jevent.spawn(waiter::get);
        turns(2);
        g.kill();

        assertTrue(g.isCancelled());
        assertFalse(waiter.switchTo("late"));
    }

    @Test
    void valueThatCameBeforeTheKillWinsAndTheKillComesWithTheNextWait() {
        var waiter = new Waiter<String>();
        var g =
                Jevent.spawn(
                        () -> {
                            log.add(waiter.get());
                            Jevent.sleep(60_000);
                        });
        turns(2);
        assertTrue(waiter.switchTo("value"));
        g.killLater();
        g.join();

        assertEquals("value", log.getFirst());
        assertTrue(g.isCancelled());
    }

    @Test
    void killThatCameBeforeTheValueWinsAndTheSenderIsTold() {
        var waiter = new Waiter<String>();
        var taken = new AtomicReference<String>();
        var g = Jevent.spawn(() -> taken.set(waiter.get()));
        turns(2);
        g.killLater();
        boolean accepted = waiter.switchTo("value");
        g.join();

        assertEquals(accepted, "value".equals(taken.get()));
    }

    @Test
    void interruptThatIsThereBeforeTheWaitLeavesNoOneToTakeTheValue() throws Exception {
        var third = new Waiter<String>();
        var h =
                Jevent.spawn(
                        () -> {
                            Thread.currentThread().interrupt();
                            return thrownBy(third::get);
                        });
        assertInstanceOf(Interrupted.class, h.get());
        assertFalse(third.switchTo("late"), "nobody takes it");
        assertNull(Jevent.withTimeout(Duration.ZERO, null, third::get));
    }

    @Test
    void interruptEndsTheWaitAndClearsTheStatus() throws Exception {
        var waiter = new Waiter<String>();
        var g =
                Jevent.spawn(
                        () -> {
                            Throwable e = thrownBy(waiter::get);
                            assertFalse(Thread.currentThread().isInterrupted());
                            return e;
                        });
        turns(2);
        g.thread().interrupt();

        assertInstanceOf(Interrupted.class, g.get());
        assertFalse(waiter.switchTo("late"));
    }

    @Test
    void twoCannotWaitForOne() throws Exception {
        var waiter = new Waiter<String>();
        var first = Jevent.spawn(waiter::get);
        var second = Jevent.spawn(() -> thrownBy(waiter::get));

        assertInstanceOf(ConcurrentObjectUseError.class, second.get());
        assertThrows(ConcurrentObjectUseError.class, waiter::clear);
        waiter.switchTo("for the first");
        assertEquals("for the first", first.get());
    }

    @Test
    void clearedWaiterServesAgain() throws Exception {
        var waiter = new Waiter<Integer>();
        for (int i = 0; i < 3; i++) {
            var g = Jevent.spawn(waiter::get);
            turns(2);
            waiter.switchTo(i);
            assertEquals(i, g.get());
            waiter.clear();
            assertFalse(waiter.ready());
        }
    }

    @Test
    void otherVirtualThreadsAndPlatformThreadsWaitToo() throws Exception {
        for (var builder : java.util.List.of(Thread.ofVirtual(), Thread.ofPlatform())) {
            var waiter = new Waiter<String>();
            var seen = new AtomicReference<String>();
            Thread t = builder.start(() -> seen.set(waiter.get()));
            waiter.switchTo("x");
            t.join();
            assertEquals("x", seen.get());

            var disturbed = new Waiter<String>();
            var error = new AtomicReference<Throwable>();
            Thread u = builder.start(() -> error.set(thrownBy(disturbed::get)));
            u.interrupt();
            u.join();
            assertInstanceOf(Interrupted.class, error.get());
            assertFalse(disturbed.switchTo("late"));
        }
    }

    /** Each round: either the value is seen or its sender is told that it was not. */
    private void raceOfSwitchAndDisturbance(int rounds, Disturber disturber) throws Exception {
        var box = new AtomicReference<Waiter<Integer>>();
        var accepted = new boolean[rounds];
        Thread sender =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < rounds; i++) {
                                        Waiter<Integer> w;
                                        while ((w = box.getAndSet(null)) == null) {
                                            Thread.onSpinWait();
                                        }
                                        accepted[i] = w.switchTo(i);
                                    }
                                });
        var seen = new boolean[rounds];
        var receiver =
                Jevent.spawn(
                        () -> {
                            for (int i = 0; i < rounds; i++) {
                                var w = new Waiter<Integer>();
                                box.set(w);
                                seen[i] = disturber.await(w);
                                while (box.get() != null) {
                                    Thread.onSpinWait();
                                }
                            }
                        });
        receiver.get();
        sender.join();
        for (int i = 0; i < rounds; i++) {
            assertEquals(accepted[i], seen[i], "round " + i);
        }
    }

    interface Disturber {
        boolean await(Waiter<Integer> waiter);
    }

    @Test
    void raceWithATimeIsDecidedOnce() throws Exception {
        raceOfSwitchAndDisturbance(Dose.of(2_000, 10_000), w -> w.await(300));
    }

    @Test
    void raceWithATimeoutIsDecidedOnce() throws Exception {
        raceOfSwitchAndDisturbance(
                Dose.of(2_000, 10_000),
                w -> {
                    var t = Timeout.start(Duration.ofNanos(500));
                    try {
                        w.get();
                        return true;
                    } catch (Timeout e) {
                        assertSame(t, e);
                        return false;
                    } finally {
                        t.cancel();
                    }
                });
    }

    @Test
    void raceWithAKillIsDecidedOnce() throws Exception {
        raceOfSwitchAndDisturbance(
                Dose.of(2_000, 10_000),
                w -> {
                    var me = Jevent.getCurrent();
                    var killer = Jevent.spawn(() -> me.killLater());
                    boolean got = true;
                    try {
                        w.get();
                    } catch (GreenletExit e) {
                        got = false;
                    }
                    while (got) {
                        try {
                            killer.join();
                            Jevent.sleep(0);
                        } catch (GreenletExit e) {
                            break;
                        }
                    }
                    return got;
                });
    }

    @Test
    void greenletAsAValueIsNotTakenForOneWhoWaits() {
        var g = Jevent.spawn(() -> 1);
        var w = new Waiter<Greenlet<Integer>>();
        assertTrue(w.switchTo(g));
        assertTrue(w.ready());
        assertFalse(w.switchTo(g), "it is done");
        assertTrue(w.await(Duration.ZERO));
        assertSame(g, w.get());
        w.clear();

        Jevent.spawn(() -> w.switchTo(g));
        assertSame(g, w.get());
        assertEquals("Waiter[" + g + "]", w.toString());
        g.join();
    }
}
