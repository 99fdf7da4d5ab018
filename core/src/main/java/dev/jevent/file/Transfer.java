package dev.jevent.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Pieces of buffers, and copies between channels in which each call waits in its own way. */
final class Transfer {

    static final int PIECE = 1 << 18;

    private Transfer() {}

    private static ByteBuffer buffer(long count) {
        return ByteBuffer.allocate((int) Math.min(count, PIECE));
    }

    /** Copies from a place of a file, until its end or until the target takes no more. */
    static long copy(FileChannel from, long position, long count, WritableByteChannel to)
            throws IOException {
        ByteBuffer piece = buffer(count);
        long done = 0;
        while (done < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - done));
            if (from.read(piece, position + done) <= 0) {
                break;
            }
            piece.flip();
            int n = to.write(piece);
            done += n;
            if (n == 0) {
                break;
            }
        }
        return done;
    }

    /** Copies to a place of a file, until the end of the source or until it has no more now. */
    static long copy(ReadableByteChannel from, FileChannel to, long position, long count)
            throws IOException {
        ByteBuffer piece = buffer(count);
        long done = 0;
        while (done < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - done));
            if (from.read(piece) <= 0) {
                break;
            }
            piece.flip();
            while (piece.hasRemaining()) {
                done += to.write(piece, position + done);
            }
        }
        return done;
    }

    // ---- buffers

    /** A copy of what is next, at most a piece; the buffers stay as they are. */
    static byte[] gather(ByteBuffer[] srcs, int offset, int length) {
        int size = 0;
        for (int i = offset; i < offset + length && size < PIECE; i++) {
            size += Math.min(srcs[i].remaining(), PIECE - size);
        }
        byte[] bytes = new byte[size];
        int filled = 0;
        for (int i = offset; filled < size; i++) {
            int n = Math.min(srcs[i].remaining(), size - filled);
            srcs[i].get(srcs[i].position(), bytes, filled, n);
            filled += n;
        }
        return bytes;
    }

    /** Counts what was written. */
    static void advance(ByteBuffer[] srcs, int offset, int length, int bytes) {
        int left = bytes;
        for (int i = offset; i < offset + length && left > 0; i++) {
            int n = Math.min(srcs[i].remaining(), left);
            srcs[i].position(srcs[i].position() + n);
            left -= n;
        }
    }

    /** Whether something is left in any. */
    static boolean hasRemaining(ByteBuffer[] srcs, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (srcs[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }
}
