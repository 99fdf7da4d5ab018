package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.PeerCredentials;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.UnixDomainSocketAddress;
import java.util.Set;

/** A stream socket of the Unix domain; unix(7). Any thread. */
final class UnixSocket extends DescriptorSocket {

    /** Of those that have none. */
    static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

    /** Neither bound nor connected. */
    UnixSocket() throws SocketException {}

    /** Accepted, one of a pair, or somebody else's. */
    UnixSocket(Descriptor descriptor, SocketAddress remote) throws SocketException {
        super(descriptor, remote);
    }

    @Override
    Descriptor open(boolean ipv6) throws SocketException {
        return Descriptor.openUnix();
    }

    @Override
    void check(SocketAddress address) {
        Addresses.ofUnix(address);
    }

    @Override
    void doConnect(SocketAddress to, @Nullable Deadline deadline) throws IOException {
        descriptor().connect(to, deadline);
    }

    @Override
    void doBind(@Nullable SocketAddress to) throws IOException {
        bind(descriptor(), to == null ? UNNAMED : to);
    }

    Credentials peerCredentials() throws SocketException {
        checkConnected();
        var found = new Credentials[1];
        int ignored =
                descriptor()
                        .check(
                                (s, fd) -> {
                                    int failure = PeerCredentials.get(s, fd);
                                    found[0] =
                                            new Credentials(
                                                    PeerCredentials.pid(s),
                                                    PeerCredentials.uid(s),
                                                    PeerCredentials.gid(s));
                                    return failure;
                                });
        return found[0];
    }

    @Override
    <T> T get(SocketOption<T> option) throws SocketException {
        return option.name().equals("SO_PEERCRED")
                ? Options.principal(option, peerCredentials())
                : super.get(option);
    }

    @Override
    <T> void set(SocketOption<T> option, T value) throws SocketException {
        if (option.name().equals("SO_PEERCRED")) {
            throw new SocketException("SO_PEERCRED cannot be set");
        }
        super.set(option, value);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.OF_UNIX_SOCKETS;
    }
}
