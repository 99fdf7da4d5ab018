package dev.jevent.http;

import dev.jevent.internal.SpinLock;

/**
 * Buffers of one size that are not in use, so that only connections with something under way have
 * some. The last one that came back is the first to go out, for it is in the processor's cache.
 * Those at home have their own ones, and need no lock for them.
 */
final class BufferPool extends SpinLock {

    private static final int MOST = 256;
    private static final byte[] NONE = new byte[0];

    private final int size;
    private final Home home;
    private final byte[][] freeAtHome = new byte[MOST][]; // of the home's thread
    private int countAtHome;
    private final byte[][] free = new byte[MOST][]; // guarded by this
    private int count; // guarded by this

    BufferPool(int size, Home home) {
        this.size = size;
        this.home = home;
    }

    byte[] take() {
        if (countAtHome > 0 && home.isHere()) {
            byte[] b = freeAtHome[--countAtHome];
            freeAtHome[countAtHome] = NONE;
            return b;
        }
        lock();
        try {
            if (count > 0) {
                byte[] b = free[--count];
                free[count] = NONE;
                return b;
            }
        } finally {
            unlock();
        }
        return new byte[size];
    }

    /** Gives one back that nobody else uses any more. One of another size is forgotten. */
    void give(byte[] b) {
        if (b.length != size) {
            return;
        }
        if (countAtHome < MOST && home.isHere()) {
            freeAtHome[countAtHome++] = b;
            return;
        }
        lock();
        try {
            if (count < MOST) {
                free[count++] = b;
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
