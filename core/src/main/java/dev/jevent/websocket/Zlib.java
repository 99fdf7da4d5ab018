package dev.jevent.websocket;

import dev.jevent.internal.SpinLock;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compressors and decompressors that are not in use, a few of each for all connections: making one
 * costs more than a message, and each has memory outside of the heap, up to 270 and 45 KiB. What
 * finds no place here is ended.
 */
final class Zlib {

    private static final int MOST = 2 * Runtime.getRuntime().availableProcessors();

    private static final class Pool<T> extends SpinLock {
        private final Object[] free = new Object[MOST]; // guarded by this
        private int count; // guarded by this

        @SuppressWarnings("unchecked")
        @Nullable T poll() {
            lock();
            Object found = null;
            if (count > 0) {
                found = free[--count];
                free[count] = this; // anything but that
            }
            unlock();
            return (T) found;
        }

        boolean offer(T unused) {
            lock();
            boolean room = count < MOST;
            if (room) {
                free[count++] = unused;
            }
            unlock();
            return room;
        }
    }

    // One pool for each level: a compressor whose level was changed does nothing the first time.
    private static final List<Pool<Deflater>> DEFLATERS =
            Stream.generate(() -> new Pool<Deflater>()).limit(10).toList();
    private static final Pool<Inflater> INFLATERS = new Pool<>();

    private Zlib() {}

    static Deflater takeDeflater(int level) {
        Deflater d = DEFLATERS.get(level).poll();
        return d == null ? new Deflater(level, true) : d;
    }

    static void give(Deflater d, int level) {
        d.reset();
        if (!DEFLATERS.get(level).offer(d)) {
            d.end();
        }
    }

    static Inflater takeInflater() {
        Inflater i = INFLATERS.poll();
        return i == null ? new Inflater(true) : i;
    }

    static void give(Inflater i) {
        i.reset();
        if (!INFLATERS.offer(i)) {
            i.end();
        }
    }
}
