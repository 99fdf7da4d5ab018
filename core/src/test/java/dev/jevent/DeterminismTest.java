package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** The same program does the same things in the same order, every time. */
class DeterminismTest extends HubScenario {

    @Test
    void fooAndBarOfTheTutorial() {
        for (int round = 0; round < 100; round++) {
            log.clear();
            var foo =
                    Jevent.spawn(
                            () -> {
                                log.add("Running in foo");
                                Jevent.sleep(0);
                                log.add("Explicit context switch to foo again");
                            });
            var bar =
                    Jevent.spawn(
                            () -> {
                                log.add("Explicit context to bar");
                                Jevent.sleep(0);
                                log.add("Implicit context switch back to bar");
                            });
            Jevent.joinAll(List.of(foo, bar));

            assertEquals(
                    List.of(
                            "Running in foo",
                            "Explicit context to bar",
                            "Explicit context switch to foo again",
                            "Implicit context switch back to bar"),
                    log);
        }
    }

    @Test
    void threeTakeTurns() {
        for (int round = 0; round < 100; round++) {
            log.clear();
            var all =
                    List.of("a", "b", "c").stream()
                            .map(
                                    name ->
                                            Jevent.spawn(
                                                    () -> {
                                                        for (int i = 0; i < 3; i++) {
                                                            log.add(name + i);
                                                            Jevent.sleep(0);
                                                        }
                                                    }))
                            .toList();
            Jevent.joinAll(all);

            assertEquals(List.of("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"), log);
        }
    }

    @Test
    void sleepersWakeInTheOrderOfTheirTimesAndThenOfTheirCalls() {
        jumpInTime();
        for (int round = 0; round < 100; round++) {
            log.clear();
            var all =
                    List.of(30, 10, 20, 10).stream()
                            .map(
                                    ms ->
                                            Jevent.spawn(
                                                    () -> {
                                                        int n = log.size();
                                                        log.add("start " + n);
                                                        Jevent.sleep(Duration.ofMillis(ms));
                                                        log.add(n + " after " + ms);
                                                    }))
                            .toList();
            Jevent.joinAll(all);

            assertEquals(
                    List.of("1 after 10", "3 after 10", "2 after 20", "0 after 30"),
                    log.subList(4, 8));
        }
    }
}
