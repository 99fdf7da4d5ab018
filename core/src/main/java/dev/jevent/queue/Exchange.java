package dev.jevent.queue;

import dev.jevent.internal.WaitQueue;

import org.jspecify.annotations.Nullable;

/**
 * Where those who put and those who get meet: what queues and channels have in common. A channel is
 * one that stores nothing.
 *
 * <p>Under the lock, at its release, this is so:
 *
 * <ul>
 *   <li>while something is stored, no getter and no peeker waits (but for those who gave up);
 *   <li>while there is room, no putter waits;
 *   <li>getters and putters that wait are never two who could meet: who comes looks for the other
 *       side first, under the lock. The only exception is a {@link Select} that stands on both
 *       sides, and it does not meet itself, because it looks before it stands.
 * </ul>
 */
class Exchange extends Guarded {

    /** The end marker, as an item. */
    static final Object END = new Object();

    /** What a get or put comes to when this is shut down. */
    static final Object CLOSED = new Object();

    /** What a put comes to when there is no room in time. */
    static final Object FULL = new Object();

    /** What a put comes to when the comparator threw at its item. */
    record Refused(Throwable error) {}

    static final int UNBOUNDED = Integer.MAX_VALUE;

    // guarded by the lock, from here on

    final Store store;
    final WaitQueue<Object> getters = new WaitQueue<>();
    final WaitQueue<Object> putters = new WaitQueue<>();
    private @Nullable WaitQueue<Object> peekers; // null: there never was one
    int capacity;
    boolean closed;
    int ends; // end markers in the store
    long unfinished; // items put for which no taskDone came

    /**
     * A new one.
     *
     * @param capacity 0 makes a channel
     */
    Exchange(Store store, int capacity) {
        super(store.callsUser());
        this.store = store;
        this.capacity = capacity;
    }

    // ---- put

    /** Puts the item; waits until it is in. Null, or what became of it instead. */
    @Nullable Object put(Object item) {
        Stand me;
        lock();
        try {
            Object outcome = admit(item);
            if (outcome != FULL) {
                return outcome;
            }
            me = new Stand(item); // may throw what is pending for the caller
            addPutter(me);
        } finally {
            unlock();
        }
        try {
            return me.get();
        } catch (Throwable e) {
            leave(putters, me);
            throw e;
        }
    }

    /** As {@link #put(Object)}, but waits not longer than the time; 0 does not wait. */
    @Nullable Object put(Object item, long nanos) {
        Stand me;
        lock();
        try {
            Object outcome = admit(item);
            if (outcome != FULL || nanos <= 0) {
                return outcome;
            }
            me = new Stand(item);
            addPutter(me);
        } finally {
            unlock();
        }
        return await(putters, me, nanos) ? me.get() : FULL;
    }

    /** Under the lock: takes the item in if that can be done now. Null, {@code FULL}, CLOSED. */
    @Nullable Object admit(Object item) {
        if (closed) {
            return CLOSED;
        }
        int place = store.place(item); // may throw: nothing has happened
        if (!getters.isEmpty() && handOver(item, true)) {
            return null;
        }
        if (store.size >= capacity) {
            return FULL;
        }
        insert(item, place);
        count(item);
        return null;
    }

    /** To the first getter who is still there. They wait, so nothing is stored. */
    final boolean handOver(Object item, boolean counts) {
        for (Stand g = (Stand) getters.poll(); g != null; g = (Stand) getters.poll()) {
            Object decided = g.decide(item);
            if (decided != null) {
                note(decided);
                if (counts) {
                    count(item);
                }
                showPeekers(item);
                return true;
            }
        }
        return false;
    }

    private void insert(Object item, int place) {
        store.insert(item, place);
        if (item == END) {
            ends++;
        }
        showPeekers(item);
        tellLinks();
    }

    private void count(Object item) {
        if (item != END) {
            unfinished++;
        }
    }

    /** Under the lock. */
    void addPutter(Stand putter) {
        putters.add(putter);
        if (capacity == 0) {
            tellLinks(); // a channel is ready
        }
    }

