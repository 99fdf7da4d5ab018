package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.queue.Queue;

import java.util.List;

/** Workers take tasks out of a queue. */
public final class QueueTutorial {

    private final Queue<Integer> tasks = new Queue<>();

    private QueueTutorial() {}

    /** No arguments. */
    public static void main(String[] args) {
        var tutorial = new QueueTutorial();
        spawn(tutorial::boss).join();
        joinAll(
                List.of(
                        spawn(() -> tutorial.worker("ann")),
                        spawn(() -> tutorial.worker("bob")),
                        spawn(() -> tutorial.worker("cid"))));
    }

    private void boss() {
        for (int i = 1; i <= 10; i++) {
            tasks.putNow(i);
        }
    }

    private void worker(String name) {
        while (!tasks.isEmpty()) { // nobody takes the task between here and there
            System.out.println(name + " does task " + tasks.get());
            sleep(0);
        }
        System.out.println(name + " goes home");
    }
}
