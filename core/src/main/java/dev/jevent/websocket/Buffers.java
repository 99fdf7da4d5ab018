package dev.jevent.websocket;

import dev.jevent.internal.SpinLock;

/**
 * Buffers that are not in use, for all connections: one has some only while something comes or
 * goes. The last one that came back is the first to go out, for it is in the processor's cache.
 */
final class Buffers extends SpinLock {

    static final int SIZE = 8 * 1024;
    static final byte[] NONE = new byte[0];

    private static final int MOST = 128;
    private static final Buffers ALL = new Buffers();

    private final byte[][] free = new byte[MOST][]; // guarded by this
    private int count; // guarded by this

    private Buffers() {}

    static byte[] take() {
        byte[] b = ALL.poll();
        return b.length > 0 ? b : new byte[SIZE];
    }

    private byte[] poll() {
        lock();
        byte[] b = NONE;
        if (count > 0) {
            b = free[--count];
            free[count] = NONE;
        }
        unlock();
        return b;
    }

    /** Gives one back that nobody else uses any more; one of another size is forgotten. */
    static void give(byte[] b) {
        if (b.length == SIZE) {
            ALL.add(b);
        }
    }

    private void add(byte[] b) {
        lock();
        if (count < MOST) {
            free[count++] = b;
        }
        unlock();
    }
}
