package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * {@code BENCH_COUNT} random times up to {@code BENCH_SLEEP_MS}, and how late those who slept for
 * them woke.
 */
final class Sleepers {

    /** How a contender sleeps. */
    interface Sleep {
        void sleep(Duration duration) throws Exception;
    }

    private static final long NOT_WOKEN = Long.MIN_VALUE;

    private final long[] delays = new long[Self.number("BENCH_COUNT", 1_000_000)];
    private final long[] late = new long[delays.length];

    Sleepers() {
        long longest = Self.number("BENCH_SLEEP_MS", 10_000) * 1_000_000L;
        SplittableRandom random = new SplittableRandom(42);
        Arrays.setAll(delays, i -> random.nextLong(longest));
        Arrays.fill(late, NOT_WOKEN);
    }

    int count() {
        return delays.length;
    }

    /** What the sleeper of this number does. */
    void run(int number, Sleep sleep) throws Exception {
        long delay = delays[number];
        long start = System.nanoTime();
        sleep.sleep(Duration.ofNanos(delay));
        late[number] = System.nanoTime() - start - delay;
    }

    /** Prints the result, when all have ended. The CPU time is that of the whole process so far. */
    void report() throws IOException {
        double cpu = Self.cpuSeconds();
        long lost = Arrays.stream(late).filter(x -> x == NOT_WOKEN).count();
        long early = Arrays.stream(late).filter(x -> x < 0).count() - lost;
        Arrays.sort(late);
        Self.result(
                "cpu_s", cpu,
                "p99_ms", late[(int) (late.length * 0.99)] / 1e6,
                "worst_ms", late[late.length - 1] / 1e6,
                "early", early,
                "lost", lost);
    }
}
