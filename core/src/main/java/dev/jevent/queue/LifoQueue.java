package dev.jevent.queue;

import java.util.Collection;

/**
 * A {@link Queue} that gives the newest item first. Follows {@code gevent.queue.LifoQueue}.
 *
 * <p>An end marker is given in its turn as well: before the items that were put earlier.
 *
 * @param <T> the type of the items
 */
public class LifoQueue<T> extends Queue<T> {

    /** A queue without bound: put never waits. */
    public LifoQueue() {
        super(new Ring(true, 16), Exchange.UNBOUNDED);
    }

    /**
     * A queue in which so many items have room.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public LifoQueue(int maxSize) {
        super(new Ring(true, maxSize), maxSize);
    }

    private LifoQueue(LifoQueue<T> original) {
        super(original);
    }

    /** A queue without bound that has these items, the last one on top. */
    public static <T> LifoQueue<T> of(Collection<? extends T> items) {
        var queue = new LifoQueue<T>();
        queue.addAll(items);
        return queue;
    }

    @Override
    public LifoQueue<T> copy() {
        return new LifoQueue<>(this);
    }
}
