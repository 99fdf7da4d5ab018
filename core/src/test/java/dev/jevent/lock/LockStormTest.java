package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.event.Event;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;

/**
 * Two hubs and two plain threads use one lock, and whoever waits is killed, interrupted or timed
 * out at any moment: nothing is lost, and nobody is where he must not be.
 */
class LockStormTest {

    private interface Use {
        void once(Random random) throws Exception;
    }

    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @AfterEach
    void nothingIsLeft() {
        Hub.get().destroy();
    }

    private void storm(int rounds, Use use) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int seed = t;
            threads.add(Thread.ofPlatform().start(() -> repeat(rounds * 5, new Random(seed), use)));
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            manyGreenlets(rounds, seed + 10, use);
                                        } catch (Throwable e) {
                                            failures.add(e);
                                        } finally {
                                            Hub.get().destroy();
                                        }
                                    }));
        }
        for (Thread t : threads) {
            t.join();
        }
        assertEquals(List.of(), List.copyOf(failures));
    }

    private void manyGreenlets(int rounds, int seed, Use use) {
        var random = new Random(seed);
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int g = 0; g < 10; g++) {
            var mine = new Random(seed * 100L + g);
            all.add(Jevent.spawn(() -> repeat(rounds, mine, use)));
        }
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
    }

    private void repeat(int rounds, Random random, Use use) {
        for (int i = 0; i < rounds; i++) {
            var timeout = new Timeout(Duration.ofNanos(random.nextInt(100_000)));
            try {
                if (random.nextInt(4) == 0) {
                    timeout.run(() -> use.once(random));
                } else {
                    use.once(random);
                }
            } catch (GreenletExit | Interrupted | InterruptedException e) {
                // as planned
            } catch (Timeout t) {
                if (t != timeout) {
                    failures.add(t);
                }
            } catch (Throwable e) {
                failures.add(e);
            }
        }
    }

    private static void sometimesGiveWay(Random random) {
        if (random.nextInt(6) == 0) {
            Jevent.sleep(0);
        }
    }

    @Test
    void onlyOneIsInsideAnRLock() throws Exception {
        var lock = new RLock();
        var inside = new AtomicInteger();
        storm(
                Dose.of(500, 2_000),
                random -> {
                    boolean got =
                            switch (random.nextInt(6)) {
                                case 0 -> lock.tryLock();
                                case 1 -> lock.tryLock(random.nextInt(50), TimeUnit.MICROSECONDS);
                                case 2 -> lock.acquire(Duration.ofNanos(random.nextInt(20_000)));
                                case 3 -> {
                                    lock.lockInterruptibly();
                                    yield true;
                                }
                                default -> {
                                    lock.lock();
                                    yield true;
                                }
                            };
                    if (!got) {
                        return;
                    }
                    try {
                        if (inside.incrementAndGet() != 1) {
                            throw new AssertionError("two are inside");
                        }
                        sometimesGiveWay(random);
                    } finally {
                        inside.decrementAndGet();
                        lock.unlock();
                    }
                });
        assertFalse(lock.isLocked());
    }

    @Test
    void readersAndWritersStayApart() throws Exception {
        var lock = new ReadWriteLock();
        var readers = new AtomicInteger();
        var writers = new AtomicInteger();
        storm(
                Dose.of(500, 2_000),
                random -> {
                    boolean writes = random.nextInt(3) == 0;
                    var mine = writes ? lock.writeLock() : lock.readLock();
                    boolean got = true;
                    switch (random.nextInt(4)) {
                        case 0 -> got = mine.tryLock();
                        case 1 -> got = mine.tryLock(random.nextInt(50), TimeUnit.MICROSECONDS);
                        case 2 -> mine.lockInterruptibly();
                        default -> mine.lock();
                    }
                    if (!got) {
                        return;
                    }
                    var count = writes ? writers : readers;
                    try {
                        int n = count.incrementAndGet();
                        if (writes ? n != 1 || readers.get() != 0 : writers.get() != 0) {
                            throw new AssertionError("together");
                        }
                        sometimesGiveWay(random);
                    } finally {
                        count.decrementAndGet();
                        mine.unlock();
                    }
                });
        assertEquals(0, lock.readers());
        assertFalse(lock.isWriteLocked());
    }

    /** Tokens go around by signals: if one signal were lost, a token would lie there for ever. */
    @Test
    void noSignalIsLost() throws Exception {
        var lock = new RLock();
        Condition returned = lock.newCondition();
        int[] tokens = {3}; // guarded by lock
        storm(
                1_500,
                random -> {
                    lock.lock();
                    try {
                        while (tokens[0] == 0) {
                            switch (random.nextInt(4)) {
                                case 0 -> returned.awaitNanos(random.nextInt(50_000));
                                case 1 -> returned.awaitUninterruptibly();
                                default -> returned.await();
                            }
                        }
                        tokens[0]--;
                    } finally {
                        lock.unlock();
                    }
                    try {
                        sometimesGiveWay(random);
                    } finally {
                        giveBack(lock, returned, tokens);
                    }
                });
        assertEquals(3, tokens[0]);
        assertFalse(lock.isLocked());
    }

    private static void giveBack(RLock lock, Condition returned, int[] tokens) {
        boolean done = false;
        while (!done) {
            try {
                lock.lock();
                tokens[0]++;
                returned.signal();
                lock.unlock();
                done = true;
            } catch (GreenletExit | Timeout e) {
                // killed on the way; the token must go back all the same
            }
        }
    }

    @Test
    void nobodyMissesAnEvent() throws Exception {
        var event = new Event();
        storm(
                Dose.of(500, 2_000),
                random -> {
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            event.set();
                            sometimesGiveWay(random);
                            event.clear();
                        }
                        case 1 -> event.set();
                        case 2 -> event.await(Duration.ofNanos(random.nextInt(20_000)));
                        default -> {
                            if (!event.isSet()) {
                                event.set();
                            }
                            event.rawLink(w -> {});
                        }
                    }
                });
        event.set();
        event.await();
    }
}
