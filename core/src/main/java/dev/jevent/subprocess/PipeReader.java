package dev.jevent.subprocess;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.net.SocketException;
import java.util.Objects;

/**
 * Our end of a pipe that a child writes to. At its end the descriptor is closed at once, so that
 * nothing is left of a child whose output was read.
 */
final class PipeReader extends ChildOutput {

    private final Descriptor descriptor;
    private final Cleaner.Cleanable garbage;
    private final byte[] one = new byte[1];
    private volatile boolean ended;

    /** Takes over a non-blocking descriptor. */
    @SuppressWarnings("this-escape") // final
    PipeReader(int fd) {
        descriptor = Descriptor.of(fd, false, "Pipe");
        garbage = PipeWriter.CLEANER.register(this, descriptor::close);
    }

    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        if (ended) {
            return -1;
        }
        if (len == 0) {
            return 0;
        }
        int most = Math.min(len, Net.MOST);
        int n = descriptor.input((scratch, fd) -> Fd.read(scratch, fd, b, off, most), null);
        if (n < 0) {
            throw new IOException("cannot read what a child writes: " + Errno.text(-n));
        }
        if (n == 0) {
            ended = true;
            garbage.clean();
            return -1;
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        if (ended) {
            return 0;
        }
        try {
            return descriptor.check(Net::available);
        } catch (SocketException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    boolean isClosed() {
        return !ended && descriptor.isClosed();
    }

    /** Wakes who reads. What the child writes then breaks its pipe. */
    @Override
    public void close() {
        garbage.clean();
    }
}