    /** Takes in what waits to be put, while there is room. */
    final void letPuttersIn() {
        while (store.size < capacity) {
            Stand p = (Stand) putters.poll();
            if (p == null) {
                return;
            }
            Object item = p.item;
            int place;
            try {
                place = store.place(item);
            } catch (Throwable e) {
                // the comparator does not like it: that is the putter's to know, not the caller's
                wakeWith(p, new Refused(e));
                continue;
            }
            if (wakeWith(p, null)) {
                insert(item, place);
                count(item);
            }
        }
    }

    // ---- get

    /** Takes an item, {@code END} perhaps; waits for it. {@code CLOSED} if none will come. */
    Object get() {
        Stand me;
        lock();
        try {
            Object item = take();
            if (item != null) {
                return item;
            }
            me = new Stand(null); // may throw what is pending for the caller
            getters.add(me);
        } finally {
            unlock();
        }
        try {
            return me.get();
        } catch (Throwable e) {
            leave(getters, me);
            throw e;
        }
    }

    /** As {@link #get()}, but waits not longer than the time; 0 does not wait. Null: too late. */
    @Nullable Object get(long nanos) {
        Stand me;
        lock();
        try {
            Object item = take();
            if (item != null || nanos <= 0) {
                return item;
            }
            me = new Stand(null);
            getters.add(me);
        } finally {
            unlock();
        }
        return await(getters, me, nanos) ? me.get() : null;
    }

    /** Under the lock: what can be taken now; null if nothing. */
    @Nullable Object take() {
        Object item;
        if (store.size > 0) {
            item = store.take(); // may throw: nothing has happened
            if (item == END) {
                ends--;
            }
        } else {
            item = putters.isEmpty() ? null : takeFromPutter();
        }
        if (!putters.isEmpty()) {
            letPuttersIn();
        }
        return item == null && closed ? CLOSED : item;
    }

    private @Nullable Object takeFromPutter() {
        for (Stand p = (Stand) putters.poll(); p != null; p = (Stand) putters.poll()) {
            if (wakeWith(p, null)) {
                count(p.item);
                return p.item;
            }
        }
        return null;
    }

    /** Java's poll: an end marker is not taken, and what is shut down is only empty. */
    @Nullable Object poll() {
        lock();
        try {
            if (store.size == 0 || ends > 0 && store.first() == END) {
                return null;
            }
            return take();
        } finally {
            unlock();
        }
    }

    // ---- peek

    /** The item that a get would take; waits for it. {@code CLOSED} if none will come. */
    Object peekWait() {
        Stand me;
        lock();
        try {
            Object item = peek();
            if (item != null) {
                return item;
            }
            me = addPeeker();
        } finally {
            unlock();
        }
        try {
            return me.get();
        } catch (Throwable e) {
            leave(peekers, me);
            throw e;
        }
    }

    /** As {@link #peekWait()}, but not longer than the time; 0 does not wait. Null: too late. */
    @Nullable Object peekWait(long nanos) {
        Stand me;
        lock();
        try {
            Object item = peek();
            if (item != null || nanos <= 0) {
                return item;
            }
            me = addPeeker();
        } finally {
            unlock();
        }
        return await(peekers, me, nanos) ? me.get() : null;
    }

    /** Under the lock. */
    private @Nullable Object peek() {
        return store.size > 0 ? store.first() : closed ? CLOSED : null;
    }

    private Stand addPeeker() {
        var me = new Stand(null);
        if (peekers == null) {
            peekers = new WaitQueue<>();
        }
        peekers.add(me);
        return me;
    }

    /** All of them see it; who gets it, and when, does not depend on them. */
    final void showPeekers(Object item) {
        if (peekers != null) {
            endAll(peekers, item);
        }
    }

    // ---- state

    /** Under the lock: whether a get would not wait. */
    @Override
    boolean isReady() {
        return store.size > 0 || closed || !putters.isEmpty() && living(putters) > 0;
    }

    /** Under the lock, where a comparator is called: whether a put would not wait. */
    boolean hasRoom() {
        return closed || store.size < capacity;
    }

    /** Takes nothing more; whoever waits is told, and an item that is not in is not put. */
    final void close() {
        closed = true;
        endAll(getters, CLOSED);
        endAll(putters, CLOSED);
        showPeekers(CLOSED);
        tellLinks();
    }

    /** How many more putters wait than getters. */
    final int balance() {
        lock();
        try {
            return living(putters) - living(getters);
        } finally {
            unlock();
        }
    }
}
