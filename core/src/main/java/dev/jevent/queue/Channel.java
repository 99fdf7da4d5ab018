package dev.jevent.queue;

import dev.jevent.Waitable;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Hands items over from hand to hand: put waits until somebody takes the item, and get until
 * somebody brings one. It stores nothing. Follows {@code gevent.queue.Channel}.
 *
 * <p>Any greenlet or thread may use it. Who waits is served in the order of coming. One who is
 * killed, times out or is interrupted while he waits loses nothing: a getter has taken no item
 * then, and a putter's item was taken by nobody. Calls that need not wait may be made from
 * callbacks of the loop too; others throw {@link dev.jevent.BlockingSwitchOutError} there. An
 * interrupt is thrown as {@link dev.jevent.Interrupted}. Items are never null.
 *
 * @param <T> the type of the items
 */
public final class Channel<T> implements Waitable {

    final Exchange exchange = new Exchange(new Ring(false, 0), 0);

    /** A channel at which nobody waits. */
    public Channel() {}

    /** Hands the item over; waits until somebody takes it. */
    public void put(T item) {
        Outcomes.put(exchange.put(Outcomes.notNull(item)), this, null);
    }

    /**
     * Hands the item over; waits until somebody takes it, but not longer than the time.
     *
     * @throws Full if nobody did
     */
    public void put(T item, Duration timeout) {
        long nanos = Stand.HUBS.nanos(timeout);
        Outcomes.put(exchange.put(Outcomes.notNull(item), nanos), this, timeout);
    }

    /** Hands the item to one who waits for it; throws {@link Full} if nobody does. */
    public void putNow(T item) {
        Outcomes.put(exchange.put(Outcomes.notNull(item), 0), this, null);
    }

    /**
     * Takes an item; waits until somebody brings one.
     *
     * @throws QueueEnd if it was an end marker
     */
    public T get() {
        return Outcomes.item(exchange.get(), this);
    }

    /**
     * Takes an item; waits until somebody brings one, but not longer than the time.
     *
     * @throws Empty if nobody did
     * @throws QueueEnd if it was an end marker
     */
    public T get(Duration timeout) {
        return Outcomes.itemInTime(exchange.get(Stand.HUBS.nanos(timeout)), this, timeout);
    }

    /** Takes an item from one who waits in put; throws {@link Empty} if nobody does. */
    public T getNow() {
        return Outcomes.itemInTime(exchange.get(0), this, null);
    }

    /** Hands over an end marker, which ends one loop over {@link #items}; waits as put does. */
    public void putEnd() {
        Outcomes.put(exchange.put(Exchange.END), this, null);
    }

    /**
     * The items to come, for a loop: takes one after the other and waits for them, until an end
     * marker comes or the channel is closed.
     */
    public Iterable<T> items() {
        return () -> new Items<>(exchange, this);
    }

    /** How many more wait in put than in get; negative if more wait in get. */
    public int balance() {
        return exchange.balance();
    }

    /** Ends it: put and get throw {@link ShutDown}, also where somebody waits in them. */
    public void close() {
        exchange.lock();
        try {
            exchange.close();
        } finally {
            exchange.unlock();
        }
    }

    /** Whether get would not wait: somebody waits in put, or the channel is closed. */
    @Override
    public boolean ready() {
        return exchange.ready();
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        exchange.rawLink(this, callback);
    }

    @Override
    public void unlink(Object callback) {
        exchange.unlink(callback);
    }

    @Override
    public String toString() {
        return "Channel[balance " + balance() + "]";
    }
}
