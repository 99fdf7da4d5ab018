package dev.jevent.file;

import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Share;
import dev.jevent.lock.Held;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/**
 * A file channel that holds up only its caller. A read of what is in the page cache is done in
 * place (Linux: {@code preadv2} with {@code RWF_NOWAIT}); everything else on a worker thread, in
 * pieces of at most 256 KiB through a buffer of its own, so that who was killed may use his at
 * once.
 *
 * <p>It keeps its position itself and moves it after each piece. A kill, a timeout or an interrupt
 * of the caller leaves the file open: what was read by the piece that was under way is dropped and
 * the position is where that piece began; what it writes is written or not, the position does not
 * count it, and the next change waits for its end. Of a file without positions (a FIFO, a terminal)
 * a killed read loses what it reads.
 *
 * <p>Any thread. Relative operations take turns.
 */
final class GreenFile extends FileChannel {

    private static final int PIECE = Transfer.PIECE;
    private static final long FIRST_PAUSE = 1_000_000; // nanoseconds, between looks at a lock
    private static final long LAST_PAUSE = 50_000_000;

    private final FileBase base;
    private final FileChannel real;
    private final boolean append;
    private final boolean seekable;
    private final RLock turn = new RLock(); // of relative operations
    private volatile long position; // written under turn

    private GreenFile(FileBase base, boolean append, long position) {
        this.base = base;
        this.real = base.real;
        this.append = append;
        this.seekable = position >= 0;
        this.position = Math.max(position, 0);
    }

    /**
     * Around an open channel. On a worker.
     *
     * @param own nobody else uses or closes it
     */
    static GreenFile of(FileChannel real, boolean own, boolean append) {
        var base = new FileBase(real, own); // first, for it keeps interrupts from the channel
        long position;
        try {
            position = real.position();
        } catch (IOException e) {
            position = -1; // a pipe or a terminal has none
        }
        return new GreenFile(base, append, position);
    }

    /** Whether it has positions; a FIFO has none. */
    boolean isSeekable() {
        return seekable;
    }

    /** What it is around; for streams that keep to workers. */
    FileChannel real() {
        return real;
    }

    /** Closes one that came when nobody waited for it any more. On a worker. */
    static void drop(@Nullable GreenFile file) {
        try (file) {
            return;
        } catch (IOException e) {
            // nobody has written to it
        }
    }

    private void ensureOpen() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private static long notNegative(long value, String what) {
        if (value < 0) {
            throw new IllegalArgumentException("negative " + what + ": " + value);
        }
        return value;
    }

