package dev.jevent.ssl;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Buffers that connections share: each has one only while data goes through it, so that a
 * connection at rest has none. A few wait here for the next who needs one; any thread.
 */
final class Buffers {

    /** As much as one call on a descriptor moves; three full records. */
    static final int SIZE = 64 * 1024;

    /** The longest record that the JDK's engine takes, with its header. */
    static final int LONGEST_RECORD = 33_093;

    private static final int SLOTS =
            Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());
    private static final AtomicReferenceArray<ByteBuffer> FREE = new AtomicReferenceArray<>(SLOTS);

    private Buffers() {}

    /** An empty one, in the heap, from position 0 to its capacity. */
    static ByteBuffer take() {
        for (int i = 0; i < SLOTS; i++) {
            ByteBuffer free = FREE.getPlain(i);
            if (free != null && FREE.compareAndSet(i, free, null)) {
                return free.clear();
            }
        }
        return ByteBuffer.allocate(SIZE);
    }

    /** Gives it back; nobody may keep it. What is not of the usual size is forgotten. */
    static void give(ByteBuffer buffer) {
        if (buffer.capacity() == SIZE) {
            for (int i = 0; i < SLOTS; i++) {
                if (FREE.getPlain(i) == null && FREE.compareAndSet(i, null, buffer)) {
                    return;
                }
            }
        }
    }
}
