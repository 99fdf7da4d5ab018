package dev.jevent.benchmarks.contenders;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.event.Event;
import dev.jevent.lock.Semaphore;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.Scope;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Many greenlets that end together: nanoseconds for each of {@code BENCH_COUNT}, and how much more
 * that is than for each of a tenth. What is linear costs the same for each.
 *
 * <p>{@code scope}, {@code group}, {@code pool}: spawned, run and joined; {@code cancel}: a scope
 * whose parked children are cancelled by the failure of one; {@code kill}: killAll of greenlets
 * that are parked on a semaphore, {@code kill-shuffled} in random order, {@code kill-ready} when
 * all of them were just woken, {@code kill-waiting} in {@code Jevent.wait} on one event.
 */
public final class JeventCrowd {

    private interface Crowd {
        /** Nanoseconds that its end took. */
        long end(int n) throws Exception;
    }

    private JeventCrowd() {}

    public static void main(String[] args) throws Exception {
        int count = Self.number("BENCH_COUNT", 100_000);
        int rounds = Self.number("BENCH_ROUNDS", 5);
        Crowd crowd =
                switch (args[0]) {
                    case "scope" -> JeventCrowd::scope;
                    case "group" -> n -> group(new Group(), n);
                    case "pool" -> n -> group(new Pool(n / 10), n);
                    case "cancel" -> JeventCrowd::cancel;
                    case "kill" -> n -> kill(n, false, false);
                    case "kill-shuffled" -> n -> kill(n, true, false);
                    case "kill-ready" -> n -> kill(n, false, true);
                    case "kill-waiting" -> JeventCrowd::killWaiting;
                    default -> throw new IllegalArgumentException(args[0]);
                };
        double tenth = each(crowd, count / 10, 10 * rounds);
        double whole = each(crowd, count, rounds);
        Self.result("each_ns", whole, "growth", whole / tenth);
    }

    /** The median, after as many rounds that do not count. */
    private static double each(Crowd crowd, int n, int rounds) throws Exception {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 2 * rounds; i++) {
            long time = Jevent.spawn(() -> crowd.end(n)).get();
            if (i >= rounds) {
                times.add(time);
            }
        }
        Collections.sort(times);
        return (double) times.get(rounds / 2) / n;
    }

    private static long scope(int n) throws Exception {
        long start = System.nanoTime();
        Scope.run(
                scope -> {
                    for (int i = 0; i < n; i++) {
                        scope.spawn(() -> {});
                    }
                });
        return System.nanoTime() - start;
    }

    private static long group(Group group, int n) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < n; i++) {
            group.spawn(() -> {});
        }
        group.join();
        return System.nanoTime() - start;
    }

    private static long cancel(int n) throws Exception {
        var never = new Semaphore(0);
        long[] start = new long[1];
        try {
            Scope.run(
                    scope -> {
                        for (int i = 0; i < n; i++) {
                            scope.spawn(() -> never.acquire());
                        }
                        Jevent.sleep(0);
                        start[0] = System.nanoTime();
                        throw new IllegalStateException("one fails");
                    });
        } catch (IllegalStateException e) {
            return System.nanoTime() - start[0];
        }
        throw new AssertionError("the failure got lost");
    }

    private static long kill(int n, boolean shuffled, boolean ready) {
        var semaphore = new Semaphore(0);
        List<Greenlet<Void>> all = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            all.add(Jevent.spawn(() -> semaphore.acquire()));
        }
        Jevent.sleep(0);
        if (shuffled) {
            Collections.shuffle(all, new Random(1));
        }
        if (ready) {
            semaphore.release(n);
        }
        long start = System.nanoTime();
        Jevent.killAll(all);
        return System.nanoTime() - start;
    }

    private static long killWaiting(int n) {
        var event = new Event();
        List<Event> events = List.of(event);
        List<Greenlet<Void>> all = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            all.add(
                    Jevent.spawn(
                            () -> {
                                Jevent.wait(events);
                            }));
        }
        Jevent.sleep(0);
        Collections.shuffle(all, new Random(1));
        long start = System.nanoTime();
        Jevent.killAll(all);
        return System.nanoTime() - start;
    }
}
