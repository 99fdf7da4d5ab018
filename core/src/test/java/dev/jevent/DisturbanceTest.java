package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** One table for every blocking call: what a timeout, a kill and an interrupt do to it. */
class DisturbanceTest extends HubScenario {

    private static final Duration SOON = Duration.ofMillis(10);

    static List<WaitCase> all() {
        return WaitCase.all();
    }

    interface Disturbed {
        void accept(WaitCase.Wait wait) throws Exception;
    }

    /** Opens the wait in a greenlet, for what it opens belongs to that. */
    private void inGreenlet(WaitCase c, Disturbed scenario) throws Exception {
        Jevent.spawn(
                        () -> {
                            var wait = c.opening().open();
                            try {
                                scenario.accept(wait);
                                assertFalse(Thread.currentThread().isInterrupted());
                                wait.check();
                            } finally {
                                wait.close();
                            }
                        })
                .get();
        assertEquals(List.of(), reports);
    }

    private static Callable<Void> call(WaitCase.Wait wait) {
        return () -> {
            wait.await();
            return null;
        };
    }

    @ParameterizedTest
    @MethodSource("all")
    void timeoutIsThrownFromIt(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var mine = new Timeout(SOON);
                    assertSame(mine, thrownBy(() -> mine.call(call(wait))));
                    assertTrue(mine.getStackTrace().length > 0);
                    assertFalse(mine.pending());
                    Jevent.sleep(0); // and nothing is left over
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void customErrorOfATimeoutIsThrownFromIt(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    // not an IOException: the JDK's sockets wrap those
                    var error = new IllegalStateException("too long");
                    var mine = new Timeout(SOON, error);
                    assertSame(error, thrownBy(() -> mine.call(call(wait))));
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void outerTimeoutIsNotLostInAnInnerOne(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var outer = new Timeout(SOON);
                    var inner = new Timeout(Duration.ofSeconds(20));
                    assertSame(outer, thrownBy(() -> outer.call(() -> inner.call(call(wait)))));
                    assertFalse(inner.pending());
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void innerTimeoutIsToldFromTheOuterOne(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var outer = new Timeout(Duration.ofSeconds(20));
                    var inner = new Timeout(SOON);
                    Throwable[] seen = new Throwable[1];
                    outer.call(
                            () -> {
                                seen[0] = thrownBy(() -> inner.call(call(wait)));
                                return null;
                            });
                    assertSame(inner, seen[0]);
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void withTimeoutAnswersItsValue(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait ->
                        assertEquals(
                                "late",
                                Jevent.withTimeout(
                                        SOON,
                                        "late",
                                        () -> {
                                            wait.await();
                                            return "ready";
                                        })));
    }

    @ParameterizedTest
    @MethodSource("all")
    void tryBlockSeesTheTimeoutOrTheInterruptThatStandsForIt(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var timeout = new Timeout(SOON);
                    Throwable seen =
                            thrownBy(
                                    () -> {
                                        timeout.start();
                                        try (timeout) {
                                            wait.await();
                                        }
                                    });
                    if (c.closes()) {
                        assertInstanceOf(IOException.class, seen);
                        assertSame(timeout, seen.getCause());
                        assertEquals(List.of(timeout), List.of(seen.getSuppressed()));
                    } else if (c.jevent() || c.socket()) {
                        assertSame(timeout, seen);
                    } else {
                        assertTrue(Interruptions.isInterruption(seen), "" + seen);
                        assertEquals(List.of(timeout), List.of(seen.getSuppressed()));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void killIsThrownFromItAndIsTheEnd(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var g = Jevent.spawn(call(wait));
                    turns(5);
                    assertFalse(g.ready());
                    g.kill();
                    assertTrue(g.isCancelled(), () -> "" + g.exception());
                    assertTrue(g.successful());
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void killWithAnErrorOfOnesOwnIsTheFailure(WaitCase c) throws Exception {
        var error = new IllegalStateException("mine");
        inGreenlet(
                c,
                wait -> {
                    var g = Jevent.spawn(call(wait));
                    turns(5);
                    g.kill(error);
                    assertSame(error, g.exception());
                    assertEquals(List.of(new Report(g, error)), reports);
                    reports.clear();
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void killFromAnotherThreadIsTheEnd(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var g = Jevent.spawn(call(wait));
                    turns(5);
                    Thread killer = Thread.ofPlatform().start(g::kill);
                    g.join();
                    assertTrue(g.isCancelled());
                    killer.join();
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void killWhileItIsOnItsWayIntoTheWaitIsNotLost(WaitCase c) throws Exception {
        inGreenlet(
                c,
                wait -> {
                    var g = Jevent.spawn(call(wait));
                    // it has begun, is in the queue, and goes into its wait after this
                    Jevent.sleep(0);
                    g.kill();
                    assertTrue(g.isCancelled());
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void interruptIsNoKill(WaitCase c) throws Exception {
        // the JDK closes what is interrupted in a socket; that is its contract, and not ours
        assumeTrue(!c.socket());
        inGreenlet(
                c,
                wait -> {
                    var g = Jevent.spawn(() -> thrownBy(wait::await));
                    turns(5);
                    g.thread().interrupt();
                    g.join();
                    Class<?> expected = c.jevent() ? Interrupted.class : InterruptedException.class;
                    assertSame(expected, g.value().getClass());
                    assertNull(g.exception());
                });
    }
}
