package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.pool.Pool;

import java.util.List;

/** A pool of two never runs three: who spawns into it waits for a place. */
public final class PoolHello {

    private final Pool pool = new Pool(2);

    private PoolHello() {}

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        new PoolHello().run();
    }

    private void run() throws Exception {
        pool.map(List.of(0, 1, 2), this::hello);
        for (int i = 3; i < 6; i++) {
            int n = i;
            pool.spawn(() -> hello(n));
            System.out.println("spawned " + n + ", free: " + pool.freeCount());
        }
        pool.join();
        System.out.println("in the pool: " + pool.size());
    }

    private boolean hello(int n) {
        System.out.println(n + " begins, in the pool: " + pool.size());
        sleep(0);
        System.out.println(n + " ends, in the pool: " + pool.size());
        return true;
    }
}
