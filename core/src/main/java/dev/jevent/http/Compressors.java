package dev.jevent.http;

import dev.jevent.internal.SpinLock;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.zip.Deflater;

/**
 * Deflaters, which have a quarter of a megabyte each that the garbage collector does not see: so
 * they are used again, and there are never more than so many. Any thread.
 */
final class Compressors {

    private static final int MOST_IDLE = 16;

    private final int level;
    private final int most;
    private final SpinLock lock = new SpinLock();
    private final ArrayDeque<Deflater> idle = new ArrayDeque<>(MOST_IDLE); // guarded by lock
    private int inUse; // guarded by lock

    Compressors(int level, int most) {
        this.level = level;
        this.most = most;
    }

    /** One that is fresh, to be given back; null if there are too many. */
    @Nullable Deflater take() {
        lock.lock();
        try {
            if (inUse == most) {
                return null;
            }
            inUse++;
            Deflater d = idle.pollLast();
            if (d != null) {
                return d;
            }
        } finally {
            lock.unlock();
        }
        boolean made = false;
        try {
            Deflater d = new Deflater(level, true);
            made = true;
            return d;
        } finally {
            if (!made) {
                gone();
            }
        }
    }

    private void gone() {
        lock.lock();
        inUse--;
        lock.unlock();
    }

    /** Nobody uses it any more. */
    void give(Deflater d) {
        d.reset();
        boolean kept;
        lock.lock();
        try {
            inUse--;
            kept = idle.size() < MOST_IDLE;
            if (kept) {
                idle.addLast(d);
            }
        } finally {
            lock.unlock();
        }
        if (!kept) {
            d.end();
        }
    }

    /** Somebody may still use it: it goes to nobody else. */
    void giveUp(Deflater d) {
        gone();
        d.end();
    }

    int inUse() {
        lock.lock();
        int n = inUse;
        lock.unlock();
        return n;
    }

    int idle() {
        lock.lock();
        int n = idle.size();
        lock.unlock();
        return n;
    }
}
