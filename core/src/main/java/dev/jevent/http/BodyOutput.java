package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Where a handler writes the body of its response piece by piece. For one writer at a time. */
final class BodyOutput extends OutputStream {

    private static final int OPEN = 0; // nothing is sent yet
    private static final int PLAIN = 1; // so many bytes, or until the connection ends
    private static final int CHUNKS = 2;
    private static final int NONE = 3; // it is counted only
    private static final int CLOSED = 4;

    private final Response response;
    private final Wire wire;
    private final boolean headOnly;
    private final byte[] one = new byte[1];
    private int mode = OPEN;
    private byte @Nullable [] pending; // not sent yet; while open, and for small chunks
    private int count; // of them
    private long written;

    BodyOutput(Response response, Wire wire, boolean headOnly) {
        this.response = response;
        this.wire = wire;
        this.headOnly = headOnly;
    }

    // ---- writing

    @Override
    public void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (mode == OPEN && response.isCommitted() || mode == CLOSED) {
            throw new IOException("the response has ended");
        }
        if (len == 0) {
            return;
        }
        long length = response.length();
        if (length >= 0 && written + len > length && !headOnly) {
            throw new IOException(
                    "more than the content length of " + length + " bytes was written");
        }
        written += len;
        switch (mode) {
            case OPEN -> open(b, off, len);
            case PLAIN -> wire.put(b, off, len);
            case CHUNKS -> chunk(b, off, len);
            default -> {
                return;
            }
        }
    }

    private void open(byte[] b, int off, int len) throws IOException {
        if (response.length() < 0 && fits(len)) {
            keep(b, off, len);
            return;
        }
        commit();
        switch (mode) {
            case PLAIN -> wire.put(b, off, len);
            case CHUNKS -> chunk(b, off, len);
            default -> {
                return;
            }
        }
    }

    private boolean fits(int len) {
        return count + len <= Wire.OUTPUT / 2;
    }

    private void keep(byte[] b, int off, int len) {
        byte[] p = pending;
        if (p == null) {
            p = wire.takeSpare();
            pending = p;
        }
        System.arraycopy(b, off, p, count, len);
        count += len;
    }

    private void commit() throws IOException {
        boolean inChunks = response.begin(-1);
        mode =
                headOnly || Status.hasNoBody(response.status())
                        ? NONE
                        : inChunks ? CHUNKS : PLAIN;
        if (mode == PLAIN && pending != null) {
            wire.put(pending, 0, count);
            count = 0;
        }
    }

    private void chunk(byte[] b, int off, int len) throws IOException {
        if (fits(len)) {
            keep(b, off, len);
            return;
        }
        putKept();
        wire.putChunkSize(len);
        wire.put(b, off, len);
        wire.putCrLf();
    }

    private void putKept() throws IOException {
        byte[] p = pending;
        if (count > 0 && p != null) {
            wire.putChunkSize(count);
            wire.put(p, 0, count);
            wire.putCrLf();
            count = 0;
        }
    }

    @Override
    public void flush() throws IOException {
        if (mode == OPEN && !response.isCommitted()) {
            commit();
        }
        if (mode == CHUNKS) {
            putKept();
        }
        wire.flush();
    }

    // ---- the end

    @Override
    public void close() throws IOException {
        response.end();
    }

    /**
     * The last of it.
     *
     * @throws IOException if it is less than was said
     */
    void end() throws IOException {
        if (mode == CLOSED) {
            return;
        }
        if (mode == OPEN) {
            endOpen();
        } else if (mode == CHUNKS) {
            putKept();
            putTrailers();
        } else if (mode == PLAIN && response.length() >= 0 && written < response.length()) {
            throw new ShortBody(written, response.length());
        }
        mode = CLOSED;
        release();
        response.ended();
    }

    private void endOpen() throws IOException {
        if (response.trailers() != null) {
            commit();
            if (mode == CHUNKS) {
                putKept();
                putTrailers();
            }
            return;
        }
        if (response.length() > written && !headOnly && !Status.hasNoBody(response.status())) {
            throw new ShortBody(written, response.length());
        }
        boolean ignored = response.begin(count);
        if (!headOnly && pending != null) {
            wire.put(pending, 0, count);
        }
    }

    private void putTrailers() throws IOException {
        wire.putLastChunk();
        FieldList t = response.trailers();
        if (t != null) {
            wire.put(t);
        }
        wire.putCrLf();
    }

    long written() {
        return written;
    }

    /** Nothing was written, after all. */
    void forget() {
        count = 0;
        written = 0;
    }

    boolean hasPending() {
        return written > 0;
    }

    /** Gives back what it has. */
    void release() {
        byte[] p = pending;
        if (p != null) {
            pending = null;
            count = 0;
            wire.giveSpare(p);
        }
    }

    /** The handler's fault, and not the client's. */
    static final class ShortBody extends IOException {
        private static final long serialVersionUID = 1;

        ShortBody(long written, long length) {
            super(
                    "only "
                            + written
                            + " bytes of a body were written whose content length is "
                            + length);
        }
    }
}
