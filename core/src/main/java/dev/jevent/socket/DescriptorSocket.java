package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;

/** A socket on a {@link Descriptor}, which is made when it is first needed. Any thread. */
abstract class DescriptorSocket extends StreamSocket implements HasDescriptor {

    private static final int FILE_WEIGHT = 8; // so many times what a usual call may move
    static final Cleaner CLEANER = Cleaner.create();

    private volatile @Nullable Descriptor descriptor; // set under this
    private Cleaner.@Nullable Cleanable garbage;
    private boolean ofLibrary; // before it is published

    /** Neither bound nor connected. */
    DescriptorSocket() throws SocketException {}

    /** Accepted, or somebody else's. */
    DescriptorSocket(Descriptor descriptor, SocketAddress remote) throws SocketException {
        adopt(descriptor);
        connectedTo(remote);
    }

    /** Whoever forgets to close it does not lose the descriptor for ever. */
    private void adopt(Descriptor d) {
        garbage = CLEANER.register(this, d::close);
        if (ofLibrary) {
            d.belongsToLibrary(this);
        }
        descriptor = d;
    }

    /** Made for a library: a kill of who waits in it closes it. Before it is published. */
    final DescriptorSocket forLibrary() {
        ofLibrary = true;
        return this;
    }

    /** How a descriptor of this kind is made. */
    abstract Descriptor open(boolean ipv6) throws SocketException;

    /** Of one family, if there is a reason to choose it. */
    final synchronized Descriptor descriptor(boolean ipv6) throws SocketException {
        checkOpen();
        Descriptor d = descriptor;
        if (d == null) {
            d = open(ipv6);
            adopt(d);
        }
        return d;
    }

    @Override
    public final Descriptor descriptor() throws SocketException {
        Descriptor d = descriptor;
        return d != null ? d : descriptor(Net.ipv6());
    }

    @Override
    int receive(byte[] b, int off, int len, int millis) throws IOException {
        try {
            return descriptor.recv(b, off, len, millis);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    int receive(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        try {
            return descriptor.recv(b, off, len, deadline);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    int sendSome(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        try {
            return descriptor.sendSome(b, off, len, deadline);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    void send(byte[] b, int off, int len) throws IOException {
        try {
            descriptor.send(b, off, len, null);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    void awaitNews(@Nullable Deadline deadline) throws IOException {
        try {
            descriptor.awaitNews(deadline);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    int sendFile(int file, long offset, int count, @Nullable Deadline deadline) throws IOException {
        try {
            int n =
                    descriptor.output(
                            (s, fd) -> Fd.sendFile(s, fd, file, offset, count),
                            deadline,
                            FILE_WEIGHT);
            if (n == -Errno.EPIPE || n == -Errno.ECONNRESET) {
                throw Errno.failure(-n);
            }
            return n;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    void awaitInput(@Nullable Deadline deadline) throws IOException {
        try {
            descriptor().awaitInput(deadline);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    void awaitOutput(@Nullable Deadline deadline) throws IOException {
        try {
            descriptor().awaitOutput(deadline);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    int waiting() throws IOException {
        return descriptor.check(Net::available);
    }

    @Override
    void shutInput() throws IOException {
        shutdown(Net.SHUT_RD);
    }

    @Override
    void shutOutput() throws IOException {
        shutdown(Net.SHUT_WR);
    }

    private void shutdown(int half) throws SocketException {
        int failure = descriptor.call((s, fd) -> Net.shutdown(s, fd, half));
        if (failure < 0 && failure != -Errno.ENOTCONN) { // the peer was faster
            throw Errno.failure(-failure);
        }
    }

    final void bind(Descriptor d, SocketAddress address) throws SocketException {
        int failure = d.call((s, fd) -> Net.bind(s, fd, address, d.ipv6()));
        if (failure < 0) {
            throw Errno.bindFailure(-failure, address);
        }
    }

    @Override
    SocketAddress readLocalAddress() throws SocketException {
        return descriptor.localAddress();
    }

    @Override
    void release() {
        Cleaner.Cleanable g;
        synchronized (this) {
            g = garbage;
        }
        if (g != null) {
            g.clean();
        }
    }

    @Override
    <T> void set(SocketOption<T> option, T value) throws SocketException {
        Options.set(descriptor(), option, value);
    }

    @Override
    <T> T get(SocketOption<T> option) throws SocketException {
        return Options.get(descriptor(), option);
    }
}
