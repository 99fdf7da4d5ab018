package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Greenlets of two hubs and two plain threads put and get, while greenlets are killed, interrupted
 * and timed out at any moment. It counts how often each item was put and got.
 */
final class Traffic {

    /** Puts in one of several ways; throws or answers false if it was not put. */
    interface Putting {
        boolean put(int item, Random random, Duration little) throws Exception;
    }

    /** Gets in one of several ways; empty if there was nothing. */
    interface Getting {
        Optional<Integer> get(Random random, Duration little) throws Exception;
    }

    private static final int GREENLETS = 6; // of each hub

    private final Putting putting;
    private final Getting getting;
    private final int operations;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicIntegerArray puts;
    private final AtomicIntegerArray gets;

    Traffic(int operations, Putting putting, Getting getting) {
        this.operations = operations;
        this.putting = putting;
        this.getting = getting;
        this.puts = new AtomicIntegerArray(operations);
        this.gets = new AtomicIntegerArray(operations);
    }

    /** Until all numbers are used up; then what is left is got. */
    void run() throws Exception {
        List<Throwable> failures = new ArrayList<>();
        try (var one = new OtherHub();
                var two = new OtherHub()) {
            List<Greenlet<?>> all = new ArrayList<>();
            all.addAll(greenlets(one, 1));
            all.addAll(greenlets(two, 2));
            var threads = List.of(plain(3, failures), plain(4, failures));
            var killers = List.of(killer(one, all, 5), killer(two, all, 6));
            Jevent.joinAll(all);
            Jevent.joinAll(killers);
            for (Thread t : threads) {
                t.join();
            }
            for (Greenlet<?> g : all) {
                assertEquals(null, g.exception());
            }
        }
        assertEquals(List.of(), failures);
        var random = new Random(7);
        for (int misses = 0; misses < 100; ) {
            Optional<Integer> left = getting.get(random, Duration.ZERO);
            left.ifPresent(gets::incrementAndGet);
            misses = left.isPresent() ? 0 : misses + 1;
        }
        for (int i = 0; i < operations; i++) {
            int item = i;
            assertEquals(puts.get(i), gets.get(i), () -> "item " + item);
        }
    }

    /** How many were put, and got. */
    int passed() {
        int n = 0;
        for (int i = 0; i < operations; i++) {
            n += gets.get(i);
        }
        return n;
    }

    private List<Greenlet<?>> greenlets(OtherHub hub, int seed) {
        List<Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < GREENLETS; i++) {
            var random = new Random(seed * 100L + i);
            boolean puts = i % 2 == 0;
            Action loop = () -> disturbedLoop(random, puts);
            all.add(hub.spawn(loop));
        }
        return all;
    }

    private void disturbedLoop(Random random, boolean puts) throws Exception {
        while (next.get() < operations) {
            try {
                if (random.nextInt(4) == 0) {
                    var timeout = new Timeout(Duration.ofNanos(random.nextInt(30_000)));
                    timeout.run(() -> step(random, puts));
                } else {
                    step(random, puts);
                }
                Jevent.sleep(0);
            } catch (GreenletExit | Interrupted | InterruptedException | Timeout e) {
                // on it goes
            }
        }
    }

    private void step(Random random, boolean puts) throws Exception {
        var little = Duration.ofNanos(random.nextInt(4) == 0 ? 0 : random.nextInt(50_000));
        if (puts) {
            int item = next.getAndIncrement();
            if (item < operations && putting.put(item, random, little)) {
                this.puts.incrementAndGet(item);
            }
        } else {
            getting.get(random, little).ifPresent(gets::incrementAndGet);
        }
    }

    private Thread plain(int seed, List<Throwable> failures) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            var random = new Random(seed);
                            try {
                                while (next.get() < operations) {
                                    step(random, seed % 2 == 0);
                                }
                            } catch (Throwable e) {
                                synchronized (failures) {
                                    failures.add(e);
                                }
                            }
                        });
    }

    private Greenlet<Void> killer(OtherHub hub, List<Greenlet<?>> all, int seed) {
        var random = new Random(seed);
        return hub.spawn(
                () -> {
                    while (all.stream().anyMatch(g -> !g.ready()) && next.get() < operations) {
                        var g = all.get(random.nextInt(all.size()));
                        Thread t = g.thread();
                        if (random.nextInt(3) == 0 && t != null) {
                            t.interrupt();
                        } else if (g.hub() == hub.hub) {
                            g.killLater();
                        }
                        Jevent.sleep(0);
                    }
                });
    }
}
