package dev.jevent.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A file each of whose operations waits for a permit, if it is slow, and notes an interrupt. */
final class SlowDisk extends FileChannel {

    final FileChannel real;
    final Semaphore permits = new Semaphore(0);
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    volatile boolean slow;
    volatile boolean interrupted;

    SlowDisk(FileChannel real) {
        this.real = real;
    }

    private interface Work<T> {
        T on(FileChannel real) throws IOException;
    }

    private <T> T slowly(Work<T> work) throws IOException {
        boolean counts = slow;
        if (counts) {
            begun.incrementAndGet();
            permits.acquireUninterruptibly();
            interrupted |= Thread.interrupted();
        }
        try {
            return work.on(real);
        } finally {
            if (counts) {
                ended.incrementAndGet();
            }
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return slowly(f -> f.read(dst));
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        return slowly(f -> f.read(dsts, offset, length));
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return slowly(f -> f.write(src));
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return slowly(f -> f.write(srcs, offset, length));
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        real.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return slowly(FileChannel::size);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        slowly(f -> f.truncate(size));
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        slowly(
                f -> {
                    f.force(metaData);
                    return null;
                });
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
            throws IOException {
        return slowly(f -> f.transferTo(position, count, target));
    }

    @Override
    public long transferFrom(ReadableByteChannel src, long position, long count)
            throws IOException {
        return slowly(f -> f.transferFrom(src, position, count));
    }

    @Override
    public int read(ByteBuffer dst, long position) throws IOException {
        return slowly(f -> f.read(dst, position));
    }

    @Override
    public int write(ByteBuffer src, long position) throws IOException {
        return slowly(f -> f.write(src, position));
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return slowly(f -> f.map(mode, position, size));
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return slowly(f -> f.lock(position, size, shared));
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return slowly(f -> f.tryLock(position, size, shared));
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
