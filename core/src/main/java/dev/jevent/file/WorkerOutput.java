package dev.jevent.file;

import dev.jevent.internal.Workers;
import dev.jevent.lock.Held;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * A stream that blocks, written by worker threads.
 *
 * <p>With a buffer it writes behind: a full buffer goes to a worker while the caller fills the
 * other one, and an error is thrown by the next call that has something to hand over, or by {@link
 * #flush} or {@link #close}. Without, each write is over when it returns.
 *
 * <p>Who is killed, timed out or interrupted while he waits leaves the stream in order: what was
 * handed over is written once, before what comes later; how much of his last write was taken is
 * unsaid. A close that is killed goes on alone.
 */
final class WorkerOutput extends OutputStream {

    private final OutputStream sink;
    private final Workers workers;
    private final boolean behind;
    private final RLock turn = new RLock();
    private byte[] buffer; // guarded by turn, as all below
    private byte @Nullable [] spare; // of the operation, while there is one
    private int count;
    private @Nullable Op<Void> writing;
    private boolean closed;

    private WorkerOutput(OutputStream sink, Workers workers, int size, boolean behind) {
        this.sink = Objects.requireNonNull(sink);
        this.workers = workers;
        this.buffer = new byte[size];
        this.behind = behind;
    }

    /** Writes a file behind. */
    static WorkerOutput behind(OutputStream sink) {
        return new WorkerOutput(sink, Op.FILES, 1 << 16, true);
    }

    /** Makes any stream green; keeps nothing back. */
    static WorkerOutput through(OutputStream sink) {
        return new WorkerOutput(sink, Op.STREAMS, 1 << 13, false);
    }

    private void ensureOpen() throws IOException {
        if (closed) {
            throw new IOException("Stream closed");
        }
    }

    @Override
    public void write(int b) throws IOException {
        try (Held _ = turn.hold()) {
            ensureOpen();
            makeRoom();
            buffer[count++] = (byte) b;
            if (!behind) {
                handOver();
                settle();
            }
        }
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        try (Held _ = turn.hold()) {
            ensureOpen();
            for (int done = 0; done < len; ) {
                makeRoom();
                int n = Math.min(len - done, buffer.length - count);
                System.arraycopy(b, off + done, buffer, count, n);
                count += n;
                done += n;
            }
            if (!behind) {
                handOver();
                settle();
            }
        }
    }

    private void makeRoom() throws IOException {
        if (count == buffer.length) {
            handOver();
        }
    }

    /** Gives the buffer to a worker, when the one before is done. */
    private void handOver() throws IOException {
        settle();
        if (count == 0) {
            return;
        }
        byte[] full = buffer;
        int n = count;
        buffer = spare != null ? spare : new byte[full.length];
        spare = full;
        count = 0;
        writing =
                Op.start(
                        workers,
                        () -> {
                            sink.write(full, 0, n);
                            return null;
                        });
    }

    /** Waits for what was handed over; throws its error once. */
    private void settle() throws IOException {
        Op<Void> op = writing;
        if (op == null) {
            return;
        }
        try {
            op.await();
            writing = null;
        } finally {
            if (op.hasFailed()) {
                writing = null;
            }
        }
    }

    @Override
    public void flush() throws IOException {
        try (Held _ = turn.hold()) {
            ensureOpen();
            handOver();
            settle();
            if (!behind) {
                writing =
                        Op.start(
                                workers,
                                () -> {
                                    sink.flush();
                                    return null;
                                });
                settle();
            }
        }
    }

    @Override
    public void close() throws IOException {
        Op<Void> close;
        try (Held _ = turn.hold()) {
            if (closed) {
                return;
            }
            closed = true;
            close = Op.start(Op.STREAMS, last(writing, buffer, count));
        }
        close.await();
    }

    /** On a worker of its own, which may wait for another: a kill cannot come between the steps. */
    private Callable<Void> last(@Nullable Op<Void> before, byte[] rest, int n) {
        return () -> {
            try (sink) {
                if (before != null) {
                    before.await();
                }
                if (n > 0) {
                    sink.write(rest, 0, n);
                }
                sink.flush();
            }
            return null;
        };
    }
}
