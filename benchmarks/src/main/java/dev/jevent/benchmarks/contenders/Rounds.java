package dev.jevent.benchmarks.contenders;

import java.util.Arrays;

/**
 * Measures the time of one operation in rounds: the first {@code BENCH_WARMUP} rounds of {@code
 * BENCH_ROUND_MS} let the JIT compiler do its work and are ignored, the result is the median of the
 * next {@code BENCH_ROUNDS}. Every contender, in every language, is measured like this.
 */
final class Rounds {

    /** The operation that is measured, done as many times as it is told. */
    interface Batch {
        void run(int operations) throws Exception;
    }

    private Rounds() {}

    /**
     * Nanoseconds for one operation; {@code operations} are done between two looks at the clock.
     */
    static double nanosPerOperation(int operations, Batch batch) throws Exception {
        long length = Self.number("BENCH_ROUND_MS", 250) * 1_000_000L;
        int warmup = Self.number("BENCH_WARMUP", 8);
        double[] results = new double[Self.number("BENCH_ROUNDS", 4)];
        for (int i = 0; i < warmup; i++) {
            round(length, operations, batch);
        }
        for (int i = 0; i < results.length; i++) {
            results[i] = round(length, operations, batch);
        }
        Arrays.sort(results);
        return (results[(results.length - 1) / 2] + results[results.length / 2]) / 2;
    }

    private static double round(long length, int operations, Batch batch) throws Exception {
        long done = 0;
        long elapsed;
        long start = System.nanoTime();
        do {
            batch.run(operations);
            done += operations;
            elapsed = System.nanoTime() - start;
        } while (elapsed < length);
        return (double) elapsed / done;
    }
}
