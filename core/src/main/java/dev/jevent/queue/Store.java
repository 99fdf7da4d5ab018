package dev.jevent.queue;

/** Keeps the items of a queue in its order. Guarded by the lock of its {@link Exchange}. */
abstract class Store {

    /** How many there are, end markers included. */
    int size;

    /**
     * Where the item is to stand: asks a comparator and changes nothing, so that nothing has
     * happened if that throws. {@link #insert} comes next.
     */
    abstract int place(Object item);

    /** Puts it there. Throws nothing. */
    abstract void insert(Object item, int place);

    /** The next one to be taken; there is one. */
    abstract Object first();

    /** Takes the next one; there is one. If a comparator throws, nothing has happened. */
    abstract Object take();

    /** Undoes a {@link #take}. */
    abstract void putBack(Object item);

    /** Takes out this very object, not one that equals it. */
    abstract boolean remove(Object item);

    /** All, end markers included. */
    abstract Object[] all();

    /** Lets all go. */
    abstract void clear();

    /** Another one with the same items in the same order. */
    abstract Store copy();

    /** Whether it calls a comparator: user's code, which may do anything. */
    boolean callsUser() {
        return false;
    }
}
