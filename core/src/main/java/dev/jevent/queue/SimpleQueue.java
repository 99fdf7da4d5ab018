package dev.jevent.queue;

import dev.jevent.Interrupted;
import dev.jevent.Waitable;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Hands items from those who put them to those who get them: first in, first out. Follows {@code
 * gevent.queue.SimpleQueue}, and is a {@link BlockingQueue}.
 *
 * <pre>{@code
 * SimpleQueue<String> queue = new SimpleQueue<>(100); // put waits while 100 are in it
 * Jevent.spawn(() -> queue.put("work"));
 * String item = queue.get();                          // waits while it is empty
 * }</pre>
 *
 * Any greenlet or thread may use it. Who waits is served in the order of coming, and an item goes
 * directly to the getter who waits. One who is killed, times out or is interrupted while he waits
 * loses nothing: a getter has taken no item then, and a putter's item is not in the queue. Calls
 * that need not wait may be made from callbacks of the loop too; others throw {@link
 * dev.jevent.BlockingSwitchOutError} there.
 *
 * <p>A {@link Duration} of zero tries once and does not wait. The methods of {@code BlockingQueue}
 * throw {@code InterruptedException} as that says, all others {@link Interrupted}. Items are never
 * null.
 *
 * <p>{@link #putEnd} puts an end marker between the items. It takes a place in the queue but is no
 * item: {@link #size}, iterators and the other methods of {@code Collection} do not see it, {@link
 * #poll()}, {@link #peek()} and {@code drainTo} come to no item behind it, and each get that waits
 * takes it and throws {@link QueueEnd}.
 *
 * @param <T> the type of the items
 */
public class SimpleQueue<T> extends AbstractQueue<T> implements BlockingQueue<T>, Waitable {

    final Stock stock;

    /** A queue without bound: put never waits. */
    public SimpleQueue() {
        stock = new Stock(new Ring(false, 16), Exchange.UNBOUNDED);
    }

    /**
     * A queue in which so many items have room.
     *
     * @throws IllegalArgumentException if less than 1
     */
    public SimpleQueue(int maxSize) {
        stock = new Stock(new Ring(false, maxSize), atLeastOne(maxSize));
    }

    SimpleQueue(Store store, int maxSize) {
        stock = new Stock(store, atLeastOne(maxSize));
    }

    /** A copy. */
    SimpleQueue(SimpleQueue<T> original) {
        stock = Stock.copyOf(original.stock);
    }

    /** A queue without bound that has these items. */
    public static <T> SimpleQueue<T> of(Collection<? extends T> items) {
        var queue = new SimpleQueue<T>();
        queue.addAll(items);
        return queue;
    }

    static int atLeastOne(int maxSize) {
        if (maxSize < 1) {
            throw new IllegalArgumentException(
                    "a queue cannot have a maxSize of "
                            + maxSize
                            + ": it is at least 1. A Channel hands over without storing; a queue"
                            + " made without maxSize has no bound");
        }
        return maxSize;
    }

    // ---- gevent's names

    /**
     * Takes the next item; waits for it.
     *
     * @throws QueueEnd if an end marker was next; it is taken
     */
    public T get() {
        return Outcomes.item(stock.get(), this);
    }

    /**
     * Takes the next item; waits for it, but not longer than the time.
     *
     * @throws Empty if none came
     * @throws QueueEnd if an end marker was next; it is taken
     */
    public T get(Duration timeout) {
        return Outcomes.itemInTime(stock.get(Stand.HUBS.nanos(timeout)), this, timeout);
    }

    /** As {@link #get()}, but throws {@link Empty} instead of waiting. */
    public T getNow() {
        return Outcomes.itemInTime(stock.get(0), this, null);
    }

    /** Puts the item; waits while the queue is full. */
    @Override
    public void put(T item) throws InterruptedException {
        try {
            Outcomes.put(stock.put(Outcomes.notNull(item)), this, null);
        } catch (Interrupted e) {
            throw Outcomes.checked(e);
        }
    }

    /**
     * Puts the item; waits while the queue is full, but not longer than the time.
     *
     * @throws Full if it is full still; the item is not in it
     */
    public void put(T item, Duration timeout) {
        long nanos = Stand.HUBS.nanos(timeout);
        Outcomes.put(stock.put(Outcomes.notNull(item), nanos), this, timeout);
    }

    /** As {@link #put(Object)}, but throws {@link Full} instead of waiting. */
    public void putNow(T item) {
        Outcomes.put(stock.put(Outcomes.notNull(item), 0), this, null);
    }

    /**
     * The item that get would take; waits until there is one, and leaves it. By the time that this
     * returns somebody else may have taken it.
     *
     * @throws QueueEnd if an end marker is next; it stays
     */
    public T peekWait() {
        return Outcomes.item(stock.peekWait(), this);
    }

    /**
     * As {@link #peekWait()}, but waits not longer than the time.
     *
     * @throws Empty if no item came
     */
    public T peekWait(Duration timeout) {
        return Outcomes.itemInTime(stock.peekWait(Stand.HUBS.nanos(timeout)), this, timeout);
    }

    /** Puts an end marker, which ends one loop over {@link #items}; waits as put does. */
    public void putEnd() {
        Outcomes.put(stock.put(Exchange.END), this, null);
    }

    /**
     * The items to come, for a loop: takes one after the other and waits for them, until an end
     * marker, which is taken, or until the queue is shut down and empty.
     */
    public Iterable<T> items() {
        return () -> new Items<>(stock, this);
    }

    /** How many items have room; {@code Integer.MAX_VALUE} if there is no bound. */
    public int maxSize() {
        return stock.capacity();
    }

    /**
     * Changes how many items have room. If it is more, some who wait come in; if it is less than
     * there are, those stay, and put waits until they have been taken.
     */
    public void maxSize(int maxSize) {
        stock.capacity(atLeastOne(maxSize));
    }

    /** Whether put would wait. */
    public boolean isFull() {
        return stock.isFull();
    }

    /** Another queue with the same items and bound; nobody waits there. */
    public SimpleQueue<T> copy() {
        return new SimpleQueue<>(this);
    }

    // ---- Waitable

    /** Whether get would not wait. */
    @Override
    public boolean ready() {
        return stock.ready();
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        stock.rawLink(this, callback);
    }

    @Override
    public void unlink(Object callback) {
        stock.unlink(callback);
    }

    // ---- BlockingQueue

    /** As {@link #get()}. */
    @Override
    public T take() throws InterruptedException {
        try {
            return Outcomes.item(stock.get(), this);
        } catch (Interrupted e) {
            throw Outcomes.checked(e);
        }
    }

    /** As {@link #get(Duration)}, but answers null if no item came. */
    @Override
    public @Nullable T poll(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            Object outcome = stock.get(Math.max(unit.toNanos(timeout), 0));
            return outcome == null ? null : Outcomes.item(outcome, this);
        } catch (Interrupted e) {
            throw Outcomes.checked(e);
        }
    }

    /** Takes the next item; null if there is none before the next end marker. */
    @Override
    @SuppressWarnings("unchecked")
    public @Nullable T poll() {
        return (T) stock.poll();
    }

    /** The next item, which stays; null if there is none before the next end marker. */
    @Override
    @SuppressWarnings("unchecked")
    public @Nullable T peek() {
        return (T) stock.first();
    }

    /** Puts the item if there is room. */
    @Override
    public boolean offer(T item) {
        return offered(stock.put(Outcomes.notNull(item), 0));
    }

    /** As {@link #put(Object, Duration)}, but answers false if there was no room. */
    @Override
    public boolean offer(T item, long timeout, TimeUnit unit) throws InterruptedException {
        long nanos = Math.max(unit.toNanos(timeout), 0);
        try {
            return offered(stock.put(Outcomes.notNull(item), nanos));
        } catch (Interrupted e) {
            throw Outcomes.checked(e);
        }
    }

    private boolean offered(@Nullable Object outcome) {
        if (outcome == Exchange.FULL) {
            return false;
        }
        Outcomes.put(outcome, this, null);
        return true;
    }

    /** As {@link #putNow}. */
    @Override
    public boolean add(T item) {
        putNow(item);
        return true;
    }

    @Override
    public int remainingCapacity() {
        return stock.remaining();
    }

    @Override
    public int drainTo(Collection<? super T> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /** Takes what is there, up to so many and to the next end marker. */
    @Override
    @SuppressWarnings("unchecked")
    public int drainTo(Collection<? super T> target, int max) {
        if (target == null) {
            throw new NullPointerException("no collection to drain to");
        }
        if (target == this) {
            throw new IllegalArgumentException("a queue cannot be drained to itself");
        }
        Object[] taken = stock.drain(Math.max(max, 0));
        for (int i = 0; i < taken.length; i++) {
            boolean added = false;
            try {
                target.add((T) taken[i]);
                added = true;
            } finally {
                if (!added) {
                    stock.putBack(taken, i); // nothing is lost
                }
            }
        }
        return taken.length;
    }

    // ---- Collection

    /** How many items there are. */
    @Override
    public int size() {
        return stock.size();
    }

    /** Takes all items out. They count as done. */
    @Override
    public void clear() {
        stock.clear();
    }

    @Override
    public boolean contains(@Nullable Object o) {
        for (Object item : stock.items()) {
            if (item.equals(o)) {
                return true;
            }
        }
        return false;
    }

    /** Takes out one item that equals this. It counts as done. */
    @Override
    public boolean remove(@Nullable Object o) {
        for (Object item : stock.items()) { // equals is a user's code: not under the lock
            if (item.equals(o) && stock.remove(item)) {
                return true;
            }
        }
        return false;
    }

    /** Goes through the items that are there now, and takes none unless told to remove it. */
    @Override
    public Iterator<T> iterator() {
        return new Snapshot<>(stock);
    }

    @Override
    public Object[] toArray() {
        return stock.items();
    }
}
