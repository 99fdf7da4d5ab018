package dev.jevent.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * A message that is read while it comes, however long it is; see {@link WebSocket#receiveStream}.
 * Of a text these are the bytes in UTF-8, looked at before. It ends where the message ends; if the
 * connection does first, a read throws a {@link WebSocketException}. For one reader at a time; a
 * kill, a timeout or an interrupt loses nothing.
 */
public final class MessageStream extends InputStream {

    private final Receiver receiver;
    private final boolean text;
    private final byte[] one = new byte[1];
    private boolean complete; // all of it has come; the receiver's
    private boolean closed;

    MessageStream(Receiver receiver, boolean text, boolean complete) {
        this.receiver = receiver;
        this.text = text;
        this.complete = complete;
    }

    /** Whether the message is text. */
    public boolean isText() {
        return text;
    }

    boolean isComplete() {
        return complete;
    }

    void complete() {
        complete = true;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (closed) {
            throw new IOException("this stream is closed");
        }
        return len == 0 ? 0 : receiver.read(this, b, off, len);
    }

    /** Reads and drops what is left of the message. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            byte[] dropped = new byte[1024];
            int n = 0;
            while (n >= 0) {
                n = receiver.read(this, dropped, 0, dropped.length);
            }
            closed = true; // not if it was broken off: then it can be done again
        }
    }
}
