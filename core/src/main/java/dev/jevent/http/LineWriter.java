package dev.jevent.http;

import dev.jevent.event.Event;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.SpinLock;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * Lines on their way to a log: whoever has one copies it into a block and goes on, and a daemon
 * thread writes the blocks. So a disk that hangs delays nobody; what does not fit into {@value
 * #BLOCKS} blocks of {@value #SIZE} bytes is counted, and the count is written in its place.
 *
 * <pre>
 *   append --&gt; | block | block | gap: 17 lines | block | reopen | block | --&gt; thread --&gt; target
 * </pre>
 *
 * <p>The thread is woken for the first line after a quiet time only; then it rests for a moment
 * after all is written, so that under load it costs a wake-up now and then and not one for each
 * line. Any thread.
 */
final class LineWriter implements AutoCloseable {

    static final int SIZE = 64 * 1024;
    static final int BLOCKS = 64;
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final System.Logger LOGGER = System.getLogger("dev.jevent.http");
    private static final long FIRST_PAUSE = 50_000_000;
    private static final long LAST_PAUSE = 1_000_000_000;

    /** What stands in the queue. */
    private sealed interface Entry {}

    private static final class Block implements Entry {
        final byte[] bytes;
        int used; // guarded by the lock while it is in the queue
        long lines; // so too

        Block(int size) {
            bytes = new byte[size];
        }
    }

    private static final class Gap implements Entry {
        long lines; // guarded by the lock while it is in the queue
    }

    private static final class Reopen implements Entry {}

    private final LogTarget target;
    private final LongFunction<LineBuffer> gapLine;
    private final long rest;
    private final Duration patience;
    private final Thread thread;
    private final Event done = new Event();

    private final SpinLock lock = new SpinLock();
    private final ArrayDeque<Entry> queue = new ArrayDeque<>(); // guarded by lock
    private int blocks; // guarded by lock; in the queue or being written
    private @Nullable Block spare; // guarded by lock
    private long lost; // guarded by lock
    private boolean sleeps; // guarded by lock
    private volatile boolean closing; // written under lock
    private volatile boolean givesUp;
    private boolean failing; // own thread

    /**
     * Begins.
     *
     * @param gapLine the line that says how many lines are missing; in the writer's thread
     * @param rest how long it waits for more after all is written
     * @param patience how long a close waits
     */
    LineWriter(
            LogTarget target, LongFunction<LineBuffer> gapLine, Duration rest, Duration patience) {
        this.target = target;
        this.gapLine = gapLine;
        this.rest = rest.toNanos();
        this.patience = patience;
        thread = new OwnThread("jevent-log", this::run);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
    }

    // ---- who has lines

    /** Takes the line, with its end, or counts it. Never waits. */
    void append(LineBuffer line) {
        int n = line.size();
        lock.lock();
        try {
            Block block = closing ? null : blockFor(n);
            if (block == null) {
                missing();
            } else {
                System.arraycopy(line.bytes(), 0, block.bytes, block.used, n);
                block.used += n;
                block.lines++;
            }
        } finally {
            unlockAndWake();
        }
    }

    /** Counts a line that somebody has left out. */
    void leaveOut() {
        lock.lock();
        try {
            missing();
        } finally {
            unlockAndWake();
        }
    }

    private void unlockAndWake() {
        boolean wake = sleeps;
        sleeps = false;
        lock.unlock();
        if (wake) {
            LockSupport.unpark(thread);
        }
    }

    private @Nullable Block blockFor(int n) {
        if (queue.peekLast() instanceof Block last && last.bytes.length - last.used >= n) {
            return last;
        }
        if (blocks == BLOCKS) {
            return null;
        }
        Block block = spare;
        spare = null;
        if (block == null || block.bytes.length < n) {
            block = new Block(Math.max(SIZE, n));
        }
        blocks++;
        queue.add(block);
        return block;
    }

    private void missing() {
        lost++;
        if (closing) {
            return; // nobody would write it
        }
        if (queue.peekLast() instanceof Gap last) {
            last.lines++;
        } else {
            Gap gap = new Gap();
            gap.lines = 1;
            queue.add(gap);
        }
    }

    /** How many lines were counted instead of written. */
    long lost() {
        lock.lock();
        long n = lost;
        lock.unlock();
        return n;
    }

    /** What comes from now on goes to a new file of the same name. Does not wait. */
    void reopen() {
        lock.lock();
        try {
            if (!closing) {
                queue.add(new Reopen());
            }
        } finally {
            unlockAndWake();
        }
    }

    /** Has all written that was taken, and waits for that, but not for ever. */
    @Override
    public void close() {
        lock.lock();
        closing = true;
        sleeps = false;
        lock.unlock();
        LockSupport.unpark(thread);
        if (!done.await(patience)) {
            givesUp = true;
            thread.interrupt(); // a file lets go of it
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the log {0} was closed before all of it could be written: writing hangs",
                    target);
        }
    }

    // ---- the thread

    private void run() {
        try {
            for (Entry e = next(); e != null; e = next()) {
                if (e instanceof Block b) {
                    write(b);
                } else if (e instanceof Gap g) {
                    write(gapLine.apply(g.lines));
                } else {
                    reopenNow();
                }
            }
            target.close();
        } catch (Exception e) {
            LOGGER.log(System.Logger.Level.WARNING, "closing the log " + target, e);
        } finally {
            done.set();
        }
    }

    /** What comes next; null if it was closed and nothing is left. */
    private @Nullable Entry next() {
        boolean rested = false;
        for (; ; ) {
            lock.lock();
            Entry e = queue.poll();
            boolean end = e == null && closing;
            boolean sleep = e == null && !closing && rested;
            sleeps = sleep;
            lock.unlock();
            if (e != null || end) {
                return e;
            }
            if (sleep) {
                LockSupport.park(this); // whoever is too early for it has left a permit
            } else {
                LockSupport.parkNanos(this, rest);
                rested = true;
            }
        }
    }

    private void write(Block b) {
        boolean all = write(ByteBuffer.wrap(b.bytes, 0, b.used));
        lock.lock();
        blocks--;
        if (!all) {
            lost += b.lines; // or a few less
        }
        if (b.bytes.length == SIZE) {
            b.used = 0;
            b.lines = 0;
            spare = b;
        }
        lock.unlock();
    }

    private void write(LineBuffer line) {
        boolean ignored = write(ByteBuffer.wrap(line.bytes(), 0, line.size()));
    }

    /** Tries until it is written, or nobody waits for it any more; whether it is. */
    private boolean write(ByteBuffer lines) {
        long pause = FIRST_PAUSE;
        while (lines.hasRemaining()) {
            try {
                if (givesUp) {
                    return false;
                }
                target.write(lines);
            } catch (Exception | OutOfMemoryError e) {
                if (givesUp) {
                    return false; // it was interrupted, as close() has said
                }
                failed(e);
                if (closing) {
                    return false;
                }
                LockSupport.parkNanos(this, pause);
                pause = Math.min(2 * pause, LAST_PAUSE);
            }
        }
        if (failing) {
            failing = false;
            LOGGER.log(System.Logger.Level.INFO, "the log {0} can be written again", target);
        }
        return true;
    }

    private void failed(Throwable e) {
        if (!failing) {
            failing = true;
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the log "
                            + target
                            + " cannot be written; it is tried again and again, and lines for"
                            + " which there is no room meanwhile are counted",
                    e);
        }
    }

    private void reopenNow() {
        try {
            target.reopen();
        } catch (Exception e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the log " + target + " cannot be opened again; the old file is written on",
                    e);
        }
    }

    @Override
    public String toString() {
        return target.toString();
    }
}
