package dev.jevent.internal.io;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Copies from one of our streams to another one without a buffer for each connection: one is taken
 * when something has come, and given back when it is written. Buffers wait here for the next who
 * needs one; any thread.
 */
public final class Transfers {

    /** An output stream of ours: when a write has returned, it does not know the array any more. */
    public interface Sink {}

    /** Where the bytes come from. */
    public interface Source {

        /** Waits, if it is known that there is nothing to read. */
        void awaitNews() throws IOException;

        /** As {@link java.io.InputStream#read(byte[], int, int)}. */
        int read(byte[] b, int off, int len) throws IOException;
    }

    /** How large the buffers are, in bytes. */
    public static final int SIZE = 64 * 1024;

    private static final int SLOTS =
            Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());
    private static final AtomicReferenceArray<byte[]> FREE = new AtomicReferenceArray<>(SLOTS);

    private Transfers() {}

    /** A buffer of that size, with whatever is in it. */
    public static byte[] take() {
        for (int i = 0; i < SLOTS; i++) {
            byte[] free = FREE.getPlain(i);
            if (free != null && FREE.compareAndSet(i, free, null)) {
                return free;
            }
        }
        return new byte[SIZE];
    }

    /** Gives one back that nobody uses any more. */
    public static void give(byte[] buffer) {
        for (int i = 0; i < SLOTS; i++) {
            if (FREE.getPlain(i) == null && FREE.compareAndSet(i, null, buffer)) {
                return;
            }
        }
    }

    /**
     * Copies all there is, to the end.
     *
     * @param to a {@link Sink}: another stream might keep the array, which others get afterwards
     * @return how much; {@code Long.MAX_VALUE} if it was more
     */
    public static long copy(Source from, OutputStream to) throws IOException {
        long total = 0;
        for (; ; ) {
            from.awaitNews();
            byte[] buffer = take();
            int n = from.read(buffer, 0, SIZE);
            if (n < 0) {
                give(buffer);
                return total;
            }
            to.write(buffer, 0, n);
            give(buffer); // not if it throws: a write that was broken off may still be using it
            total = total > Long.MAX_VALUE - n ? Long.MAX_VALUE : total + n;
        }
    }
}
