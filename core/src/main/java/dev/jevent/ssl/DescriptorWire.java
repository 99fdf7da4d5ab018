package dev.jevent.ssl;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/**
 * A socket of ours. A buffer is taken for the system call only: when it says that nothing is there
 * the buffer goes back, and the reader waits without one. It is always known how much was sent.
 */
@SuppressWarnings("ByteBufferBackingArray") // they all come from allocate
final class DescriptorWire extends Wire implements Descriptor.Call {

    private static final int LEAST_ROOM = 20 * 1024; // a usual record fits

    @SuppressWarnings("UnusedVariable") // keeps it from being closed as garbage
    private final Socket socket;

    private final Descriptor descriptor;
    private @Nullable Inbound in; // the reader's
    private int most; // the reader's
    private boolean drained; // the reader's: the last call got all there was

    DescriptorWire(Socket socket, Descriptor descriptor) {
        this.socket = socket;
        this.descriptor = descriptor;
    }

    @Override
    int receive(Inbound to, int atMost, @Nullable Deadline deadline) throws IOException {
        in = to;
        most = atMost;
        int n;
        if (drained) {
            to.rest(); // it is likely to wait
            n = descriptor.inputAfterAll(this, deadline);
        } else {
            n = descriptor.input(this, deadline);
        }
        if (n < 0) {
            throw Errno.failure(-n);
        }
        return n == 0 ? -1 : n;
    }

    @Override
    void awaitNews(Inbound to, @Nullable Deadline deadline) throws IOException {
        if (drained) {
            to.rest();
            descriptor.awaitEvent(deadline);
        }
    }

    /** Receives, once. */
    @Override
    public int on(Scratch scratch, int fd) {
        Inbound to = in;
        ByteBuffer b = to.withRoom(Math.min(most, LEAST_ROOM));
        int end = b.limit();
        int room = Math.min(Math.min(most, b.capacity() - end), Net.MOST);
        int n = Net.recv(scratch, fd, b.array(), end, room);
        drained = n > 0 && n < room;
        if (n > 0) {
            b.limit(end + n);
        } else {
            to.rest();
        }
        return n;
    }

    @Override
    int send(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        return descriptor.sendSome(b, off, len, deadline);
    }

    @Override
    int sendNow(byte[] b, int off, int len) throws IOException {
        int most = Math.min(len, Net.MOST_SENT);
        int n = descriptor.call((scratch, fd) -> Net.send(scratch, fd, b, off, most));
        if (n < 0 && n != -Errno.EAGAIN) {
            throw new SocketException(Errno.text(-n)); // "Broken pipe" and so on
        }
        return Math.max(n, 0);
    }

    @Override
    void discard() throws IOException {
        ByteBuffer b = Buffers.take();
        try {
            int ignored = descriptor.call((s, fd) -> Net.recv(s, fd, b.array(), 0, b.capacity()));
        } finally {
            Buffers.give(b);
        }
    }
}
