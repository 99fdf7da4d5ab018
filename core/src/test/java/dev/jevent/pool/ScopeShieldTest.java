package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** What is thrown from outside waits for the end of a shield. */
class ScopeShieldTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private Greenlet<Void> shielded(Action task) {
        return Jevent.spawn(
                () -> {
                    Scope.shield(task);
                    log.add("after the shield");
                    var e = thrownBy(() -> Jevent.sleep(60_000));
                    log.add(e == null ? "nothing" : e.getClass().getSimpleName());
                });
    }

    @Test
    void killWaitsAndIsThrownFromTheFirstWaitAfterTheShield() {
        jumpInTime();
        var g =
                shielded(
                        () -> {
                            Jevent.sleep(1_000);
                            log.add("done");
                        });
        turns(2);
        g.kill();
        assertEquals(List.of("done", "after the shield", "GreenletExit"), log);
        assertEquals(1_000, clock.millis());
    }

    @Test
    void resultOfTheShieldIsNotLost() throws Exception {
        var waiter = new Waiter<String>();
        var g =
                Jevent.spawn(
                        () -> {
                            String s = Scope.shield(waiter::get);
                            log.add(s);
                            Jevent.sleep(60_000);
                        });
        turns(2);
        g.killLater();
        turns(2);
        waiter.switchTo("value");
        g.join();
        assertEquals(List.of("value"), log);
        assertTrue(g.isCancelled());
    }

    @Test
    void killThatCameBeforeTheShieldWaitsToo() {
        jumpInTime();
        var first =
                shielded(
                        () -> {
                            Jevent.sleep(1);
                            log.add("done");
                        });
        first.hub().loop().runCallback(() -> log.add("begins"));
        var g =
                Jevent.spawn(
                        () -> {
                            var me = (Greenlet<?>) Jevent.getCurrent();
                            var waiter = new Waiter<Void>();
                            Jevent.spawn(
                                    () -> {
                                        waiter.switchTo(null);
                                        me.killLater(); // after the value: for the next wait
                                    });
                            waiter.get();
                            Scope.shield(() -> Jevent.sleep(1_000));
                            log.add("shield ended");
                            Jevent.sleep(60_000);
                        });
        g.join();
        assertTrue(g.isCancelled());
        assertTrue(log.contains("shield ended"));
        first.kill();
    }

    @Test
    void nextWaitMayBeInTheJdkOrASocket() throws Exception {
        for (boolean socket : new boolean[] {false, true}) {
            log.clear();
            try (var server = new ServerSocket(0);
                    var client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                var g =
                        Jevent.spawn(
                                () -> {
                                    Scope.shield(() -> Jevent.sleep(10));
                                    try {
                                        if (socket) {
                                            client.getInputStream().read();
                                        } else {
                                            Thread.sleep(60_000);
                                        }
                                    } finally {
                                        log.add("ended");
                                    }
                                });
                turns(2);
                g.kill();
                if (isEpoll() || !socket) {
                    assertTrue(g.isCancelled(), "" + g.exception());
                }
                assertEquals(List.of("ended"), log);
                reports.clear();
            }
        }
    }

    @Test
    void waitsOfTheJdkInAShieldAreNotInterruptedByAKill() throws Exception {
        var g =
                Jevent.spawn(
                        () -> {
                            Scope.shield(() -> Thread.sleep(20));
                            log.add("slept");
                            Thread.sleep(60_000);
                        });
        turns(2);
        g.kill();
        assertEquals(List.of("slept"), log);
        assertTrue(g.isCancelled());
    }

    @Test
    void timeoutStartedOutsideWaitsAndOneStartedInsideWorks() throws Exception {
        jumpInTime();
        var outer = new Timeout(SECOND);
        var g =
                Jevent.spawn(
                        () ->
                                thrownBy(
                                        () ->
                                                outer.run(
                                                        () -> {
                                                            Scope.shield(this::innerTimeout);
                                                            Jevent.sleep(60_000);
                                                        })));
        assertSame(outer, g.get());
        assertEquals(List.of("inner at 3000"), log);
        assertEquals(5_000, clock.millis());
    }

    private void innerTimeout() throws Exception {
        var inner = new Timeout(Duration.ofSeconds(3));
        assertSame(inner, thrownBy(() -> inner.run(() -> Jevent.sleep(60_000))));
        log.add("inner at " + clock.millis());
        Jevent.sleep(2_000);
    }

    @Test
    void innerTimeoutAlsoEndsAWaitOfTheJdk() throws Exception {
        jumpInTime();
        var outer = new Timeout(SECOND);
        var g =
                Jevent.spawn(
                        () ->
                                thrownBy(
                                        () ->
                                                outer.run(
                                                        () -> {
                                                            Scope.shield(this::innerInTheJdk);
                                                            Thread.sleep(60_000);
                                                        })));
        assertSame(outer, g.get());
        assertEquals(List.of("inner"), log);
        assertEquals(3_000, clock.millis());
    }

    private void innerInTheJdk() {
        var inner = new Timeout(Duration.ofSeconds(3));
        assertSame(inner, thrownBy(() -> inner.run(() -> Thread.sleep(60_000))));
        log.add("inner");
    }

    @Test
    void timeoutThatIsCancelledBeforeTheNextWaitIsNeverThrown() throws Exception {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            new Timeout(SECOND).run(() -> Scope.shield(() -> Jevent.sleep(5_000)));
                            Jevent.sleep(1_000);
                            return clock.millis();
                        });
        assertEquals(6_000, g.get());
    }

    @Test
    void shieldsNestAndEachHoldsBackWhatIsOlder() throws Exception {
        jumpInTime();
        var middle = new Timeout(SECOND);
        var g =
                Jevent.spawn(
                        () -> {
                            Scope.shield(
                                    () -> {
                                        middle.start();
                                        Scope.shield(() -> Jevent.sleep(2_000));
                                        log.add("inner shield ended " + clock.millis());
                                        assertSame(middle, thrownBy(() -> Jevent.sleep(60_000)));
                                        Jevent.sleep(1_000); // the kill still waits
                                    });
                            log.add("outer shield ended " + clock.millis());
                            Jevent.sleep(60_000);
                        });
        turns(2);
        g.kill();
        assertEquals(List.of("inner shield ended 2000", "outer shield ended 3000"), log);
        assertTrue(g.isCancelled());
    }

    @Test
    void timeoutStartedInAnEarlierShieldIsFromOutsideForTheNextOne() throws Exception {
        jumpInTime();
        var left = new Timeout(SECOND);
        var g =
                Jevent.spawn(
                        () -> {
                            Scope.shield(() -> left.start());
                            Scope.shield(() -> Jevent.sleep(2_000));
                            log.add("second shield ended");
                            return thrownBy(() -> Jevent.sleep(60_000));
                        });
        assertSame(left, g.get());
        assertEquals(List.of("second shield ended"), log);
    }

    @Test
    void scopeInAShieldWorksAndIsNotDisturbed() throws Exception {
        jumpInTime();
        var error = new IllegalStateException("child");
        var g =
                Jevent.spawn(
                        () -> {
                            var e =
                                    Scope.shield(
                                            () ->
                                                    thrownBy(
                                                            () ->
                                                                    Scope.run(
                                                                            s -> {
                                                                                s.spawn(
                                                                                        () ->
                                                                                                failLater(
                                                                                                        error));
                                                                                Jevent.sleep(
                                                                                        60_000);
                                                                            })));
                            log.add("" + (e == error));
                            Jevent.sleep(60_000);
                        });
        turns(3);
        g.kill();
        assertEquals(List.of("true"), log);
        assertTrue(g.isCancelled());
        assertEquals(1_000, clock.millis());
    }

    private static void failLater(RuntimeException e) {
        Jevent.sleep(1_000);
        throw e;
    }

    @Test
    void cancelledScopeWaitsForAShieldOfItsChild() throws Exception {
        jumpInTime();
        Scope.run(
                s -> {
                    s.spawn(
                            () -> {
                                Scope.shield(() -> Jevent.sleep(2_000));
                                log.add("saved");
                                Jevent.sleep(60_000);
                            });
                    turns(2);
                    s.cancel();
                });
        assertEquals(List.of("saved"), log);
        assertEquals(2_000, clock.millis());
    }

    @Test
    void cleanUpOfAKilledGreenletIsProtectedFromTheNextKill() {
        jumpInTime();
        var g =
                Jevent.spawn(
                        () -> {
                            try {
                                Jevent.sleep(60_000);
                            } finally {
                                Scope.shield(
                                        () -> {
                                            Jevent.sleep(1_000);
                                            log.add("cleaned up");
                                        });
                            }
                        });
        turns(2);
        g.killLater();
        turns(1);
        g.killLater();
        g.kill();
        assertEquals(List.of("cleaned up"), log);
        assertTrue(g.isCancelled());
    }

    @Test
    void interruptedExceptionUnderWayKeepsWhatItStandsFor() {
        // the shield stands in a finally block while the InterruptedException passes, and has a
        // timeout of its own that interrupts
        var g =
                Jevent.spawn(
                        () -> {
                            try {
                                Thread.sleep(60_000);
                            } finally {
                                Scope.shield(
                                        () ->
                                                Jevent.withTimeout(
                                                        Duration.ofMillis(5),
                                                        null,
                                                        () -> {
                                                            Thread.sleep(60_000);
                                                            return null;
                                                        }));
                                log.add("cleaned up");
                            }
                        });
        turns(3);
        g.kill();
        assertEquals(List.of("cleaned up"), log);
        assertTrue(g.isCancelled(), "" + g.exception());
    }

    @Test
    void interruptOfTheRootWaitsToo() throws Exception {
        jumpInTime();
        Thread me = Thread.currentThread();
        var seen =
                Scope.shield(
                        () -> {
                            me.interrupt();
                            var e = thrownBy(() -> Jevent.sleep(1_000));
                            Scope.shield(() -> Jevent.sleep(1_000));
                            return e;
                        });
        assertNull(seen);
        assertEquals(2_000, clock.millis());
        assertInstanceOf(Interrupted.class, thrownBy(() -> Jevent.sleep(1)));

        Jevent.spawn(
                        () -> {
                            Jevent.getCurrent().thread().interrupt();
                            Scope.shield(() -> Jevent.sleep(1));
                            assertInstanceOf(Interrupted.class, thrownBy(() -> Jevent.sleep(1)));
                        })
                .get();
    }

    @Test
    void rootAndPlainThreadsHaveShields() throws Exception {
        jumpInTime();
        var outer = new Timeout(SECOND);
        assertSame(
                outer,
                thrownBy(
                        () ->
                                outer.run(
                                        () -> {
                                            Scope.shield(() -> Jevent.sleep(2_000));
                                            log.add("root");
                                            Jevent.sleep(60_000);
                                        })));
        assertEquals(List.of("root"), log);

        var result = new AtomicReference<Object>();
        Thread plain = Thread.ofVirtual().unstarted(() -> result.set(thrownBy(this::inAThread)));
        plain.start();
        plain.join();
        assertNull(result.get());
    }

    private void inAThread() throws Exception {
        Thread me = Thread.currentThread();
        var waiter = new Waiter<String>();
        String s =
                Scope.shield(
                        () -> {
                            me.interrupt();
                            Thread.startVirtualThread(() -> waiter.switchTo("value"));
                            return waiter.get();
                        });
        assertEquals("value", s);
        assertInstanceOf(Interrupted.class, thrownBy(() -> new Waiter<>().get()));
    }

    @Test
    void raceOfAKillWithTheValueInAShieldLosesNeither() throws Exception {
        // the kill is put back because the value was faster, and must not forget that it is from
        // outside of the shield that follows
        var waiter = new Waiter<String>();
        var g =
                Jevent.spawn(
                        () -> {
                            log.add(waiter.get());
                            Scope.shield(() -> Jevent.sleep(1));
                            log.add("shield ended");
                            return thrownBy(() -> Jevent.sleep(60_000));
                        });
        turns(2);
        g.killLater();
        waiter.switchTo("value");
        turns(1);
        Object outcome = thrownBy(() -> assertInstanceOf(GreenletExit.class, g.get()));
        // the kill had unparked it before the value came: then either order is right
        if (!log.isEmpty()) {
            assertEquals(List.of("value", "shield ended"), log);
            assertNull(outcome);
        }
    }
}
