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
final class DescriptorWire extends Wire {

    private static final int LEAST_ROOM = 20 * 1024; // a usual record fits

    @SuppressWarnings("UnusedVariable") // keeps it from being closed as garbage
    private final Socket socket;

    private final Descriptor descriptor;
    private final Descriptor.Call receive = this::tryReceive;
    private final Descriptor.Call send = this::trySend;
    private @Nullable Inbound in; // the reader's
    private int most; // the reader's
    private boolean drained; // the reader's: the last call got all there was
    private byte[] out = {}; // the writer's, and the next two
    private int off;
    private int len;

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
            n = descriptor.inputAfterAll(receive, deadline);
        } else {
            n = descriptor.input(receive, deadline);
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

    private int tryReceive(Scratch scratch, int fd) {
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

    private int trySend(Scratch scratch, int fd) {
        return Net.send(scratch, fd, out, off, Math.min(len, Net.MOST));
    }

    private void toSend(byte[] b, int from, int length) {
        out = b;
        off = from;
        len = length;
    }

    @Override
    int send(byte[] b, int from, int length, @Nullable Deadline deadline) throws IOException {
        toSend(b, from, length);
        try {
            int n = descriptor.output(send, deadline);
            if (n < 0) {
                throw new SocketException(Errno.text(-n)); // "Broken pipe" and so on
            }
            return n;
        } finally {
            out = Inbound.EMPTY.array();
        }
    }

    @Override
    int sendNow(byte[] b, int from, int length) throws IOException {
        toSend(b, from, length);
        try {
            int n = descriptor.call(send);
            if (n < 0 && n != -Errno.EAGAIN) {
                throw new SocketException(Errno.text(-n));
            }
            return Math.max(n, 0);
        } finally {
            out = Inbound.EMPTY.array();
        }
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
