package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A counter that cannot be taken below zero. */
class SemaphoreTest {

    private final List<Object> log = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        Hub.get().destroy();
    }

    private static void turns(int n) {
        for (int i = 0; i < n; i++) {
            Jevent.sleep(0);
        }
    }

    @Test
    void permitsAreTakenAndGivenBack() {
        var s = new Semaphore(2);
        s.acquire();
        assertTrue(s.tryAcquire());
        assertFalse(s.tryAcquire());
        assertTrue(s.locked());
        assertFalse(s.acquire(Duration.ZERO));
        assertFalse(s.acquire(Duration.ofMillis(1)));
        s.release();

        assertEquals(1, s.counter());
        assertFalse(s.locked());
        s.release();
        s.release();
        assertEquals(3, s.counter(), "more than at the start is allowed");
    }

    @Test
    void negativeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Semaphore(-1));
        var s = new Semaphore(1);
        assertThrows(IllegalArgumentException.class, () -> s.acquire(Duration.ofNanos(-1)));
        assertEquals(1, s.counter());
    }

    @Test
    void firstComeFirstServed() {
        var s = new Semaphore(0);
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int n = i;
            all.add(
                    Jevent.spawn(
                            () -> {
                                s.acquire();
                                log.add(n);
                                s.release();
                            }));
        }
        turns(2);
        s.release();
        Jevent.joinAll(all);

        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), log);
        assertEquals(1, s.counter());
    }

    @Test
    void nobodyOvertakesThoseWhoWait() throws Exception {
        var s = new Semaphore(0);
        var waiting = Jevent.spawn(() -> s.acquire());
        turns(2);
        s.release();

        assertFalse(s.tryAcquire(), "it is the permit of the one who waits");
        waiting.get();
    }

    @Test
    void killedOrTimedOutWaiterTakesNoPermitWithIt() {
        var s = new Semaphore(0);
        var killed = Jevent.spawn(() -> s.acquire());
        var late = Jevent.spawn(() -> log.add(s.acquire(Duration.ofMillis(1))));
        turns(2);
        killed.kill();
        late.join();
        s.release();

        assertEquals(List.of(false), log);
        assertEquals(1, s.counter());
    }

    @Test
    void waiterThatIsKilledAfterItGotThePermitHasIt() {
        var s = new Semaphore(0);
        var g =
                Jevent.spawn(
                        () -> {
                            s.acquire();
                            try {
                                log.add("got it");
                                Jevent.sleep(60_000);
                            } finally {
                                s.release();
                            }
                        });
        turns(2);
        s.release();
        g.killLater();
        g.join();

        assertEquals(List.of("got it"), log);
        assertEquals(1, s.counter());
    }

    /** Two hubs and two plain threads, with kills, timeouts and interrupts at any moment. */
    @Test
    void noPermitIsLostOrMadeInAnySchedule() throws Exception {
        int permits = 3;
        var s = new Semaphore(permits);
        var inside = new AtomicInteger();
        var failures = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int seed = t;
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        var random = new Random(seed);
                                        for (int i = 0; i < 40_000; i++) {
                                            use(s, random, inside, permits, failures);
                                        }
                                    }));
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            manyGreenlets(s, seed + 10, inside, permits, failures);
                                        } finally {
                                            Hub.get().destroy();
                                        }
                                    }));
        }
        for (Thread t : threads) {
            t.join();
        }

        assertEquals(0, failures.get());
        assertEquals(permits, s.counter());
        assertEquals(0, inside.get());
    }

    private static void manyGreenlets(
            Semaphore s, int seed, AtomicInteger inside, int permits, AtomicInteger failures) {
        var random = new Random(seed);
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int g = 0; g < 20; g++) {
            var mine = new Random(seed * 100L + g);
            all.add(
                    Jevent.spawn(
                            () -> {
                                for (int i = 0; i < 3_000; i++) {
                                    try {
                                        use(s, mine, inside, permits, failures);
                                        if (mine.nextInt(4) == 0) {
                                            Jevent.sleep(0);
                                        }
                                    } catch (GreenletExit | Interrupted e) {
                                        // goes on
                                    }
                                }
                            }));
        }
        var killer =
                Jevent.spawn(
                        () -> {
                            while (all.stream().anyMatch(g -> !g.ready())) {
                                var g = all.get(random.nextInt(all.size()));
                                Thread t = g.thread();
                                if (random.nextInt(3) == 0 && t != null) {
                                    t.interrupt();
                                } else {
                                    g.killLater();
                                }
                                Jevent.sleep(0);
                            }
                        });
        Jevent.joinAll(all);
        killer.join();
    }

    private static void use(
            Semaphore s, Random random, AtomicInteger inside, int permits, AtomicInteger bad) {
        boolean got =
                switch (random.nextInt(4)) {
                    case 0 -> s.tryAcquire();
                    case 1 -> s.acquire(Duration.ofNanos(random.nextInt(20_000)));
                    case 2 -> underATimeout(s, random);
                    default -> {
                        s.acquire();
                        yield true;
                    }
                };
        if (got) {
            if (inside.incrementAndGet() > permits) {
                bad.incrementAndGet();
            }
            try {
                if (random.nextInt(8) == 0) {
                    Jevent.sleep(0);
                }
            } finally {
                inside.decrementAndGet();
                s.release();
            }
        }
    }

    private static boolean underATimeout(Semaphore s, Random random) {
        var timeout = Timeout.start(Duration.ofNanos(random.nextInt(20_000)));
        boolean got = false;
        try {
            s.acquire();
            got = true;
        } catch (Timeout t) {
            if (t != timeout) {
                throw t;
            }
        } finally {
            timeout.cancel();
        }
        return got;
    }
}
