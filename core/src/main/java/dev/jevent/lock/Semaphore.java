package dev.jevent.lock;

import dev.jevent.Waiter;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * A counter that cannot be taken below zero: who tries to waits until somebody releases. First
 * come, first served. Follows {@code gevent.lock.Semaphore}.
 *
 * <p>Any greenlet or thread may use it. A waiter that is killed, times out or is interrupted takes
 * no permit with it. {@link #release} never waits and may be called from callbacks of the loop.
 */
public class Semaphore {

    private final ArrayDeque<Waiter<Void>> waiters = new ArrayDeque<>(4); // guarded by this
    private int counter; // guarded by this

    /**
     * A semaphore with so many permits.
     *
     * @throws IllegalArgumentException if negative
     */
    public Semaphore(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("a semaphore cannot start with " + permits);
        }
        counter = permits;
    }

    /** Takes a permit; waits for it if there is none. */
    public void acquire() {
        Waiter<Void> waiter = tryOrQueue();
        if (waiter == null) {
            return;
        }
        try {
            waiter.get();
        } catch (Throwable e) {
            leave(waiter);
            throw e;
        }
    }

    /**
     * Takes a permit; waits for it, but not longer than the time.
     *
     * @return whether it got one
     */
    public boolean acquire(Duration timeout) {
        Waiter<Void> waiter = tryOrQueue();
        if (waiter == null) {
            return true;
        }
        boolean got = false;
        try {
            got = waiter.await(timeout);
        } finally {
            if (!got) {
                leave(waiter);
            }
        }
        return got;
    }

    /** Takes a permit if there is one and nobody waits for it. */
    public synchronized boolean tryAcquire() {
        if (counter > 0 && waiters.isEmpty()) {
            counter--;
            return true;
        }
        return false;
    }

    /** Null if it got a permit at once. */
    private synchronized Waiter<Void> tryOrQueue() {
        if (counter > 0 && waiters.isEmpty()) {
            counter--;
            return null;
        }
        var waiter = new Waiter<Void>();
        waiters.add(waiter);
        return waiter;
    }

    private synchronized void leave(Waiter<Void> waiter) {
        waiters.remove(waiter);
    }

    /** Gives a permit back: to the first who waits, or to the counter. */
    public void release() {
        for (; ; ) {
            Waiter<Void> first;
            synchronized (this) {
                first = waiters.poll();
                if (first == null) {
                    counter++;
                    return;
                }
            }
            if (first.switchTo(null)) {
                return; // it is woken with the permit; whoever gave up is passed over
            }
        }
    }

    /** Whether no permit is there. */
    public synchronized boolean locked() {
        return counter == 0;
    }

    /** How many permits are there. */
    public synchronized int counter() {
        return counter;
    }
}
