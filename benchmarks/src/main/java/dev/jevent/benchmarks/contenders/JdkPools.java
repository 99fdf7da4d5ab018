package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The JDK's executors and thread locals. A pool of virtual threads is an executor of virtual
 * threads behind a semaphore.
 */
final class JdkPools {

    private JdkPools() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("pool-spawn", () -> new VirtualPool().spawn()),
                entry("pool-map", () -> new VirtualPool().map()),
                entry("blocking", JdkPools::blocking),
                entry("local", JdkPools::local));
    }

    private static Work blocking() {
        ExecutorService platform =
                Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
        return Work.together(
                100,
                n -> {
                    for (int i = 0; i < n; i++) {
                        CompletableFuture.supplyAsync(() -> 1, platform).get();
                    }
                });
    }

    private static Work local() {
        ThreadLocal<Integer> local = new ThreadLocal<>();
        int[] sum = new int[1];
        return Work.together(
                1000,
                n -> {
                    local.set(1);
                    for (int i = 0; i < n; i++) {
                        sum[0] += local.get();
                        VarHandle.acquireFence(); // so that it is not looked up once for all
                    }
                });
    }

    private static final class VirtualPool {
        private static final int SIZE = 10;

        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final Semaphore free = new Semaphore(SIZE);

        Work spawn() {
            return Work.together(
                    1000,
                    n -> {
                        for (int i = 0; i < n; i++) {
                            free.acquire();
                            threads.execute(free::release);
                        }
                        free.acquire(SIZE); // all have ended
                        free.release(SIZE);
                    });
        }

        Work map() {
            List<Integer> items = IntStream.range(0, 100).boxed().toList();
            return Work.together(
                    items.size(),
                    n -> {
                        List<Future<Integer>> futures = new ArrayList<>(n);
                        for (Integer item : items) {
                            futures.add(submit(() -> item + 1));
                        }
                        for (Future<Integer> future : futures) {
                            future.get();
                        }
                    });
        }

        private <T> Future<T> submit(Callable<T> task) throws InterruptedException {
            free.acquire();
            return threads.submit(
                    () -> {
                        try {
                            return task.call();
                        } finally {
                            free.release();
                        }
                    });
        }
    }
}
