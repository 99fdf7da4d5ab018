package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;

/** A listener on a {@link Descriptor}. Any thread. */
abstract class DescriptorServerSocket extends StreamServerSocket implements HasDescriptor {

    private final Descriptor descriptor;
    private final Cleaner.Cleanable garbage;

    /** Not bound. */
    DescriptorServerSocket(Descriptor descriptor) {
        this.descriptor = descriptor;
        garbage = DescriptorSocket.CLEANER.register(this, descriptor::close);
    }

    /** Listens already. */
    DescriptorServerSocket(Descriptor descriptor, SocketAddress local) {
        this(descriptor);
        boundTo(local);
    }

    @Override
    public final Descriptor descriptor() {
        return descriptor;
    }

    /** The socket of a connection. */
    abstract Socket socket(Descriptor.Accepted accepted) throws SocketException;

    @Override
    SocketAddress doBind(SocketAddress to, int backlog) throws IOException {
        int failure = descriptor.call((s, fd) -> Net.bind(s, fd, to, descriptor.ipv6()));
        if (failure >= 0) {
            failure = descriptor.call((s, fd) -> Net.listen(s, fd, backlog));
        }
        if (failure < 0) {
            throw Errno.bindFailure(-failure, to);
        }
        return descriptor.localAddress();
    }

    @Override
    Socket doAccept(int millis) throws IOException {
        try {
            return socket(descriptor.accept(millis));
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    void awaitInput(@Nullable Deadline deadline) throws IOException {
        checkBound();
        try {
            descriptor.awaitInput(deadline);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    void release() {
        garbage.clean();
    }

    @Override
    <T> void set(SocketOption<T> option, T value) throws SocketException {
        Options.set(descriptor, option, value);
    }

    @Override
    <T> T get(SocketOption<T> option) throws SocketException {
        return Options.get(descriptor, option);
    }
}
