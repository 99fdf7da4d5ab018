package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Ciphertext that was received and not yet unwrapped, between the position and the limit of the
 * buffer. While a reader waits the buffer is as large as what is in it. For one reader at a time.
 */
final class Inbound {

    static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private static final int HEADER = 5;

    private @Nullable ByteBuffer buffer;

    /** From which the engine unwraps. */
    ByteBuffer view() {
        ByteBuffer b = buffer;
        return b == null ? EMPTY : b;
    }

    int remaining() {
        ByteBuffer b = buffer;
        return b == null ? 0 : b.remaining();
    }

    /** The byte at so many places after the first; it must be there. */
    int at(int index) {
        ByteBuffer b = view();
        return b.get(b.position() + index) & 0xFF;
    }

    /** How long the first record is, as far as can be told; at least the length of a header. */
    int recordLength() {
        if (remaining() < HEADER) {
            return HEADER;
        }
        return HEADER + (at(3) << 8 | at(4));
    }

    /** Whether the engine has enough to say something of it. */
    boolean hasRecord() {
        int available = remaining();
        int length = recordLength();
        return available >= HEADER && (available >= length || length > Buffers.LONGEST_RECORD);
    }

    /** The buffer with room behind its limit for so many bytes at least. */
    ByteBuffer withRoom(int room) {
        ByteBuffer b = buffer;
        if (b != null && !b.hasRemaining()) {
            b.position(0).limit(0);
        }
        if (b != null && b.capacity() - b.limit() >= room) {
            return b;
        }
        int length = remaining();
        ByteBuffer larger =
                length + room <= Buffers.SIZE
                        ? roomOfPool(b)
                        : ByteBuffer.allocate(length + room).limit(b == null ? 0 : length + room);
        if (b != null && larger != b) {
            larger.put(b);
            larger.flip();
            Buffers.give(b);
        }
        buffer = larger;
        return larger;
    }

    /** What is there moves to the front, if the buffer is of the usual size. */
    private static ByteBuffer roomOfPool(@Nullable ByteBuffer b) {
        if (b != null && b.capacity() == Buffers.SIZE) {
            return b.compact().flip();
        }
        ByteBuffer taken = Buffers.take();
        return b == null ? taken.limit(0) : taken;
    }

    /** What was received elsewhere. */
    void put(byte[] bytes) {
        ByteBuffer b = withRoom(bytes.length);
        int end = b.limit();
        b.limit(end + bytes.length);
        b.put(end, bytes);
    }

    /** As {@link #withRoom}, in a buffer of its own that is just so large. */
    ByteBuffer withRoomOfItsOwn(int size) {
        ByteBuffer b = buffer;
        if (b == null || b.capacity() != size) {
            ByteBuffer own = ByteBuffer.allocate(Math.max(size, remaining()));
            own.put(view());
            buffer = own.flip();
        } else {
            b.compact().flip();
        }
        return buffer;
    }

    /** Nothing comes for now. */
    void rest() {
        ByteBuffer b = buffer;
        if (b != null && b.capacity() == Buffers.SIZE) {
            ByteBuffer small = null;
            if (b.hasRemaining()) {
                small = ByteBuffer.allocate(b.remaining());
                small.put(b).flip();
            }
            buffer = small;
            Buffers.give(b);
        }
    }

    /** It is not needed if nothing is in it. */
    void releaseIfEmpty() {
        ByteBuffer b = buffer;
        if (b != null && !b.hasRemaining() && b.capacity() == Buffers.SIZE) {
            buffer = null;
            Buffers.give(b);
        }
    }
}
