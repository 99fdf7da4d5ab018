package dev.jevent.queue;

import java.time.Duration;
import java.util.Collection;

/**
 * A queue that knows of its items when they have been dealt with, and that can be shut down.
 * Follows {@code gevent.queue.Queue}.
 *
 * <p>Each item that is put counts as unfinished until somebody says {@link #taskDone}, or takes it
 * out by a method of {@code Collection} that removes or clears. {@link #join} waits until none is.
 *
 * @param <T> the type of the items
 */
public class Queue<T> extends SimpleQueue<T> {

    /** A queue without bound: put never waits. */
    public Queue() {}

    /**
     * A queue in which so many items have room.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public Queue(int maxSize) {
        super(maxSize);
    }

    Queue(Store store, int maxSize) {
        super(store, maxSize);
    }

    Queue(Queue<T> original) {
        super(original);
    }

    /** A queue without bound that has these items, all unfinished. */
    public static <T> Queue<T> of(Collection<? extends T> items) {
        var queue = new Queue<T>();
        queue.addAll(items);
        return queue;
    }

    /** Another queue with the same items, bound and number of unfinished items, not shut down. */
    @Override
    public Queue<T> copy() {
        return new Queue<>(this);
    }

    /**
     * Says that an item that was taken has been dealt with.
     *
     * @throws IllegalStateException if this was said for all items already
     */
    public void taskDone() {
        if (!stock.taskDone()) {
            throw new IllegalStateException(
                    "taskDone was called more often than items were put in; once for each is"
                            + " right");
        }
    }

    /** How many items were put and have not been dealt with. */
    public int unfinished() {
        return (int) Math.min(stock.unfinished(), Integer.MAX_VALUE);
    }

    /**
     * Waits until no item is unfinished, and does not wait if none is. A kill, a {@code Timeout} or
     * an interrupt ({@link dev.jevent.Interrupted}) of the caller ends the wait and changes
     * nothing.
     */
    public void join() {
        stock.join();
    }

    /**
     * As {@link #join()}, but not longer than the time; zero does not wait.
     *
     * @return whether none was
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean join(Duration timeout) {
        return stock.join(Stand.HUBS.nanos(timeout));
    }

    /** As {@code shutdown(false)}. */
    public void shutdown() {
        shutdown(false);
    }

    /**
     * Takes no more items: put throws {@link ShutDown}, also where somebody waits in it. What is in
     * the queue can still be taken; after that get throws {@code ShutDown} too, and {@link #items}
     * end.
     *
     * @param immediate whether what is in the queue is dropped; it counts as done
     */
    public void shutdown(boolean immediate) {
        stock.shutDown(immediate);
    }

    /** Whether it takes no more items. */
    public boolean isShutDown() {
        return stock.isClosed();
    }
}
