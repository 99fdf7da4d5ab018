package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Jevent;
import dev.jevent.event.AsyncResult;
import dev.jevent.pool.ThreadPool;

import java.util.ArrayList;
import java.util.List;

/** What really blocks is done by threads; greenlets go on meanwhile. */
public final class ThreadPoolTutorial {

    private int ticks;

    private ThreadPoolTutorial() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        new ThreadPoolTutorial().run();
    }

    private void run() throws Exception {
        var pool = new ThreadPool(3);
        try (var _ = spawn(this::tick)) { // killed at the end of the block
            List<AsyncResult<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int n = i;
                results.add(pool.spawn(() -> block(n)));
            }
            Jevent.wait(results);
            List<Integer> squares = new ArrayList<>();
            for (AsyncResult<Integer> result : results) {
                squares.add(result.get());
            }
            System.out.println(text(squares));
            System.out.println(
                    "in order: " + text(pool.map(List.of(0, 1, 2), ThreadPoolTutorial::block)));
            System.out.println("others ran meanwhile: " + (ticks > 3 ? "yes" : "no"));
        }
    }

    private static int block(int n) throws InterruptedException {
        Thread.sleep(50); // the whole thread
        return n * n;
    }

    private void tick() {
        while (true) {
            ticks++;
            sleep(5);
        }
    }

    private static String text(List<Integer> numbers) {
        return String.join(", ", numbers.stream().map(String::valueOf).toList());
    }
}
