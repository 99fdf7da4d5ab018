package dev.jevent.file;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.Scratch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/**
 * A pipe of the kernel, both ends green: who waits gives way, in the epoll of his hub. Between
 * greenlets of any hubs, threads, and processes that inherit an end.
 *
 * <p>One at a time may wait at each end; the second one gets a {@link
 * dev.jevent.ConcurrentObjectUseError}. A kill, a {@link dev.jevent.Timeout} or an interrupt ends a
 * wait and leaves the pipe open; of a write that waited, some may have been written. Closing the
 * sink is the end of the stream at the source; writing after the source was closed is an
 * IOException, "Broken pipe". Closing an end wakes who waits there with an IOException. An end that
 * is lost without being closed is closed by the garbage collector.
 *
 * <p>In the portable mode it is a buffer in memory, and there are no descriptors.
 */
public final class Pipe implements AutoCloseable {

    private static final Cleaner CLEANER = Cleaner.create();

    private final Source source;
    private final Sink sink;

    private Pipe(End source, End sink) {
        this.source = new Source(source);
        this.sink = new Sink(sink);
    }

    /**
     * A new pipe.
     *
     * @throws IOException if the system gives no more descriptors
     */
    public static Pipe open() throws IOException {
        if (!hasDescriptors()) {
            var pipe = new MemoryPipe();
            return new Pipe(pipe.end(true), pipe.end(false));
        }
        Scratch scratch = Scratch.ofThread();
        int result = Fd.pipe(scratch);
        if (result < 0) {
            throw new IOException("cannot make a pipe: " + Errno.text(-result));
        }
        return new Pipe(FdEnd.of(Fd.first(scratch), "Pipe"), FdEnd.of(Fd.second(scratch), "Pipe"));
    }

    /** Whether descriptors can be waited for here. */
    static boolean hasDescriptors() {
        return Native.isAvailable() && !HubAccess.get().isPortable();
    }

    /** The end to read from. */
    public Source source() {
        return source;
    }

    /** The end to write to. */
    public Sink sink() {
        return sink;
    }

    /** Closes both ends. */
    @Override
    public void close() {
        source.close();
        sink.close();
    }

    /** Closes it when its owner is lost; a memory pipe needs nothing of the kind. */
    private static void guard(Object owner, End end) {
        if (end instanceof FdEnd fd) {
            var descriptor = fd.descriptor(); // and not the end, nor the owner
            CLEANER.register(owner, descriptor::close);
        }
    }

    private static IOException explained(End end, IOException e) {
        return end.isOpen() ? e : new AsynchronousCloseException();
    }

    /** Where one reads: a stream and a channel. Unbuffered; a read answers what is there. */
    public static final class Source extends InputStream implements ReadableByteChannel {
        private final End end;

        Source(End end) {
            this.end = end;
            guard(this, end);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            return len == 0 ? 0 : end.read(b, off, len);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            if (dst.isReadOnly()) {
                throw new IllegalArgumentException("a read-only buffer cannot be read into");
            }
            if (!isOpen()) {
                throw new ClosedChannelException();
            }
            byte[] bytes = new byte[Math.min(dst.remaining(), 1 << 16)];
            try {
                int n = read(bytes);
                if (n > 0) {
                    dst.put(bytes, 0, n);
                }
                return n;
            } catch (IOException e) {
                throw explained(end, e);
            }
        }

        @Override
        public int available() throws IOException {
            return end.available();
        }

        /**
         * The number of its descriptor, which stays ours: non-blocking, close-on-exec.
         *
         * @throws IllegalStateException in the portable mode
         */
        public int fd() {
            return end.fd();
        }

        @Override
        public boolean isOpen() {
            return end.isOpen();
        }

        @Override
        public void close() {
            end.close();
        }
    }

    /** Where one writes: a stream and a channel. Unbuffered; a write writes everything. */
    public static final class Sink extends OutputStream implements WritableByteChannel {
        private final End end;

        Sink(End end) {
            this.end = end;
            guard(this, end);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            for (int done = 0; done < len; ) {
                done += end.write(b, off + done, len - done);
            }
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            if (!isOpen()) {
                throw new ClosedChannelException();
            }
            int total = src.remaining();
            byte[] bytes = new byte[Math.min(total, 1 << 16)];
            try {
                while (src.hasRemaining()) {
                    int n = Math.min(src.remaining(), bytes.length);
                    src.get(src.position(), bytes, 0, n);
                    n = end.write(bytes, 0, n);
                    src.position(src.position() + n);
                }
            } catch (IOException e) {
                throw explained(end, e);
            }
            return total;
        }

        /**
         * The number of its descriptor, which stays ours: non-blocking, close-on-exec.
         *
         * @throws IllegalStateException in the portable mode
         */
        public int fd() {
            return end.fd();
        }

        @Override
        public boolean isOpen() {
            return end.isOpen();
        }

        @Override
        public void close() {
            end.close();
        }
    }
}
