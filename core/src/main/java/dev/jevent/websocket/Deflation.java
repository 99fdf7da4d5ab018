package dev.jevent.websocket;

import dev.jevent.internal.Effort;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Compresses the messages of one connection (RFC 7692, 7.2.1). One after the other; it waits for
 * nobody, so that one without a window of its own needs a compressor only for a moment, but gives
 * way between the pieces of a long one.
 */
final class Deflation {

    private static final int TAIL = 4; // 00 00 FF FF, which is not sent
    private static final int ROOM = 16; // more than the end of a block

    private static final int SLICE = 16 * 1024; // of the input
    private static final int HARD = 4; // how many times the work of reading a byte

    private final int level;
    private final int threshold;
    private final boolean forgets;
    private final int piece; // no reference goes further back
    private final Effort effort = new Effort();
    private @Nullable Deflater own;
    private byte[] out = Buffers.NONE;
    private int end;

    Deflation(Compression wanted, boolean forgets, int bits) {
        level = wanted.level();
        threshold = Math.max(1, wanted.threshold());
        this.forgets = forgets;
        piece = bits == Terms.MOST_BITS ? Integer.MAX_VALUE : 1 << bits;
    }

    /** Whether a message of so many bytes is worth it. */
    boolean wants(int length) {
        return length >= threshold;
    }

    /**
     * Compresses a message.
     *
     * @param first where the result begins, or another array if it is not large enough: see {@link
     *     #takeOut}
     * @param at where in the array
     * @return where the result ends; -1 if it is not shorter, so that the message can as well be
     *     sent as it is
     */
    int deflate(byte[] b, int off, int len, byte[] first, int at) {
        Deflater d = own == null ? Zlib.takeDeflater(level) : own;
        out = first;
        end = at;
        int most = forgets ? at + len + TAIL : Integer.MAX_VALUE;
        boolean shorter = true;
        for (int done = 0; done < len && shorter; ) {
            int left = piece - done % piece;
            int n = Math.min(Math.min(SLICE, left), len - done);
            d.setInput(b, off + done, n);
            done += n;
            shorter = drain(d, flush(n == left, done == len), most);
            effort.did(HARD * n);
        }
        d.setInput(Buffers.NONE);
        if (forgets) {
            Zlib.give(d, level);
        } else {
            own = d;
        }
        end -= TAIL;
        return shorter ? end : -1;
    }

    private int flush(boolean endsPiece, boolean last) {
        if (last) {
            return Deflater.SYNC_FLUSH;
        }
        return !endsPiece ? Deflater.NO_FLUSH : forgets ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH;
    }

    private boolean drain(Deflater d, int flush, int most) {
        do {
            if (end >= most) {
                return false;
            }
            if (out.length - end < ROOM) {
                out = Arrays.copyOf(out, 2 * out.length);
            }
            end += d.deflate(out, end, out.length - end, flush);
        } while (end == out.length); // full: there may be more
        return end < most;
    }

    /** The array of the last result. */
    byte[] takeOut() {
        byte[] taken = out;
        out = Buffers.NONE;
        return taken;
    }

    /** Whether it has a compressor of its own now. */
    boolean holds() {
        return own != null;
    }

    /** The connection has ended. */
    void release() {
        if (own != null) {
            own.end();
            own = null;
        }
    }
}
