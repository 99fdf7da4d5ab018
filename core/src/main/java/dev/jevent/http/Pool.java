package dev.jevent.http;

import dev.jevent.internal.SpinLock;

import java.util.function.Supplier;

/**
 * Objects of one kind that are not in use, so that only connections with something under way have
 * some. The last one that came back is the first to go out, for it is in the processor's cache.
 * Those at home have their own ones, and need no lock for them.
 */
class Pool<T> extends SpinLock {

    private static final int MOST = 256;
    private static final Object NONE = new Object();

    private final Supplier<T> maker;
    private final Home home;
    private final Object[] freeAtHome = new Object[MOST]; // of the home's thread
    private int countAtHome;
    private final Object[] free = new Object[MOST]; // guarded by this
    private int count; // guarded by this

    Pool(Supplier<T> maker, Home home) {
        this.maker = maker;
        this.home = home;
    }

    @SuppressWarnings("unchecked") // what is below the count was given
    T take() {
        if (countAtHome > 0 && home.isHere()) {
            Object one = freeAtHome[--countAtHome];
            freeAtHome[countAtHome] = NONE;
            return (T) one;
        }
        lock();
        try {
            if (count > 0) {
                Object one = free[--count];
                free[count] = NONE;
                return (T) one;
            }
        } finally {
            unlock();
        }
        return maker.get();
    }

    /** Gives one back that nobody else uses any more. */
    void give(T one) {
        if (countAtHome < MOST && home.isHere()) {
            freeAtHome[countAtHome++] = one;
            return;
        }
        lock();
        try {
            if (count < MOST) {
                free[count++] = one;
            }
        } finally {
            unlock();
        }
    }

    /** About how many are not in use. */
    int free() {
        lock();
        int n = count;
        unlock();
        return n + countAtHome;
    }
}
