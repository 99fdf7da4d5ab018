package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.util.Set;

/** A socket of TCP. Any thread. */
final class TcpSocket extends DescriptorSocket {

    /** Neither bound nor connected. */
    TcpSocket() throws SocketException {}

    /** Accepted, or somebody else's. */
    TcpSocket(Descriptor descriptor, SocketAddress remote) throws SocketException {
        super(descriptor, remote);
    }

    @Override
    Descriptor open(boolean ipv6) throws SocketException {
        return Descriptor.open(ipv6);
    }

    @Override
    void check(SocketAddress address) {
        Addresses.ofTcp(address);
    }

    @Override
    void doConnect(SocketAddress to, @Nullable Deadline deadline) throws IOException {
        var address = (InetSocketAddress) to;
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostName());
        }
        // a socket of one family costs less than one of both
        Descriptor d = descriptor(Addresses.isIpv6(address));
        d.connect(address, deadline);
    }

    @Override
    void doBind(@Nullable SocketAddress to) throws IOException {
        bind(descriptor(), to == null ? new InetSocketAddress(0) : to);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.OF_SOCKETS;
    }
}
