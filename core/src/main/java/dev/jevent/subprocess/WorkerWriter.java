package dev.jevent.subprocess;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * What a child reads, in the portable mode. A write that nobody waits for any more goes on; the
 * next one waits for its end.
 */
final class WorkerWriter extends ChildInput {

    private static final int MOST = 65536;

    private final OutputStream to;
    private @Nullable WorkerCall writing; // one writer at a time
    private volatile boolean closed;

    WorkerWriter(OutputStream to) {
        this.to = to;
    }

    @Override
    int writeSome(byte[] b, int off, int len) throws IOException {
        flush();
        byte[] some = Arrays.copyOfRange(b, off, off + Math.min(len, MOST));
        writing =
                WorkerCall.begin(
                        () -> {
                            to.write(some);
                            to.flush();
                            return some.length;
                        });
        return some.length;
    }

    /**
     * Gives the stream to another, who goes on where this one is; this one is closed from then on.
     */
    WorkerWriter giveAway() {
        var heir = new WorkerWriter(to);
        heir.writing = writing;
        closed = true;
        return heir;
    }

    boolean isClosed() {
        return closed;
    }

    /** Waits until everything is written. */
    @Override
    public void flush() throws IOException {
        if (closed) {
            throw new IOException("Pipe closed");
        }
        if (writing != null) {
            try {
                int ignored = writing.await();
            } catch (IOException e) {
                throw new BrokenPipe(e.getMessage()); // nothing else can happen to a pipe
            }
            writing = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            var ignored = WorkerCall.begin(closing(to));
        }
    }

    static WorkerCall.Body closing(Closeable stream) {
        return () -> {
            stream.close();
            return 0;
        };
    }
}
