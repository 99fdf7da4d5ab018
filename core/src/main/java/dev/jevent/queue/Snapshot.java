package dev.jevent.queue;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Goes through the items that were in a queue when it was made. */
final class Snapshot<T> implements Iterator<T> {

    private final Stock stock;
    private final Object[] items;
    private int next;
    private @Nullable Object last; // what remove() takes out

    Snapshot(Stock stock) {
        this.stock = stock;
        this.items = stock.items();
    }

    @Override
    public boolean hasNext() {
        return next < items.length;
    }

    @Override
    @SuppressWarnings("unchecked")
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Object item = items[next++];
        last = item;
        return (T) item;
    }

    @Override
    public void remove() {
        Object item = last;
        if (item == null) {
            throw new IllegalStateException("next() comes before remove()");
        }
        last = null;
        stock.remove(item); // does nothing if somebody took it meanwhile
    }
}
