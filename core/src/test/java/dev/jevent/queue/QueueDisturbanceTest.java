package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whoever is killed, times out or is interrupted, before or after his turn, loses no item. */
class QueueDisturbanceTest extends HubScenario {

    private static final Duration LONG = Duration.ofHours(1);

    /** Ends the wait of a greenlet that waits. */
    private enum Disturbance {
        KILL,
        INTERRUPT,
        TIMEOUT
    }

    /** A way to get or to put, with what comes and goes on the other side. */
    private interface Side {
        /** Waits for an item, or to put "mine"; logs what it got or that it put. */
        void call(List<String> log) throws Exception;

        /** Puts this, or takes something that this logs. Does not wait. */
        void meet(String item, List<String> log) throws Exception;
    }

    record Case(String name, java.util.function.Supplier<Side> making, Disturbance how) {
        @Override
        public String toString() {
            return name + " " + how;
        }
    }

    private static Side getter(SimpleQueue<String> q, boolean timed) {
        return new Side() {
            @Override
            public void call(List<String> log) {
                log.add("got " + (timed ? q.get(LONG) : q.get()));
            }

            @Override
            public void meet(String item, List<String> log) {
                q.putNow(item);
            }
        };
    }

    private static Side selectGetter(SimpleQueue<String> q) {
        var other = new Channel<String>();
        return new Side() {
            @Override
            public void call(List<String> log) {
                new Select<String>()
                        .get(other, i -> i)
                        .get(q, i -> "got " + i)
                        .get(q, i -> "got second " + i)
                        .await(LONG)
                        .ifPresent(log::add);
                assertEquals(0, other.balance());
            }

            @Override
            public void meet(String item, List<String> log) {
                q.putNow(item);
            }
        };
    }

    private static Side putter(SimpleQueue<String> full, boolean timed) {
        full.putNow("full");
        return new Side() {
            @Override
            public void call(List<String> log) throws Exception {
                if (timed) {
                    full.put("mine", LONG);
                } else {
                    full.put("mine");
                }
                log.add("put");
            }

            @Override
            public void meet(String item, List<String> log) {
                log.add("took " + full.getNow());
            }
        };
    }

    private static Side channelGetter() {
        var c = new Channel<String>();
        return new Side() {
            @Override
            public void call(List<String> log) {
                log.add("got " + c.get());
            }

            @Override
            public void meet(String item, List<String> log) {
                c.putNow(item);
            }
        };
    }

    private static Side channelPutter(boolean select) {
        var c = new Channel<String>();
        return new Side() {
            @Override
            public void call(List<String> log) {
                if (select) {
                    new Select<String>()
                            .put(c, "mine", () -> "put")
                            .get(new Channel<String>(), i -> i)
                            .await(LONG)
                            .ifPresent(log::add);
                } else {
                    c.put("mine");
                    log.add("put");
                }
            }

            @Override
            public void meet(String item, List<String> log) {
                log.add("took " + c.getNow());
            }
        };
    }

    static List<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (var how : Disturbance.values()) {
            all.add(new Case("get", () -> getter(new SimpleQueue<>(), false), how));
            all.add(new Case("get in time", () -> getter(new Queue<>(), true), how));
            all.add(new Case("get of a stack", () -> getter(new LifoQueue<>(), false), how));
            all.add(new Case("get of a heap", () -> getter(new PriorityQueue<>(), false), how));
            all.add(new Case("select get", () -> selectGetter(new SimpleQueue<>()), how));
            all.add(new Case("put", () -> putter(new SimpleQueue<>(1), false), how));
            all.add(new Case("put in time", () -> putter(new Queue<>(1), true), how));
            all.add(new Case("put of a heap", () -> putter(new PriorityQueue<>(1), false), how));
            all.add(new Case("channel get", () -> channelGetter(), how));
            all.add(new Case("channel put", () -> channelPutter(false), how));
            all.add(new Case("select put", () -> channelPutter(true), how));
        }
        return all;
    }

    private Greenlet<Throwable> disturbed(Case c, Side side) {
        return Jevent.spawn(
                () -> {
                    Action call = () -> side.call(log);
                    if (c.how == Disturbance.TIMEOUT) {
                        var timeout = new Timeout(Duration.ofSeconds(1));
                        return thrownBy(() -> timeout.run(call));
                    }
                    Throwable error = thrownBy(call);
                    if (error == null) {
                        error = thrownBy(() -> Jevent.sleep(1)); // it comes here then
                    }
                    return error;
                });
    }

    private void disturb(Case c, Greenlet<?> g) {
        switch (c.how) {
            case KILL -> g.killLater();
            case INTERRUPT -> g.thread().interrupt();
            case TIMEOUT -> Jevent.sleep(1_000);
        }
    }

    private static void assertDisturbance(Case c, Throwable error) {
        boolean right =
                switch (c.how) {
                    case KILL -> error instanceof GreenletExit;
                    case INTERRUPT ->
                            error instanceof Interrupted || error instanceof InterruptedException;
                    case TIMEOUT -> error instanceof Timeout;
                };
        assertTrue(right, "" + error);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void disturbedBeforeItsTurnItIsAsIfItHadNeverCome(Case c) throws Exception {
        jumpInTime();
        Side side = c.making.get();
        var g = disturbed(c, side);
        turns(3);
        disturb(c, g);
        assertDisturbance(c, g.get());
        assertEquals(List.of(), log);
        // the next one is served, and there is nothing of the first
        var next = Jevent.spawn(() -> side.call(log));
        turns(3);
        assertFalse(next.ready());
        side.meet("x", log);
        next.get();
        assertTrue(
                log.equals(List.of("got x"))
                        || log.equals(List.of("took full", "put"))
                        || log.equals(List.of("took mine", "put")),
                "" + log);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void disturbedInItsTurnItHasItOrTheNextOneHas(Case c) throws Exception {
        if (c.how == Disturbance.TIMEOUT) {
            return; // see the next one
        }
        Side side = c.making.get();
        var g = disturbed(c, side);
        turns(3);
        side.meet("x", log);
        disturb(c, g); // it has not run yet since it was served
        assertDisturbance(c, g.get());
        assertTrue(log.contains("got x") || log.contains("put"), "" + log);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void disturbedAndThenMetTheItemGoesToTheNext(Case c) throws Exception {
        if (c.how == Disturbance.TIMEOUT) {
            return;
        }
        Side side = c.making.get();
        var g = disturbed(c, side);
        turns(3);
        var next = Jevent.spawn(() -> side.call(log));
        turns(3);
        disturb(c, g);
        side.meet("x", log); // the first one still stands there
        g.join();
        boolean firstHadIt = !next.ready() && log.stream().anyMatch(l -> !l.startsWith("took"));
        if (firstHadIt) {
            side.meet("x", log);
        }
        next.get();
        long served = log.stream().filter(l -> l.equals("got x") || l.equals("put")).count();
        assertEquals(firstHadIt ? 2 : 1, served, "" + log);
    }
}
