package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.Set;

/** A listener of the Unix domain. Closing it leaves its file where it is. Any thread. */
final class UnixServerSocket extends DescriptorServerSocket {

    /** Not bound. */
    UnixServerSocket() throws SocketException {
        super(Descriptor.openUnix());
    }

    /** Somebody else's, which listens already. */
    UnixServerSocket(Descriptor descriptor, SocketAddress local) {
        super(descriptor, local);
    }

    @Override
    SocketAddress check(@Nullable SocketAddress address) {
        return address == null ? UnixSocket.UNNAMED : Addresses.ofUnix(address);
    }

    @Override
    Socket socket(Descriptor.Accepted accepted) throws SocketException {
        return new UnixSocket(accepted.descriptor(), accepted.from());
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.OF_UNIX_LISTENERS;
    }
}
