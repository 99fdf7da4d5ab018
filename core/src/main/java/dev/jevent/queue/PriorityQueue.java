package dev.jevent.queue;

import java.util.Collection;
import java.util.Comparator;

/**
 * A {@link Queue} that gives the smallest item first, and of equal ones the one that came first.
 * Follows {@code gevent.queue.PriorityQueue}.
 *
 * <p>End markers come after all items. The comparator must not use the queue and should not wait. A
 * put whose item it throws at throws that and puts nothing. Iterators and {@code toArray} give the
 * items in no particular order.
 *
 * @param <T> the type of the items
 */
public class PriorityQueue<T> extends Queue<T> {

    /** In natural order and without bound. */
    public PriorityQueue() {
        super(new Heap(null), Exchange.UNBOUNDED);
    }

    /** In the order of the comparator and without bound. */
    public PriorityQueue(Comparator<? super T> comparator) {
        super(heap(comparator), Exchange.UNBOUNDED);
    }

    /**
     * In natural order; so many items have room.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public PriorityQueue(int maxSize) {
        super(new Heap(null), maxSize);
    }

    /**
     * In the order of the comparator; so many items have room.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public PriorityQueue(int maxSize, Comparator<? super T> comparator) {
        super(heap(comparator), maxSize);
    }

    private PriorityQueue(PriorityQueue<T> original) {
        super(original);
    }

    /** In natural order and without bound, with these items. */
    public static <T> PriorityQueue<T> of(Collection<? extends T> items) {
        var queue = new PriorityQueue<T>();
        queue.addAll(items);
        return queue;
    }

    @SuppressWarnings("unchecked")
    private static Heap heap(Comparator<?> comparator) {
        if (comparator == null) {
            throw new NullPointerException("comparator");
        }
        return new Heap((Comparator<Object>) comparator);
    }

    @Override
    public PriorityQueue<T> copy() {
        return new PriorityQueue<>(this);
    }
}
