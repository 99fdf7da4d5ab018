package dev.jevent.benchmarks.contenders;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import java.util.ArrayList;
import java.util.List;

/**
 * Empty greenlets: nanoseconds to spawn and join one after another, and for each of a batch of
 * {@code BENCH_COUNT} that ends with {@code joinAll}. {@code inside}: from a greenlet; {@code
 * root}: from the thread of the hub itself.
 */
public final class JeventSpawn {

    private JeventSpawn() {}

    public static void main(String[] args) throws Exception {
        if (args[0].equals("root")) {
            measure();
        } else {
            Jevent.spawn(JeventSpawn::measure).get();
        }
    }

    private static void measure() throws Exception {
        int count = Self.number("BENCH_COUNT", 100_000);
        double single = Rounds.nanosPerOperation(1000, JeventSpawn::oneAfterAnother);
        double batch = Rounds.nanosPerOperation(count, JeventSpawn::together);
        Self.result("single_ns", single, "batch_ns", batch);
    }

    private static void oneAfterAnother(int n) throws Exception {
        for (int i = 0; i < n; i++) {
            Jevent.spawn(() -> {}).join();
        }
    }

    private static void together(int n) throws Exception {
        List<Greenlet<Void>> greenlets = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            greenlets.add(Jevent.spawn(() -> {}));
        }
        Jevent.joinAll(greenlets);
    }
}
