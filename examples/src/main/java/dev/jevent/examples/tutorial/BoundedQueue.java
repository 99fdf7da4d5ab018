package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.queue.Empty;
import dev.jevent.queue.Queue;

import java.time.Duration;
import java.util.List;

/** A queue that holds three tasks at most: boss and workers wait for each other. */
public final class BoundedQueue {

    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final Queue<Integer> tasks = new Queue<>(3);

    private BoundedQueue() {}

    /** No arguments. */
    public static void main(String[] args) {
        var tutorial = new BoundedQueue();
        joinAll(
                List.of(
                        spawn(tutorial::boss),
                        spawn(() -> tutorial.worker("ann")),
                        spawn(() -> tutorial.worker("bob")),
                        spawn(() -> tutorial.worker("cid"))));
    }

    private void boss() throws InterruptedException {
        for (int i = 1; i < 10; i++) {
            handOut(i);
        }
        System.out.println("that was the morning");
        for (int i = 10; i < 20; i++) {
            handOut(i);
        }
        System.out.println("that was the day");
    }

    private void handOut(int i) throws InterruptedException {
        System.out.println("task " + i);
        tasks.put(i);
    }

    private void worker(String name) {
        try {
            while (true) {
                System.out.println(name + " does task " + tasks.get(PATIENCE));
                sleep(0);
            }
        } catch (Empty e) {
            System.out.println(name + " goes home");
        }
    }
}
