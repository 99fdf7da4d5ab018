package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.local.Local;
import dev.jevent.pool.Pool;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** jevent's pools, workers, timeouts and locals. */
final class JeventPools {
    private static final Duration LONG = Duration.ofSeconds(100);

    private JeventPools() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("pool-spawn", JeventPools::spawn),
                entry("pool-map", JeventPools::map),
                entry("blocking", JeventPools::blocking),
                entry("timeout", JeventPools::timeout),
                entry("local", JeventPools::local));
    }

    private static Work spawn() {
        Pool pool = new Pool(10);
        return Work.together(
                1000,
                n -> {
                    for (int i = 0; i < n; i++) {
                        pool.spawn(() -> {});
                    }
                    pool.join();
                });
    }

    private static Work map() {
        Pool pool = new Pool(10);
        List<Integer> items = IntStream.range(0, 100).boxed().toList();
        return Work.together(
                items.size(),
                n -> {
                    if (pool.map(items, item -> item + 1).size() != n) {
                        throw new IllegalStateException("items are missing");
                    }
                });
    }

    private static Work blocking() {
        return Work.together(
                100,
                n -> {
                    for (int i = 0; i < n; i++) {
                        Jevent.blocking(() -> 1);
                    }
                });
    }

    private static Work timeout() {
        return Work.alone(() -> new Timeout(LONG).run(() -> {}));
    }

    private static Work local() {
        Local<Integer> local = new Local<>();
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
}
