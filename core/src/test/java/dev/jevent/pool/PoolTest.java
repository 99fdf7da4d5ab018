package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** At most so many at once. */
class PoolTest extends HubScenario {

    private final Pool one = new Pool(1);

    /** A member that ends when told. */
    private static Waiter<Void> occupy(Pool pool) {
        var end = new Waiter<Void>();
        pool.spawn(() -> end.get());
        turns(1);
        return end;
    }

    @Test
    void sizeBelowOneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Pool(0));
        assertThrows(IllegalArgumentException.class, () -> new Pool(-1));
    }

    @Test
    void neverMoreThanItsSizeAtOnce() {
        var pool = new Pool(3);
        var atOnce = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            int turns = i % 4;
            pool.spawn(
                    () -> {
                        log.add("" + atOnce.incrementAndGet());
                        turns(turns);
                        atOnce.decrementAndGet();
                    });
            assertTrue(pool.size() <= 3);
        }
        pool.join();
        assertEquals(20, log.size());
        assertTrue(log.contains("3") && !log.contains("4"));
        assertEquals(3, pool.freeCount());
    }

    @Test
    void unlimitedPoolIsNeverFull() {
        var pool = new Pool();
        for (int i = 0; i < 100; i++) {
            pool.spawn(() -> {});
        }
        assertFalse(pool.isFull());
        assertEquals(Integer.MAX_VALUE, pool.freeCount());
        assertEquals(Integer.MAX_VALUE, pool.waitAvailable());
        assertTrue(pool.tryStart(new Greenlet<>(() -> 1)));
        pool.join();
    }

    @Test
    void placesAreGivenInTheOrderOfAsking() {
        var end = occupy(one);
        List<Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            all.add(Jevent.spawn(() -> one.spawn(() -> log.add("" + n))));
        }
        turns(2);
        end.switchTo(null);
        turns(0);
        assertFalse(one.tryStart(new Greenlet<>(() -> log.add("no"))), "no overtaking");
        Jevent.joinAll(List.copyOf(all));
        one.join();
        assertEquals(List.of("0", "1", "2", "3", "4"), log);
    }

    @Test
    void addedGreenletsTakePlacesToo() {
        var g = new Greenlet<>(() -> 1);
        one.add(g);
        assertTrue(one.isFull());
        assertEquals(0, one.freeCount());
        g.start();
        g.join();
        assertEquals(1, one.freeCount());
        var discarded = new Greenlet<>(() -> 1);
        one.add(discarded);
        one.discard(discarded);
        one.discard(discarded);
        assertEquals(1, one.freeCount());
        var ended = g;
        one.add(ended);
        turns(1);
        assertEquals(1, one.freeCount());
    }

    @Test
    void addingAMemberAgainIsRefusedAndTakesNoPlace() {
        var pool = new Pool(2);
        var g = new Greenlet<>(() -> 1);
        pool.add(g);
        assertThrows(IllegalArgumentException.class, () -> pool.add(g));
        assertThrows(IllegalArgumentException.class, () -> pool.start(g, Duration.ZERO));
        assertEquals(1, pool.freeCount());
        pool.kill();
        assertEquals(2, pool.freeCount());
    }

    @Test
    void fullPoolRefusesInTime() {
        jumpInTime();
        var end = occupy(one);
        var g = new Greenlet<>(() -> 1);
        assertFalse(one.tryStart(g));
        assertThrows(PoolFull.class, () -> one.add(g, Duration.ZERO));
        assertThrows(PoolFull.class, () -> one.start(g, Duration.ofMillis(300)));
        assertEquals(300, clock.millis());
        assertThrows(IllegalArgumentException.class, () -> one.start(g, Duration.ofNanos(-1)));
        assertFalse(g.started());
        var starting = Jevent.spawn(() -> one.start(g, Duration.ofSeconds(1)));
        turns(1);
        end.switchTo(null);
        starting.join();
        one.join();
        assertEquals(1, g.value());
        assertTrue(starting.successful());
    }

    @Test
    void waitAvailableTakesNoPlace() {
        jumpInTime();
        assertEquals(1, one.waitAvailable());
        var end = occupy(one);
        assertEquals(0, one.waitAvailable(Duration.ZERO));
        assertEquals(0, one.waitAvailable(Duration.ofMillis(200)));
        assertEquals(200, clock.millis());
        var waiting = Jevent.spawn(() -> one.waitAvailable());
        turns(1);
        end.switchTo(null);
        waiting.join();
        assertEquals(1, waiting.value());
        assertEquals(1, one.freeCount());
    }

    // ---- nothing is lost

    @Test
    void whoIsDisturbedWhileWaitingTakesNoPlace() throws Exception {
        jumpInTime();
        var end = occupy(one);
        var killed = Jevent.spawn(() -> one.spawn(() -> log.add("never")));
        var interrupted = Jevent.spawn(() -> one.add(new Greenlet<>(() -> 1)));
        var available = Jevent.spawn(() -> one.waitAvailable());
        var next = Jevent.spawn(() -> one.spawn(() -> log.add("next")));
        turns(1);
        killed.kill();
        available.kill();
        interrupted.thread().interrupt();
        interrupted.join();
        assertInstanceOf(Interrupted.class, interrupted.exception());
        var timeout = new Timeout(Duration.ofMillis(10));
        assertSame(timeout, thrownBy(() -> timeout.run(() -> one.spawn(() -> log.add("never")))));
        end.switchTo(null);
        next.get().join();
        turns(1);
        assertEquals(List.of("next"), log);
        assertEquals(1, one.freeCount());
    }

    @Test
    void placeThatComesTogetherWithTheKillIsNotLost() {
        var end = occupy(one);
        var killed = Jevent.spawn(() -> one.spawn(() -> log.add("ran")));
        turns(1);
        end.switchTo(null);
        turns(1); // the member ends: the place goes to who waits, which has not run yet
        killed.kill();
        one.join();
        turns(2);
        assertEquals(1, one.freeCount());
    }

    @Test
    void greenletKilledBeforeItBeganGivesItsPlaceBack() {
        var g = one.spawn(() -> log.add("never"));
        assertTrue(one.isFull());
        g.kill();
        turns(1);
        assertEquals(1, one.freeCount());
        one.spawn(() -> log.add("next"));
        one.join();
        assertEquals(List.of("next"), log);
    }

    @Test
    void whoWaitsWhenThePoolIsShutDownIsRefused() {
        var end = occupy(one);
        var waiting = Jevent.spawn(() -> one.spawn(() -> log.add("never")));
        var async = one.applyAsync(() -> log.add("never"));
        turns(1);
        one.shutdown();
        assertThrows(RejectedExecutionException.class, () -> one.spawn(() -> 1));
        assertThrows(RejectedExecutionException.class, () -> one.tryStart(new Greenlet<>(() -> 1)));
        end.switchTo(null);
        waiting.join();
        async.join();
        assertInstanceOf(RejectedExecutionException.class, waiting.exception());
        assertInstanceOf(RejectedExecutionException.class, async.exception());
        assertTrue(one.isTerminated());
        assertEquals(1, one.freeCount());
    }

    @Test
    void placesSurviveAnyDisturbance() {
        jumpInTime();
        var random = new Random(7);
        var pool = new Pool(4);
        List<Greenlet<?>> spawners = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int length = random.nextInt(5);
            spawners.add(
                    Jevent.spawn(
                            () -> {
                                Jevent.sleep(random.nextInt(20));
                                Greenlet<Void> g = pool.spawn(() -> Jevent.sleep(length));
                                if (random.nextInt(3) == 0) {
                                    g.kill();
                                }
                            }));
        }
        for (int i = 0; i < 200; i++) {
            Jevent.sleep(random.nextInt(2));
            spawners.get(random.nextInt(spawners.size())).killLater();
        }
        Jevent.joinAll(List.copyOf(spawners));
        pool.join();
        assertEquals(4, pool.freeCount());
        assertEquals(List.of(), reports);
    }

    @Test
    void placesSurviveSeveralHubs() throws Exception {
        var pool = new Pool(3);
        var most = new AtomicInteger();
        var atOnce = new AtomicInteger();
        var ran = new AtomicInteger();
        dev.jevent.Action many =
                () -> {
                    for (int i = 0; i < 300; i++) {
                        pool.spawn(
                                () -> {
                                    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                                    turns(1);
                                    atOnce.decrementAndGet();
                                    ran.incrementAndGet();
                                });
                    }
                };
        try (var other = new OtherHub()) {
            var there = other.spawn(many);
            var here = Jevent.spawn(many);
            here.get();
            there.get();
            pool.join();
        }
        assertEquals(600, ran.get());
        assertTrue(most.get() <= 3);
        assertEquals(3, pool.freeCount());
    }

    // ---- apply

    @Test
    void applyByAMemberOfAFullPoolIsDoneInPlace() throws Exception {
        var g = one.spawn(() -> one.apply(() -> one.apply(() -> "inside")));
        assertEquals("inside", g.get());
    }

    @Test
    void applyAsyncOnAFullPoolDoesNotWait() throws Exception {
        var end = occupy(one);
        Greenlet<String> g = one.applyAsync(() -> "value", log::add);
        assertFalse(one.contains(g));
        turns(2);
        assertFalse(g.started());
        end.switchTo(null);
        assertEquals("value", g.get());
        turns(1);
        assertEquals(List.of("value"), log);
        assertEquals(1, one.freeCount());
    }

    @Test
    void whatWaitsForAPlaceCanBeKilled() {
        var end = occupy(one);
        var g = one.applyAsync(() -> log.add("never"));
        turns(1);
        g.kill();
        turns(1);
        assertEquals(List.of(), List.copyOf(log));
        var next = one.applyAsync(() -> log.add("next"));
        end.switchTo(null);
        next.join();
        assertEquals(List.of("next"), log);
    }

    @Test
    void invokeAnyNeedsNotPlacesForAll() throws Exception {
        String first =
                one.invokeAny(
                        List.of(
                                () -> {
                                    throw new IllegalStateException("no");
                                },
                                () -> "second",
                                () -> "third"));
        assertEquals("second", first);
        assertEquals(1, one.freeCount());
    }

    @Test
    void invokeAnyStartsWithPlacesThatOthersFree() throws Exception {
        var pool = new Pool(2);
        var end = occupy(pool);
        var any =
                Jevent.spawn(
                        () ->
                                pool.<String>invokeAny(
                                        List.of(
                                                () -> {
                                                    Jevent.sleep(Duration.ofHours(1));
                                                    return "never";
                                                },
                                                () -> "quick")));
        turns(3);
        end.switchTo(null);
        assertEquals("quick", any.get());
        assertEquals(2, pool.freeCount());
    }

    @Test
    void invokeAllOfMoreThanThereArePlaces() throws Exception {
        List<java.util.concurrent.Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int n = i;
            tasks.add(() -> n);
        }
        int sum = 0;
        for (var f : one.invokeAll(tasks)) {
            sum += f.get();
        }
        assertEquals(45, sum);
        turns(1);
        assertEquals(1, one.freeCount());
    }

    @Test
    void killedInvokeAllLeavesNothing() throws ExecutionException {
        List<java.util.concurrent.Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(
                    () -> {
                        Jevent.sleep(Duration.ofHours(1));
                        return 1;
                    });
        }
        var caller = Jevent.spawn(() -> one.invokeAll(tasks));
        turns(3);
        caller.kill();
        turns(2);
        assertEquals(0, one.size());
        assertEquals(1, one.freeCount());
    }
}
