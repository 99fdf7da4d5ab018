package dev.jevent.file;

import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.PipeCalls;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/** What the descriptors 0, 1 and 2 are, and the streams that fit. */
final class StdStreams {

    private static volatile @Nullable InputStream before; // the System.in that was replaced

    private StdStreams() {}

    /** The System.in that was there when ours took its place. */
    static void readBefore(InputStream in) {
        before = in;
    }

    /** Whether it is something that epoll waits for. */
    static boolean canWait(int fd) {
        if (!Pipe.hasDescriptors()) {
            return false;
        }
        FileKind kind = kind(fd);
        return kind == FileKind.FIFO || kind == FileKind.SOCKET || kind == FileKind.CHARACTERS;
    }

    private static FileKind kind(int fd) {
        return FileKind.of(Path.of("/proc/self/fd/" + fd));
    }

    static InputStream input() {
        InputStream jdk = before != null ? before : System.in;
        boolean buffers = jdk.getClass() == BufferedInputStream.class;
        if (isTakenByTheJvm()) {
            return new Closed();
        }
        if (!canWait(0)) {
            return new WorkerInput(buffers ? jdk : new FileInputStream(FileDescriptor.in));
        }
        End end = open(0, PipeCalls.O_RDONLY);
        byte[] left = buffers ? readAhead(jdk) : new byte[0];
        var source = new Pipe.Source(end);
        return new Before(new ByteArrayInputStream(left), source, jdk);
    }

    /** A program whose input was closed before its start reads its own JVM's first file there. */
    private static boolean isTakenByTheJvm() {
        try {
            Path home = Path.of(System.getProperty("java.home")).toRealPath();
            return Path.of("/proc/self/fd/0").toRealPath().startsWith(home);
        } catch (IOException e) {
            return false; // a pipe has no such path; nor has anything on other systems
        }
    }

    static OutputStream output(int fd, OutputStream jdk) {
        if (!Pipe.hasDescriptors()) {
            return WorkerOutput.through(jdk);
        }
        return canWait(fd) ? new Out(new Pipe.Sink(open(fd, PipeCalls.O_WRONLY)), jdk) : jdk;
    }

    /** The same pipe or terminal once more, with flags of its own; or the shared one. */
    private static End open(int fd, int direction) {
        int own = PipeCalls.open("/proc/self/fd/" + fd, direction);
        if (own >= 0) {
            return FdEnd.of(own, "Stream");
        }
        int copy = Fd.duplicate(Scratch.ofThread(), fd);
        if (copy < 0) {
            throw new IllegalStateException(
                    "cannot duplicate descriptor " + fd + ": " + Errno.text(-copy));
        }
        return FdEnd.shared(copy, "Stream");
    }

    /** What the JDK's stream has read of descriptor 0 and not given out: its sum less ours. */
    private static byte[] readAhead(InputStream jdk) {
        try {
            for (int i = 0; i < 100; i++) {
                int unread = Net.available(Scratch.ofThread(), 0);
                int all = jdk.available();
                // else something came meanwhile
                if (unread == Net.available(Scratch.ofThread(), 0)) {
                    return all > unread && unread >= 0 ? jdk.readNBytes(all - unread) : new byte[0];
                }
            }
        } catch (IOException e) {
            // closed: it has nothing
        }
        return new byte[0];
    }

    /** First the one, then the other. */
    private static final class Before extends InputStream {
        private final InputStream first;
        private final InputStream second;
        private final InputStream jdk;

        Before(InputStream first, InputStream second, InputStream jdk) {
            this.first = first;
            this.second = second;
            this.jdk = jdk;
        }

        @Override
        public int read() throws IOException {
            int b = first.read();
            return b >= 0 ? b : second.read();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            int n = first.read(b, off, len);
            return n >= 0 ? n : second.read(b, off, len);
        }

        @Override
        public int available() throws IOException {
            return first.available() + second.available();
        }

        @Override
        public void close() throws IOException {
            try (jdk) {
                second.close();
            }
        }
    }

    /** Closes what the JDK has as well, so that the other end sees it. */
    private static final class Out extends OutputStream {
        private final Pipe.Sink sink;
        private final OutputStream jdk;

        Out(Pipe.Sink sink, OutputStream jdk) {
            this.sink = sink;
            this.jdk = jdk;
        }

        @Override
        public void write(int b) throws IOException {
            sink.write(b);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            sink.write(b, off, len);
        }

        @Override
        public void close() throws IOException {
            try (jdk) {
                sink.close();
            }
        }
    }

    private static final class Closed extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("the standard input was closed before this program began");
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return read();
        }
    }
}
