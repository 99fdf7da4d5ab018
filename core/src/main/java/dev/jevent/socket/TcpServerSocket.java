package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;

/**
 * A listener of TCP. {@code TCP_NODELAY} and {@code SO_KEEPALIVE} are options here too: the
 * accepted sockets inherit them. Any thread.
 */
final class TcpServerSocket extends DescriptorServerSocket {

    /** Not bound; of both families, if there are two. */
    TcpServerSocket() throws SocketException {
        super(newDescriptor(Net.ipv6()));
    }

    /** Somebody else's, which listens already. */
    TcpServerSocket(Descriptor descriptor, SocketAddress local) {
        super(descriptor, local);
    }

    private static Descriptor newDescriptor(boolean ipv6) throws SocketException {
        Descriptor d = Descriptor.open(ipv6);
        boolean done = false;
        try {
            Options.set(d, StandardSocketOptions.SO_REUSEADDR, true);
            done = true;
        } finally {
            if (!done) {
                d.close();
            }
        }
        return d;
    }

    @Override
    SocketAddress check(@Nullable SocketAddress address) throws SocketException {
        InetSocketAddress tcp =
                address == null ? new InetSocketAddress(0) : Addresses.ofTcp(address);
        if (tcp.isUnresolved()) {
            throw new SocketException("Unresolved address: " + tcp);
        }
        return tcp;
    }

    @Override
    Socket socket(Descriptor.Accepted accepted) throws SocketException {
        return new TcpSocket(accepted.descriptor(), accepted.from());
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.OF_LISTENERS;
    }
}
