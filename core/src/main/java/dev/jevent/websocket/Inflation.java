package dev.jevent.websocket;

import dev.jevent.internal.Effort;

import org.jspecify.annotations.Nullable;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses the messages of one connection (RFC 7692, 7.2.2), into a {@link MessageBuilder} that
 * says how much they may become. For the receiver.
 */
final class Inflation {

    private static final int PIECE = 16 * 1024; // decompressed at once
    private static final byte[] TAIL = {0, 0, -1, -1};

    private final boolean forgets;
    private @Nullable Inflater inflater;
    private boolean fresh; // nothing came since the last block that said that it is the last

    Inflation(boolean forgets) {
        this.forgets = forgets;
    }

    /** A piece of a message. */
    void data(byte[] b, int off, int len, MessageBuilder to) throws WebSocketException {
        Inflater i = inflater;
        if (i == null) {
            i = Zlib.takeInflater();
            inflater = i;
        }
        fresh = false;
        i.setInput(b, off, len);
        try {
            inflate(i, b, off + len, to);
        } catch (DataFormatException e) {
            throw new WebSocketException(
                    CloseCode.BAD_DATA, "a message that cannot be decompressed", e);
        }
        i.setInput(Buffers.NONE); // the array is somebody else's
    }

    private void inflate(Inflater i, byte[] b, int end, MessageBuilder to)
            throws DataFormatException, WebSocketException {
        while (true) {
            int room = Math.min(PIECE, to.roomForMore());
            int n = i.inflate(to.array(), to.size(), room);
            to.effort().did(Effort.CALL + n);
            if (n > 0) {
                to.added(n);
            } else if (i.finished()) {
                int left = i.getRemaining();
                i.reset(); // a compressor that has said so begins anew as well
                if (left == 0) {
                    fresh = true;
                    return;
                }
                i.setInput(b, end - left, left);
            } else if (i.needsDictionary()) {
                throw new DataFormatException("it wants a dictionary");
            } else if (i.needsInput()) {
                return;
            }
        }
    }

    /** The message is complete. */
    void end(MessageBuilder to) throws WebSocketException {
        if (!fresh) {
            data(TAIL, 0, TAIL.length, to);
        }
        Inflater i = inflater;
        if (forgets && i != null) {
            inflater = null;
            Zlib.give(i);
        }
    }

    /** Whether it has a decompressor of its own now. */
    boolean holds() {
        return inflater != null;
    }

    /** The connection has ended. */
    void release() {
        Inflater i = inflater;
        if (i != null) {
            inflater = null;
            i.end();
        }
    }
}
