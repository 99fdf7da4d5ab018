package dev.jevent.subprocess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * What a child writes, in the portable mode. A read that nobody waits for any more goes on, and the
 * next reader gets what it brings.
 */
final class WorkerReader extends ChildOutput {

    private static final int SIZE = 8192;

    private final InputStream from;
    private final byte[] buffer;
    private final byte[] one = new byte[1];
    private int position; // one reader at a time, these two
    private int limit;
    private volatile @Nullable WorkerCall reading;
    private volatile boolean closed;

    WorkerReader(InputStream from) {
        this(from, new byte[SIZE]);
    }

    private WorkerReader(InputStream from, byte[] buffer) {
        this.from = from;
        this.buffer = buffer;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        checkOpen();
        if (len == 0) {
            return 0;
        }
        if (position == limit && !fill()) {
            return -1;
        }
        int n = Math.min(len, limit - position);
        System.arraycopy(buffer, position, b, off, n);
        position += n;
        return n;
    }

    private boolean fill() throws IOException {
        WorkerCall call = reading;
        if (call == null) {
            call = WorkerCall.begin(() -> from.read(buffer));
            reading = call;
        }
        checkOpen(); // closed a moment ago, it might not be told
        int n = call.await();
        checkOpen();
        reading = null;
        position = 0;
        limit = Math.max(n, 0);
        return n >= 0;
    }

    /**
     * Gives the stream to another, who goes on where this one is; this one is closed from then on.
     */
    WorkerReader giveAway() {
        var heir = new WorkerReader(from, buffer);
        heir.position = position;
        heir.limit = limit;
        heir.reading = reading;
        closed = true;
        return heir;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("Pipe closed");
        }
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        return limit > position ? limit - position : reading != null ? 0 : from.available();
    }

    @Override
    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            WorkerCall call = reading;
            if (call != null) {
                call.leave();
            }
            var ignored = WorkerCall.begin(WorkerWriter.closing(from)); // may wait for a reader
        }
    }
}
