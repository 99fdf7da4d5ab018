package dev.jevent.file;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;

import java.io.IOException;

/** A descriptor that epoll can wait for. */
final class FdEnd implements End {

    private static final int MOST = 1 << 16;

    private final Descriptor descriptor;
    private final boolean asks; // poll(2) before each call

    private FdEnd(Descriptor descriptor, boolean asks) {
        this.descriptor = descriptor;
        this.asks = asks;
    }

    /** One that does not block. */
    static FdEnd of(int fd, String noun) {
        return new FdEnd(Descriptor.of(fd, false, noun), false);
    }

    /** One that does not block, and of which others may have duplicates. */
    static FdEnd adopted(int fd, String noun) {
        return new FdEnd(Descriptor.shared(fd, false, noun), false);
    }

    /** A FIFO to read: until somebody has opened it to write, read(2) says that it has ended. */
    static FdEnd fifo(int fd) {
        return new FdEnd(Descriptor.of(fd, false, "FIFO"), true);
    }

    /** One of which other processes have duplicates, so that its flags must stay as they are. */
    static FdEnd shared(int fd, String noun) {
        return new FdEnd(Descriptor.shared(fd, false, noun), true);
    }

    /** What keeps it open; knows nothing of who reads or writes. */
    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        int most = Math.min(len, MOST);
        int n =
                descriptor.input(
                        (scratch, fd) ->
                                asks && Fd.poll(scratch, fd, Fd.POLLIN) == 0
                                        ? -Errno.EAGAIN
                                        : Fd.read(scratch, fd, b, off, most),
                        null);
        return n == 0 ? -1 : checked(n, "read");
    }

    @Override
    public int write(byte[] b, int off, int len) throws IOException {
        // one that may block takes this much at once if poll(2) says that it takes anything
        int most = Math.min(len, asks ? 4096 : MOST);
        return checked(
                descriptor.output(
                        (scratch, fd) ->
                                asks && Fd.poll(scratch, fd, Fd.POLLOUT) == 0
                                        ? -Errno.EAGAIN
                                        : Fd.write(scratch, fd, b, off, most),
                        null),
                "write");
    }

    private static int checked(int n, String what) throws IOException {
        if (n < 0) {
            throw new IOException(
                    n == -Errno.EPIPE ? "Broken pipe" : "cannot " + what + ": " + Errno.text(-n));
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        return Math.max(0, descriptor.call(Net::available));
    }

    @Override
    public int fd() {
        return descriptor.fd();
    }

    @Override
    public boolean isOpen() {
        return !descriptor.isClosed();
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
