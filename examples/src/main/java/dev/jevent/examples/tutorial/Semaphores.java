package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.lock.BoundedSemaphore;
import dev.jevent.pool.Pool;

import java.util.List;

/** Two may come in, the others wait; the first who waits is the first who comes in. */
public final class Semaphores {

    private final BoundedSemaphore places = new BoundedSemaphore(2);

    private Semaphores() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        var tutorial = new Semaphores();
        var pool = new Pool();
        pool.map(List.of(0, 1, 2, 3), tutorial::byHand);
        pool.map(List.of(4, 5, 6, 7, 8), tutorial::inABlock);
        try {
            tutorial.places.release();
        } catch (IllegalStateException e) {
            System.out.println("nobody is in");
        }
    }

    private boolean byHand(int n) {
        places.acquire();
        System.out.println(n + " is in");
        sleep(0);
        places.release();
        System.out.println(n + " is out");
        return true;
    }

    private boolean inABlock(int n) {
        try (var _ = places.hold()) {
            System.out.println(n + " is in");
            sleep(0);
        }
        System.out.println(n + " is out");
        return true;
    }
}
