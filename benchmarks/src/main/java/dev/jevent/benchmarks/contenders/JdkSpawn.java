package dev.jevent.benchmarks.contenders;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * Empty threads of the JDK, {@code virtual} or {@code platform}: nanoseconds to start and join one
 * after another, and for each of a batch of {@code BENCH_COUNT} that are then joined. Measured from
 * a thread of the same kind; with {@code root}, from the main thread.
 */
public final class JdkSpawn {

    private JdkSpawn() {}

    public static void main(String[] args) throws Exception {
        boolean virtual = args[0].equals("virtual");
        if (args.length > 1 && args[1].equals("root")) {
            measure(virtual);
        } else {
            FutureTask<Void> task =
                    new FutureTask<>(
                            () -> {
                                measure(virtual);
                                return null;
                            });
            Threads.builder(args[0]).start(task);
            task.get();
        }
    }

    private static void measure(boolean virtual) throws Exception {
        int count = Self.number("BENCH_COUNT", 100_000);
        double single = Rounds.nanosPerOperation(1000, n -> oneAfterAnother(virtual, n));
        double batch = Rounds.nanosPerOperation(count, n -> together(virtual, n));
        Self.result("single_ns", single, "batch_ns", batch);
    }

    private static Thread start(boolean virtual) {
        if (virtual) {
            return Thread.startVirtualThread(() -> {});
        }
        Thread thread = new Thread(() -> {});
        thread.start();
        return thread;
    }

    private static void oneAfterAnother(boolean virtual, int n) throws InterruptedException {
        for (int i = 0; i < n; i++) {
            start(virtual).join();
        }
    }

    private static void together(boolean virtual, int n) throws InterruptedException {
        List<Thread> threads = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            threads.add(start(virtual));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
