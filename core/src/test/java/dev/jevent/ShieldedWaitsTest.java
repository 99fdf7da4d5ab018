package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.pool.Scope;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;

/** Every blocking call behind a shield. */
class ShieldedWaitsTest extends HubScenario {

    static List<WaitCase> all() {
        return WaitCase.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void killWaitsUntilTheTimeoutOfTheShieldHasEndedTheCall(WaitCase c) throws Exception {
        // In the portable mode the JDK ends a select with the interrupt status only.
        assumeTrue(isEpoll() || !c.name().startsWith("Selector"));
        var seen = new Throwable[2];
        var inside = new Waiter<Void>();
        var inner = new Timeout(Duration.ofMillis(20));
        var g =
                Jevent.spawn(
                        () -> {
                            var wait = c.opening().open();
                            try {
                                Scope.shield(
                                        () -> {
                                            inside.switchTo(null);
                                            seen[0] = thrownBy(() -> inner.run(wait::await));
                                            log.add("shield ends");
                                        });
                                seen[1] = thrownBy(() -> Jevent.sleep(60_000));
                                assertFalse(Thread.currentThread().isInterrupted());
                            } finally {
                                wait.close();
                            }
                        });
        inside.get();
        turns(2);
        g.killLater();
        g.join();
        assertEquals(List.of("shield ends"), log);
        assertSame(inner, seen[0]);
        assertInstanceOf(GreenletExit.class, seen[1]);
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @MethodSource("all")
    void killThatWaitedForAShieldIsThrownFromTheNextCallWhateverItIs(WaitCase c) throws Exception {
        assumeTrue(isEpoll() || !c.name().startsWith("Selector"));
        var inside = new Waiter<Void>();
        var g =
                Jevent.spawn(
                        () -> {
                            var wait = c.opening().open();
                            try {
                                Scope.shield(
                                        () -> {
                                            inside.switchTo(null);
                                            Jevent.sleep(5);
                                        });
                                log.add("shield ended");
                                wait.await();
                            } finally {
                                wait.close();
                            }
                        });
        inside.get();
        g.kill();
        assertEquals(List.of("shield ended"), log);
        assertTrue(g.isCancelled(), "" + g.exception());
        assertEquals(List.of(), reports);
    }
}
