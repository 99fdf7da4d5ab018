package dev.jevent.file;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.jdk.FileInside;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.PipeCalls;
import dev.jevent.lock.Held;
import dev.jevent.lock.RLock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The one file under a {@link GreenFile}, and the three ways to it: in place, where that cannot
 * wait; on a worker; and for changes, on a worker behind the changes that were left alone.
 *
 * <p>A change is left alone when its caller is killed, timed out or interrupted while it runs. What
 * is asked of the file later would race with it, so that it waits until those are over.
 */
final class FileBase {

    private static final int CLOSED = 1 << 30;
    private static final int NOT_KNOWN = -1;

    final FileChannel real;
    private final boolean quiet; // no interrupt closes it
    private final int fd; // for quick reads
    private final AtomicInteger quickCallers = new AtomicInteger(); // plus CLOSED
    private volatile boolean quick; // until the file system says that it cannot
    private final RLock settling = new RLock(); // one at a time can wait for an operation
    private final ArrayDeque<Op<?>> strays = new ArrayDeque<>(); // guarded by itself

    /**
     * Around an open file.
     *
     * @param own nobody else uses or closes it
     */
    FileBase(FileChannel real, boolean own) {
        this.real = real;
        this.quiet = FileInside.setUninterruptible(real);
        boolean calls = own && Native.isAvailable() && !HubAccess.get().isPortable();
        this.fd = calls && PipeCalls.canReadNow() ? FileInside.descriptor(real) : NOT_KNOWN;
        this.quick = fd != NOT_KNOWN;
    }

    /** Does it where it may wait for the disk. */
    <T> T call(Callable<T> work) throws IOException {
        if (quiet && Op.isWithoutHub()) {
            return Op.inPlace(work);
        }
        return Op.run(Op.FILES, work, null, null);
    }

    /** As {@link #call}; the result is given back if the caller has gone meanwhile. */
    <T> T take(Callable<T> work, Consumer<T> undo) throws IOException {
        if (quiet && Op.isWithoutHub()) {
            return Op.inPlace(work);
        }
        return Op.run(Op.FILES, work, undo, null);
    }

    /** As {@link #call}, for what changes the file. */
    <T> T change(Callable<T> work) throws IOException {
        settle();
        if (quiet && Op.isWithoutHub()) {
            return Op.inPlace(work);
        }
        return Op.run(Op.FILES, work, null, this::leave);
    }

    private void leave(Op<?> op) {
        synchronized (strays) {
            strays.removeIf(Op::isDone);
            strays.add(op);
        }
    }

    /** Waits for the changes that were left alone. */
    void settle() {
        for (; ; ) {
            Op<?> stray;
            synchronized (strays) {
                stray = strays.peek();
                if (stray == null) {
                    return;
                }
                if (stray.isDone()) {
                    strays.poll();
                    continue;
                }
            }
            try (Held _ = settling.hold()) {
                stray.settle(); // nobody has to be told how it went
            }
        }
    }

    /** Whether reads may be tried in place. */
    boolean isQuick() {
        return quick;
    }

    /**
     * Reads what is in memory.
     *
     * @return bytes, 0 at the end of the file, or negative: a worker has to do it
     */
    int readNow(ByteBuffer to, long position, int length) throws ClosedChannelException {
        if (!quick) {
            return -Errno.EAGAIN;
        }
        if (quickCallers.incrementAndGet() >= CLOSED) {
            quickCallers.decrementAndGet();
            throw new ClosedChannelException();
        }
        int n;
        try {
            n = PipeCalls.readNow(fd, position, to, length);
        } finally {
            quickCallers.decrementAndGet();
        }
        if (n < 0 && n != -Errno.EAGAIN) {
            quick = false; // EOPNOTSUPP of a file system, EBADF of a file that is only written
        }
        return n;
    }

    /** Closes it: on a worker of its own, since all others may be busy with this very file. */
    void close() throws IOException {
        quickCallers.addAndGet(CLOSED); // from here on nobody uses the number
        Callable<Void> close =
                () -> {
                    while (quickCallers.get() != CLOSED) {
                        Thread.yield();
                    }
                    real.close();
                    return null;
                };
        if (Op.isWithoutHub()) {
            Op.inPlace(close);
        } else {
            Op.start(Op.STREAMS, close).await();
        }
    }
}
