package dev.jevent.http;

import dev.jevent.ConcurrentObjectUseError;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** Where a handler writes the body of its response piece by piece. For one writer at a time. */
final class BodyOutput extends OutputStream {

    private static final int OPEN = 0; // nothing is sent yet
    private static final int PLAIN = 1; // so many bytes, or until the connection ends
    private static final int CHUNKS = 2;
    private static final int NONE = 3; // it is counted only
    private static final int CLOSED = 4;

    private static final int FILE_PIECE = 32 * 1024;

    private final Response response;
    private final WireOutput output;
    private final boolean headOnly;
    private final byte[] one = new byte[1];
    private int mode = OPEN;
    private byte @Nullable [] pending; // not sent yet; while open, and for small chunks
    private int count; // of them
    private long written;
    private @Nullable BodyFilter filter; // what is written goes through it, into chunks
    private long filtered; // bytes that came out of it
    private boolean closed;
    private boolean busy;

    BodyOutput(Response response, WireOutput output, boolean headOnly) {
        this.response = response;
        this.output = output;
        this.headOnly = headOnly;
    }

    // ---- writing

    @Override
    public void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    /**
     * As ever.
     *
     * @throws IllegalStateException if the handler has returned
     * @throws ConcurrentObjectUseError if another greenlet is writing
     */
    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        enter();
        try {
            if (len > 0) {
                add(b, off, len);
            }
        } finally {
            busy = false;
        }
    }

    /**
     * A part of a file, in the kernel where that is possible; only if the content length was set.
     *
     * @throws ShortBody if the file ends before
     */
    void write(FileChannel file, long offset, long count) throws IOException {
        enter();
        try {
            if (mode == OPEN && response.length() >= written + count) {
                commit();
            }
            if (mode == CHUNKS && filter != null) {
                encode(file, offset, count);
                return;
            }
            if (mode != PLAIN && mode != NONE || response.length() < written + count) {
                throw new IllegalStateException("not a part of a body whose length was set");
            }
            written += count;
            if (mode == PLAIN) {
                output.putFile(file, offset, count);
            }
        } finally {
            busy = false;
        }
    }

    private void enter() throws IOException {
        response.checkNotOver();
        if (busy) {
            throw new ConcurrentObjectUseError("another greenlet writes the body of this response");
        }
        if (closed || mode == CLOSED || mode == OPEN && response.isCommitted()) {
            throw new IOException("the body of this response was closed, or sent in one piece");
        }
        busy = true;
        if (!response.connection().isHome()) {
            VarHandle.fullFence(); // either over() sees that this is busy, or this that it is over
            if (response.isOver()) {
                busy = false;
                response.checkNotOver();
            }
        }
    }

    private void add(byte[] b, int off, int len) throws IOException {
        long length = response.length();
        if (length >= 0 && written + len > length && !headOnly) {
            throw new IOException(
                    "more than the content length of " + length + " bytes was written");
        }
        written += len;
        switch (mode) {
            case OPEN -> open(b, off, len);
            case PLAIN -> output.put(b, off, len);
            case CHUNKS -> encode(b, off, len);
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
            case PLAIN -> output.put(b, off, len);
            case CHUNKS -> encode(b, off, len);
            default -> {
                return;
            }
        }
    }

    private boolean fits(int len) {
        return count + len <= WireOutput.SIZE / 2;
    }

    private void keep(byte[] b, int off, int len) {
        byte[] p = pending;
        if (p == null) {
            p = output.takeSpare();
            pending = p;
        }
        System.arraycopy(b, off, p, count, len);
        count += len;
    }

    private void commit() throws IOException {
        BodyOutput ignored = begun(response.begin(-1));
    }

    /** The head is sent; what was kept follows it, but for bare chunks, which can wait. */
    BodyOutput begun(boolean inChunks) throws IOException {
        mode =
                headOnly || Status.hasNoContent(response.status())
                        ? NONE
                        : inChunks ? CHUNKS : PLAIN;
        filter = response.filterInUse();
        byte[] p = pending;
        if (mode == PLAIN && p != null) {
            output.put(p, 0, count);
            count = 0;
        } else if (filter != null && mode == CHUNKS && p != null) {
            int n = count;
            pending = null;
            count = 0;
            encode(p, 0, n);
            output.giveSpare(p);
        }
        return this;
    }

    private void encode(byte[] b, int off, int len) throws IOException {
        BodyFilter f = filter;
        if (f == null) {
            chunk(b, off, len);
        } else {
            f.write(b, off, len, this);
        }
    }

    /** What the filter gives out. */
    void filtered(byte[] b, int off, int len) throws IOException {
        filtered += len;
        chunk(b, off, len);
    }

    private void encode(FileChannel file, long offset, long length) throws IOException {
        int most = (int) Math.min(FILE_PIECE, length);
        ByteBuffer piece = ByteBuffer.allocate(most);
        for (long done = 0; done < length; ) {
            ByteBuffer next = piece.clear().limit((int) Math.min(most, length - done));
            int n = file.read(next, offset + done);
            if (n < 0) {
                throw new ShortBody(done, length);
            }
            add(piece.array(), 0, n);
            done += n;
        }
    }

    private void chunk(byte[] b, int off, int len) throws IOException {
        if (fits(len)) {
            keep(b, off, len);
            return;
        }
        putKept();
        output.putChunkSize(len);
        output.put(b, off, len);
        output.putCrLf();
    }

    private void putKept() throws IOException {
        byte[] p = pending;
        if (count > 0 && p != null) {
            output.putChunkSize(count);
            output.put(p, 0, count);
            output.putCrLf();
            count = 0;
        }
    }

    @Override
    public void flush() throws IOException {
        response.checkNotOver();
        if (closed || mode == CLOSED || mode == OPEN && response.isCommitted()) {
            output.flush();
            return;
        }
        enter();
        try {
            if (mode == OPEN) {
                commit();
            }
            if (mode == CHUNKS) {
                if (filter != null) {
                    filter.flush(this);
                }
                putKept();
            }
            output.flush();
        } finally {
            busy = false;
        }
    }

    // ---- the end

    /**
     * No more is written. That it is complete the client learns when the handler has returned: one
     * that throws also closes what it writes to, and the client must not take a part for the whole.
     */
    @Override
    public void close() throws IOException {
        if (!closed && mode != CLOSED) {
            closed = true;
            checkLength();
        }
    }

    private void checkLength() throws ShortBody {
        if (response.length() > written && !headOnly && !Status.hasNoContent(response.status())) {
            throw new ShortBody(written, response.length());
        }
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
        checkNotBusy();
        checkLength();
        if (mode == OPEN) {
            endOpen();
        } else {
            endChunks();
        }
        mode = CLOSED;
        release();
        response.ended();
    }

    private void endChunks() throws IOException {
        if (mode == CHUNKS) {
            if (filter != null) {
                filter.end(this);
            }
            putKept();
            putTrailers();
        }
    }

    private void endOpen() throws IOException {
        if (response.wantsChunks()) {
            commit();
            endChunks();
            return;
        }
        boolean inChunks = response.begin(count);
        if (response.filterInUse() != null) {
            begun(inChunks).endChunks();
        } else if (!headOnly && pending != null) {
            output.put(pending, 0, count);
        }
    }

    private void putTrailers() throws IOException {
        output.putLastChunk();
        FieldList t = response.trailers();
        if (t != null) {
            output.put(t);
        }
        output.putCrLf();
    }

    /** How many bytes of it are for the client. */
    long sent() {
        return filter == null ? written : filtered;
    }

    /** Nothing was written, after all. */
    void forget() {
        count = 0;
        written = 0;
        closed = false;
    }

    private void checkNotBusy() {
        if (busy) {
            throw new ConcurrentObjectUseError(
                    "the response ends, and another greenlet still writes its body");
        }
    }

    /** Whether somebody is writing, who should not when the handler has returned. */
    boolean isBusy() {
        return busy;
    }

    /** Whether no more is to be written. */
    boolean isClosed() {
        return closed || mode == CLOSED;
    }

    boolean hasPending() {
        return written > 0;
    }

    /** Gives back what it has, unless a write that was broken off may still be using it. */
    void release() {
        byte[] p = pending;
        if (p != null && !busy && !output.isBroken()) {
            pending = null;
            count = 0;
            output.giveSpare(p);
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
