package dev.jevent.http;

import dev.jevent.internal.SpinLock;

/**
 * Buffers of one size that are not in use, so that only connections with something under way have
 * some. The last one that came back is the first to go out, for it is in the processor's cache.
 */
final class BufferPool extends SpinLock {

    private static final int MOST = 256;
    private static final byte[] NONE = new byte[0];

    private final int size;
    private final byte[][] free = new byte[MOST][]; // guarded by this
    private int count; // guarded by this

    BufferPool(int size) {
        this.size = size;
    }

    byte[] take() {
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
        lock();
        try {
            if (count < MOST) {
                free[count++] = b;
            }
        } finally {
            unlock();
        }
    }

    /** How many are not in use. */
    int free() {
        lock();
        int n = count;
        unlock();
        return n;
    }
}
