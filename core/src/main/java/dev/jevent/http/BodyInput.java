package dev.jevent.http;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.internal.Effort;
import dev.jevent.internal.io.Transfers;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/** The body of a request: none, of a known length, or in chunks. For one reader at a time. */
final class BodyInput extends InputStream {

    private final HttpConnection connection;
    private final WireInput input;
    private final Request request;
    private final long length;
    private final @Nullable ChunkDecoder chunks; // null: of a known length
    private final byte[] one = new byte[1];
    private final Effort effort = new Effort(); // in small reads and small chunks
    private long read;
    private boolean begun;
    private boolean ended;
    private boolean mustAsk;
    private boolean closed;
    private boolean over;
    private boolean busy;
    private boolean cut;
    private @Nullable HttpException failure;

    BodyInput(HttpConnection connection, Request request, RequestHead head) {
        this.connection = connection;
        input = connection.input();
        this.request = request;
        chunks = head.isChunked() ? new ChunkDecoder(connection.limits()) : null;
        length = Math.max(0, head.contentLength());
        ended = chunks == null && length == 0;
        mustAsk = head.expectsContinue() && !ended;
    }

    // ---- reading

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * As ever.
     *
     * @throws IllegalStateException if the request is over
     * @throws ConcurrentObjectUseError if another greenlet is reading
     */
    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        effort.pause();
        checkUsable();
        if (len == 0) {
            return 0;
        }
        busy = true;
        try {
            if (!connection.isHome()) {
                VarHandle.fullFence(); // either over() sees that this is busy, or this that it is
                // over
                checkNotOver();
            }
            return readOn(b, off, len);
        } finally {
            busy = false;
        }
    }

    private void checkNotOver() {
        if (over) {
            throw new IllegalStateException(
                    "the request of this body is over: its handler has returned");
        }
    }

    private void checkUsable() throws IOException {
        checkNotOver();
        if (closed) {
            throw new IOException("the body of the request was closed");
        }
        if (busy) {
            throw new ConcurrentObjectUseError("another greenlet reads the body of this request");
        }
    }

    private int readOn(byte[] b, int off, int len) throws IOException {
        if (ended) {
            return -1;
        }
        if (failure != null) {
            throw failure;
        }
        effort.add(Effort.CALL);
        try {
            if (!begun) {
                begin();
            }
            return chunks == null ? readPlain(b, off, len) : readChunk(chunks, b, off, len);
        } catch (HttpException e) {
            failure = e;
            throw e;
        }
    }

    private void begin() throws IOException {
        begun = true;
        checkSize(length);
        if (mustAsk) {
            mustAsk = false;
            connection.sendContinue();
        }
    }

    private void checkSize(long size) {
        if (size > request.bodyLimit()) {
            throw new HttpException(
                    413, "the body is longer than " + request.bodyLimit() + " bytes", true);
        }
    }

    private int readPlain(byte[] b, int off, int len) throws IOException {
        int n = input.receiveBody(b, off, (int) Math.min(len, length - read), length - read);
        if (n < 0) {
            throw gone();
        }
        read += n;
        ended = read == length;
        return n;
    }

    private int readChunk(ChunkDecoder c, byte[] b, int off, int len) throws IOException {
        while (c.left() == 0) {
            input.skip(c);
            if (c.isDone()) {
                ended = true;
                return -1;
            }
            effort.add(Effort.CALL);
            if (c.left() > 0) {
                checkSize(c.left() > Long.MAX_VALUE - read ? Long.MAX_VALUE : read + c.left());
            } else if (!input.fillBody()) {
                throw gone();
            }
        }
        long wanted =
                c.left() < Transfers.SIZE / 2 ? Long.MAX_VALUE : c.left(); // and the next ones
        int n = input.receiveBody(b, off, (int) Math.min(len, c.left()), wanted);
        if (n < 0) {
            throw gone();
        }
        c.took(n);
        read += n;
        return n;
    }

    private EOFException gone() {
        cut = true;
        return new EOFException(
                "the body has ended after "
                        + read
                        + " bytes"
                        + (chunks == null ? " of " + length : ", before its last chunk"));
    }

    /** What can be read without waiting, or less. */
    @Override
    public int available() throws IOException {
        checkUsable();
        long inBuffer = input.buffered();
        return (int)
                (chunks == null
                        ? Math.min(inBuffer, length - read)
                        : Math.min(inBuffer, chunks.left()));
    }

    /** It is read no more; what is left of it is the server's business. */
    @Override
    public void close() {
        closed = true;
    }

    // ---- for the connection

    boolean hasBegun() {
        return begun;
    }

    /** Whether nothing of it is left on the input. */
    boolean isEnded() {
        return ended;
    }

    /** Whether the client has ended it too early. */
    boolean isCut() {
        return cut;
    }

    /** Whether somebody is reading, who should not when the handler has returned. */
    boolean isBusy() {
        return busy;
    }

    /** Nobody may read any more; whether nobody does. */
    boolean over() {
        over = true;
        if (!ended) {
            VarHandle.fullFence();
        }
        return !busy;
    }

    /** Whether the client still waits to be asked for it. */
    boolean isUnasked() {
        return mustAsk;
    }

    /** How many bytes were read. */
    long count() {
        return read;
    }

    /** Whether more is left than is worth to be read for nothing. */
    boolean isTooLong(long most) {
        return !ended
                && (mustAsk || cut || failure != null || chunks == null && length - read > most);
    }

    /** Reads what is left, if it is not more than that; whether it is at its end then. */
    boolean drain(byte[] scratch, long most) throws IOException {
        if (isTooLong(most)) {
            return false;
        }
        for (long left = most; left >= 0 && !ended; ) {
            effort.pause();
            int n = readOn(scratch, 0, scratch.length);
            left -= Math.max(n, 0);
        }
        return ended;
    }

    Headers trailers() {
        return chunks == null ? new FieldList() : chunks.trailers();
    }
}
