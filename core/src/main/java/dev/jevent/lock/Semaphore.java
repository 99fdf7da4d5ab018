package dev.jevent.lock;

import dev.jevent.Waiter;
import dev.jevent.internal.SpinLock;

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

    private final SpinLock lock = new SpinLock();
    private final ArrayDeque<Waiter<Void>> waiters = new ArrayDeque<>(4); // guarded by lock
    private int counter; // guarded by lock

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
        Waiter<Void> waiter = takeOrQueue();
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
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + timeout);
        }
        Waiter<Void> waiter = takeOrQueue();
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
    public boolean tryAcquire() {
        lock.lock();
        try {
            return take();
        } finally {
            lock.unlock();
        }
    }

    private boolean take() {
        if (counter > 0 && waiters.isEmpty()) {
            counter--;
            return true;
        }
        return false;
    }

    /** Null if it got a permit at once. */
    private Waiter<Void> takeOrQueue() {
        lock.lock();
        try {
            if (take()) {
                return null;
            }
            Waiter<Void> waiter = Waiter.ofCurrent(); // may throw what is pending
            waiters.add(waiter);
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Waiter<Void> waiter) {
        lock.lock();
        try {
            waiters.remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    /** Gives a permit back: to the first who waits, or to the counter. */
    public void release() {
        Waiter<Void> first;
        do {
            lock.lock();
            try {
                first = waiters.poll();
                if (first == null) {
                    counter++;
                    return;
                }
            } finally {
                lock.unlock();
            }
            // it is woken with the permit; one that has given up is passed over
        } while (!first.switchTo(null));
    }

    /** Whether no permit is there. */
    public boolean locked() {
        return counter() == 0;
    }

    /** How many permits are there. */
    public int counter() {
        lock.lock();
        try {
            return counter;
        } finally {
            lock.unlock();
        }
    }
}
