package dev.jevent.file;

import dev.jevent.lock.Held;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * A stream that blocks, read by worker threads: {@code gevent.fileobject.FileObjectThread}. It
 * reads what there is, up to 8 KiB at a time, and gives it out in pieces without another hand-over.
 *
 * <p>Who is killed, timed out or interrupted while he waits loses nothing: the read goes on alone,
 * and what it brings is for the next one who reads. A close ends a wait with an IOException.
 */
final class WorkerInput extends InputStream {

    private static final int SIZE = 1 << 13;

    private final InputStream source;
    private final RLock turn = new RLock();
    private final byte[] buffer = new byte[SIZE]; // of who has the turn, or of the operation
    private int at; // guarded by turn; so is end
    private int end;
    private volatile @Nullable Op<Integer> reading; // written under turn
    private volatile boolean closed;

    WorkerInput(InputStream source) {
        this.source = Objects.requireNonNull(source);
    }

    private void ensureOpen() throws IOException {
        if (closed) {
            throw closedError();
        }
    }

    private static IOException closedError() {
        return new IOException("Stream closed");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        try (Held _ = turn.hold()) {
            ensureOpen();
            if (len == 0) {
                return 0;
            }
            if (at == end && !fill()) {
                return -1;
            }
            int n = Math.min(len, end - at);
            System.arraycopy(buffer, at, b, off, n);
            at += n;
            return n;
        }
    }

    private boolean fill() throws IOException {
        Op<Integer> op = reading;
        if (op == null) {
            op = Op.start(Op.STREAMS, () -> source.read(buffer, 0, SIZE));
            reading = op;
            if (closed) { // which has perhaps not seen the operation
                throw closedError();
            }
        }
        try {
            int n = op.await();
            reading = null;
            at = 0;
            end = Math.max(n, 0);
            return n >= 0;
        } finally {
            if (op.hasFailed()) {
                reading = null; // thrown once; a result that comes too late stays for the next
            }
        }
    }

    @Override
    public int available() throws IOException {
        try (Held _ = turn.hold()) {
            ensureOpen();
            int here = end - at;
            return here > 0 || reading != null
                    ? here
                    : Op.run(Op.STREAMS, source::available, null, null);
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        Op<Void> close =
                Op.start(
                        Op.STREAMS,
                        () -> {
                            source.close();
                            return null;
                        });
        Op<Integer> op = reading;
        if (op != null) {
            op.disturb(closedError());
        }
        close.await();
    }
}
