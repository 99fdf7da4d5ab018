package dev.jevent.benchmarks.contenders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the JDK has for many that end together, as {@link JeventCrowd} measures it: {@code scope}:
 * an executor of virtual threads that is closed; {@code cancel}: one that is shut down at once
 * while its threads sleep. (In a semaphore of the JDK's, each that is interrupted looks through all
 * that wait: for 100,000 that does not end in minutes.)
 */
public final class JdkCrowd {

    private JdkCrowd() {}

    public static void main(String[] args) throws Exception {
        int count = Self.number("BENCH_COUNT", 100_000);
        int rounds = Self.number("BENCH_ROUNDS", 5);
        boolean cancel = args[0].equals("cancel");
        double tenth = each(cancel, count / 10, 10 * rounds);
        double whole = each(cancel, count, rounds);
        Self.result("each_ns", whole, "growth", whole / tenth);
    }

    private static double each(boolean cancel, int n, int rounds) throws Exception {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 2 * rounds; i++) {
            long time = cancel ? cancel(n) : scope(n);
            if (i >= rounds) {
                times.add(time);
            }
        }
        Collections.sort(times);
        return (double) times.get(rounds / 2) / n;
    }

    private static long scope(int n) {
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < n; i++) {
                threads.execute(() -> {});
            }
        }
        return System.nanoTime() - start;
    }

    private static long cancel(int n) throws Exception {
        var sleeping = new AtomicInteger();
        long start;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < n; i++) {
                threads.execute(() -> sleep(sleeping));
            }
            while (sleeping.get() < n) {
                Thread.sleep(1);
            }
            start = System.nanoTime();
            threads.shutdownNow();
        }
        return System.nanoTime() - start;
    }

    private static void sleep(AtomicInteger sleeping) {
        sleeping.incrementAndGet();
        try {
            Thread.sleep(Duration.ofHours(1));
        } catch (InterruptedException e) {
            // this is its end
        }
    }
}
