package dev.jevent.queue;

import dev.jevent.Waitable;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Takes item after item until an end marker, which it takes too, or until the source is shut down
 * and has nothing left. For one thread.
 */
final class Items<T> implements Iterator<T> {

    private final Exchange exchange;
    private final Waitable source;
    private @Nullable Object next;

    Items(Exchange exchange, Waitable source) {
        this.exchange = exchange;
        this.source = source;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            next = exchange.get();
        }
        return next != Exchange.END && next != Exchange.CLOSED;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the items of " + source + " have come to their end");
        }
        Object item = next;
        next = null;
        return Outcomes.item(item, source);
    }
}
