package dev.jevent.lock;

import dev.jevent.Waitable;
import dev.jevent.internal.Gate;
import dev.jevent.internal.StackRoom;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Lets those who wait go on when something has happened so many times. As {@link
 * java.util.concurrent.CountDownLatch}, for greenlets.
 *
 * <p>All methods may be called from any thread; all but {@code await} never wait. A kill, a {@link
 * dev.jevent.Timeout} or an interrupt (as {@link dev.jevent.Interrupted}) of one who waits is
 * thrown from {@code await} and concerns nobody else.
 */
public final class CountDownLatch implements Waitable {

    private final Gate gate = new Gate(this); // opened when the count is zero
    private final AtomicInteger count;

    /**
     * One that waits for so many.
     *
     * @throws IllegalArgumentException if negative
     */
    public CountDownLatch(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a latch cannot count down from " + count);
        }
        this.count = new AtomicInteger(count);
        if (count == 0) {
            gate.open();
        }
    }

    /** Counts one; the last one wakes all who wait. Does nothing if the count is zero. */
    public void countDown() {
        StackRoom.operation(); // who counts the last one opens the gate
        for (int c = count.get(); c > 0; c = count.get()) {
            if (count.compareAndSet(c, c - 1)) {
                if (c == 1) {
                    gate.open();
                }
                return;
            }
        }
    }

    /** How many are still to come. */
    public int count() {
        return count.get();
    }

    /** Whether the count is zero. */
    @Override
    public boolean ready() {
        return count.get() == 0;
    }

    /** Waits until the count is zero. */
    public void await() {
        if (count.get() > 0) {
            gate.await();
        }
    }

    /**
     * As {@link #await()}, but not longer than the time; zero does not wait.
     *
     * @return whether the count is zero
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean await(Duration timeout) {
        return gate.await(timeout) || ready(); // zero a moment before the gate opens
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        gate.rawLink(callback);
    }

    @Override
    public void unlink(Object callback) {
        gate.unlink(callback);
    }

    @Override
    public String toString() {
        return "CountDownLatch[" + count + " to come]";
    }
}