    // ---- reading

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return (int) read(new ByteBuffer[] {dst}, 0, 1);
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        for (int i = offset; i < offset + length; i++) {
            checkWritable(dsts[i]);
        }
        ensureOpen();
        long total = 0;
        try (Held _ = turn.hold()) {
            for (int i = offset; i < offset + length; i++) {
                int n = fill(dsts[i], position, true);
                if (n < 0) {
                    return total == 0 ? n : total;
                }
                total += n;
                if (dsts[i].hasRemaining()) {
                    break;
                }
            }
        }
        return total;
    }

    @Override
    public int read(ByteBuffer dst, long at) throws IOException {
        checkWritable(dst);
        notNegative(at, "position");
        ensureOpen();
        if (!seekable) {
            return base.call(() -> real.read(ByteBuffer.allocate(1), at)); // throws what is right
        }
        return fill(dst, at, false);
    }

    private static void checkWritable(ByteBuffer dst) {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("a read-only buffer cannot be read into");
        }
    }

    private int fill(ByteBuffer dst, long from, boolean relative) throws IOException {
        int total = 0;
        long at = from;
        do {
            int n = piece(dst, at);
            if (n <= 0) {
                return total == 0 ? n : total;
            }
            total += n;
            at += n;
            if (relative) {
                position = at;
            }
        } while (dst.hasRemaining() && seekable);
        return total;
    }

    /** Reads a piece; -1 at the end of the file. */
    private int piece(ByteBuffer dst, long at) throws IOException {
        int length = Math.min(dst.remaining(), PIECE);
        if (length > 0 && seekable) {
            Share.take(1);
            int n = base.readNow(dst, at, length);
            if (n >= 0) {
                Share.moved(n);
                return n == 0 ? -1 : n;
            }
        }
        byte[] bytes = new byte[length];
        ByteBuffer mine = ByteBuffer.wrap(bytes);
        int n = base.call(() -> seekable ? real.read(mine, at) : real.read(mine));
        if (n > 0) {
            dst.put(bytes, 0, n);
        } else if (!isOpen()) {
            throw new AsynchronousCloseException(); // the end of the wait, not of the file
        }
        return n;
    }

    // ---- writing

    @Override
    public int write(ByteBuffer src) throws IOException {
        return (int) write(new ByteBuffer[] {src}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        for (int i = offset; i < offset + length; i++) {
            Objects.requireNonNull(srcs[i]);
        }
        ensureOpen();
        long total = 0;
        try (Held _ = turn.hold()) {
            boolean more = true;
            while (more) {
                byte[] bytes = Transfer.gather(srcs, offset, length);
                int n = base.change(() -> drain(bytes, seekable && !append ? position : -1));
                Transfer.advance(srcs, offset, length, n);
                total += n;
                position += n;
                more = n == bytes.length && Transfer.hasRemaining(srcs, offset, length);
            }
        }
        return total;
    }

    @Override
    public int write(ByteBuffer src, long at) throws IOException {
        notNegative(at, "position");
        ByteBuffer[] one = {Objects.requireNonNull(src)};
        ensureOpen();
        int total = 0;
        boolean more = true;
        while (more) {
            byte[] bytes = Transfer.gather(one, 0, 1);
            long to = at + total;
            int n = base.change(() -> drain(bytes, to));
            Transfer.advance(one, 0, 1, n);
            total += n;
            more = n == bytes.length && src.hasRemaining();
        }
        return total;
    }

    /** On a worker. An error after some bytes is left to the next write. */
    private int drain(byte[] bytes, long to) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        do {
            try {
                int ignored = to < 0 ? real.write(from) : real.write(from, to + from.position());
            } catch (IOException e) {
                if (from.position() == 0) {
                    throw e;
                }
                break;
            }
        } while (from.hasRemaining());
        return from.position();
    }

    // ---- position and size

    @Override
    public long position() throws IOException {
        ensureOpen();
        if (!seekable) {
            return base.call(real::position); // throws what is right
        }
        return append ? size() : position;
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        ensureOpen();
        notNegative(newPosition, "position");
        if (!seekable) {
            base.call(() -> real.position(newPosition));
        }
        try (Held _ = turn.hold()) {
            position = newPosition;
        }
        return this;
    }

    @Override
    public long size() throws IOException {
        ensureOpen();
        return base.call(real::size);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        ensureOpen();
        notNegative(size, "size");
        try (Held _ = turn.hold()) {
            base.change(() -> real.truncate(size));
            position = Math.min(position, size);
        }
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        ensureOpen();
        base.change(
                () -> {
                    real.force(metaData);
                    return null;
                });
    }

    // ---- from file to file

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        ensureOpen();
        if (!target.isOpen()) {
            throw new ClosedChannelException();
        }
        notNegative(from, "position");
        notNegative(count, "count");
        if (target instanceof GreenFile file) {
            return file.receive(real, from, count);
        }
        return Transfer.copy(this, from, count, target);
    }

    private long receive(FileChannel source, long from, long count) throws IOException {
        try (Held _ = turn.hold()) {
            ensureOpen();
            long to = position;
            long n =
                    base.change(
                            () -> {
                                if (seekable && !append) {
                                    real.position(to); // ours alone, while this has its turn
                                }
                                return source.transferTo(from, count, real);
                            });
            position = to + n;
            return n;
        }
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long to, long count) throws IOException {
        ensureOpen();
        if (!source.isOpen()) {
            throw new ClosedChannelException();
        }
        notNegative(to, "position");
        notNegative(count, "count");
        return to > size() ? 0 : Transfer.copy(source, this, to, count);
    }

    // ---- mapping

    @Override
    public MappedByteBuffer map(MapMode mode, long from, long size) throws IOException {
        ensureOpen();
        return base.call(() -> real.map(mode, from, size));
    }

    @Override
    public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        ensureOpen();
        boolean interrupted = Thread.interrupted(); // it could close the file
        try {
            return real.map(mode, offset, size, arena); // here: an arena may be its thread's alone
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // ---- locks

    @Override
    public FileLock lock(long from, long size, boolean shared) throws IOException {
        long pause = FIRST_PAUSE;
        for (; ; ) {
            FileLock lock = tryLock(from, size, shared);
            if (lock != null) {
                return lock;
            }
            boolean ignored = HubAccess.get().await(new Waiter<Void>(), pause);
            pause = Math.min(pause * 2, LAST_PAUSE);
        }
    }

    @Override
    public @Nullable FileLock tryLock(long from, long size, boolean shared) throws IOException {
        ensureOpen();
        FileLock lock = base.take(() -> real.tryLock(from, size, shared), GreenLock::drop);
        return lock == null ? null : new GreenLock(this, base, lock);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        base.close();
    }

    @Override
    public String toString() {
        return "green " + real;
    }
}
