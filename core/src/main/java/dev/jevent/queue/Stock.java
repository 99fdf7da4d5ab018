package dev.jevent.queue;

import dev.jevent.internal.WaitQueue;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** The exchange of a queue: what there is to do with items that are stored, and with tasks. */
final class Stock extends Exchange {

    private @Nullable WaitQueue<Object> joiners; // guarded by the lock; null: there never was one

    Stock(Store store, int capacity) {
        super(store, capacity);
    }

    // ---- looks

    int size() {
        lock();
        try {
            return store.size - ends;
        } finally {
            unlock();
        }
    }

    int remaining() {
        lock();
        try {
            return capacity == UNBOUNDED ? UNBOUNDED : Math.max(capacity - store.size, 0);
        } finally {
            unlock();
        }
    }

    boolean isFull() {
        lock();
        try {
            return store.size >= capacity;
        } finally {
            unlock();
        }
    }

    int capacity() {
        lock();
        try {
            return capacity;
        } finally {
            unlock();
        }
    }

    boolean isClosed() {
        lock();
        try {
            return closed;
        } finally {
            unlock();
        }
    }

    /** The item that stands first; null if there is none or an end marker stands there. */
    @Nullable Object first() {
        lock();
        try {
            Object item = store.size == 0 ? END : store.first();
            return item == END ? null : item;
        } finally {
            unlock();
        }
    }

    /** All items, without end markers. */
    Object[] items() {
        Object[] all;
        int marked;
        lock();
        try {
            all = store.all();
            marked = ends;
        } finally {
            unlock();
        }
        return marked == 0 ? all : Arrays.stream(all).filter(o -> o != END).toArray();
    }

    /** As much as {@code copyOf} has, open, and nobody waits there. */
    static Stock copyOf(Stock original) {
        original.lock();
        try {
            var copy = new Stock(original.store.copy(), original.capacity);
            copy.ends = original.ends;
            copy.unfinished = original.unfinished;
            return copy;
        } finally {
            original.unlock();
        }
    }

    // ---- changes

    void capacity(int max) {
        lock();
        try {
            capacity = max;
            letPuttersIn();
        } finally {
            unlock();
        }
    }

    /** Takes what is stored, up to so many and to the first end marker. */
    Object[] drain(int max) {
        lock();
        try {
            int n = Math.min(max, store.size);
            var taken = new Object[n];
            for (int i = 0; i < n; i++) {
                if (ends > 0 && store.first() == END) {
                    return Arrays.copyOf(taken, i);
                }
                try {
                    taken[i] = take();
                } catch (Throwable e) { // of a comparator: what was taken before is not lost
                    if (i == 0) {
                        throw e;
                    }
                    return Arrays.copyOf(taken, i);
                }
            }
            return taken;
        } finally {
            unlock();
        }
    }

    /** Undoes a part of a {@link #drain}. There may be more stored than there is room for then. */
    void putBack(Object[] taken, int from) {
        lock();
        try {
            int given = from;
            while (given < taken.length && giveBack(taken[given])) {
                given++;
            }
            for (int i = taken.length - 1; i >= given; i--) {
                store.putBack(taken[i]);
            }
            if (given < taken.length) {
                showPeekers(taken[given]);
                tellLinks();
            }
        } finally {
            unlock();
        }
    }

    /** To one who has begun to wait meanwhile. */
    private boolean giveBack(Object item) {
        return !getters.isEmpty() && handOver(item, false);
    }

    /** Takes out this very object; it counts as done. */
    boolean remove(Object item) {
        lock();
        try {
            if (!store.remove(item)) {
                return false;
            }
            done(1);
            letPuttersIn();
            return true;
        } finally {
            unlock();
        }
    }

    /** Takes out all items, which count as done; end markers stay. */
    void clear() {
        lock();
        try {
            clear(ends);
            letPuttersIn();
        } finally {
            unlock();
        }
    }

    private void clear(int keptEnds) {
        int items = store.size - ends;
        store.clear();
        ends = keptEnds;
        for (int i = 0; i < keptEnds; i++) {
            store.insert(END, store.place(END));
        }
        done(items);
    }

    void shutDown(boolean immediate) {
        lock();
        try {
            close();
            if (immediate) {
                clear(0);
            }
        } finally {
            unlock();
        }
    }

    // ---- tasks

    private void done(long n) {
        if (unfinished > 0 && n > 0) {
            unfinished = Math.max(unfinished - n, 0);
            if (unfinished == 0 && joiners != null) {
                endAll(joiners, null);
            }
        }
    }

    /** False if there is no task left that could be done. */
    boolean taskDone() {
        lock();
        try {
            if (unfinished == 0) {
                return false;
            }
            done(1);
            return true;
        } finally {
            unlock();
        }
    }

    long unfinished() {
        lock();
        try {
            return unfinished;
        } finally {
            unlock();
        }
    }

    void join() {
        Stand me = joiner();
        if (me == null) {
            return;
        }
        try {
            me.get();
        } catch (Throwable e) {
            leave(joiners, me);
            throw e;
        }
    }

    boolean join(long nanos) {
        if (nanos == 0) {
            return unfinished() == 0;
        }
        Stand me = joiner();
        return me == null || await(joiners, me, nanos);
    }

    private @Nullable Stand joiner() {
        lock();
        try {
            if (unfinished == 0) {
                return null;
            }
            var me = new Stand(null);
            if (joiners == null) {
                joiners = new WaitQueue<>();
            }
            joiners.add(me);
            return me;
        } finally {
            unlock();
        }
    }
}
