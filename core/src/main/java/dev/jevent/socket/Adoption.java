package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import org.jspecify.annotations.Nullable;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/** Makes sockets of descriptors that are open already, after a look at what they are. */
final class Adoption {

    private Adoption() {}

    static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "an open descriptor can only be adopted on Linux, and not in the portable mode");
    }

    /** What an open descriptor is. */
    record Kind(int family, int type, boolean listens) {

        boolean isUnix() {
            return family == Net.AF_UNIX;
        }

        boolean isInternet() {
            return family == Net.AF_INET || family == Net.AF_INET6;
        }

        @Override
        public String toString() {
            String what =
                    switch (type) {
                        case Net.SOCK_STREAM -> listens ? "a listener" : "a stream socket";
                        case Net.SOCK_DGRAM -> "a datagram socket";
                        default -> "a socket of type " + type;
                    };
            String where =
                    switch (family) {
                        case Net.AF_UNIX -> "the Unix domain";
                        case Net.AF_INET -> "IPv4";
                        case Net.AF_INET6 -> "IPv6";
                        default -> "address family " + family;
                    };
            return what + " of " + where;
        }
    }

    static Socket stream(int fd) throws SocketException {
        Kind kind = kind(fd, "a connected stream socket");
        SocketAddress remote = Net.remoteAddress(Scratch.ofThread(), fd);
        if (kind.type != Net.SOCK_STREAM || kind.listens || remote == null) {
            throw wrong(fd, "a connected stream socket", kind);
        }
        Descriptor d = descriptor(fd, kind);
        return kind.isUnix() ? new UnixSocket(d, remote) : new TcpSocket(d, remote);
    }

    static ServerSocket listener(int fd) throws SocketException {
        Kind kind = kind(fd, "a listener");
        if (kind.type != Net.SOCK_STREAM || !kind.listens) {
            throw wrong(fd, "a listener", kind);
        }
        Descriptor d = descriptor(fd, kind);
        SocketAddress local = d.localAddress();
        return kind.isUnix() ? new UnixServerSocket(d, local) : new TcpServerSocket(d, local);
    }

    /** For datagrams of the internet; non-blocking afterwards. */
    static Descriptor datagrams(int fd) throws SocketException {
        Kind kind = kind(fd, "a UDP socket");
        if (kind.type != Net.SOCK_DGRAM || !kind.isInternet()) {
            throw wrong(fd, "a UDP socket", kind);
        }
        return descriptor(fd, kind);
    }

    /** What it is. */
    static Kind kind(int fd, String wanted) {
        if (fd < 0) {
            throw new IllegalArgumentException("no descriptor: " + fd);
        }
        Scratch s = Scratch.ofThread();
        Integer family = option(s, fd, Net.SO_DOMAIN);
        Integer type = option(s, fd, Net.SO_TYPE);
        Integer listens = option(s, fd, Net.SO_ACCEPTCONN);
        if (family == null || type == null || listens == null) {
            throw wrong(fd, wanted, "no open socket");
        }
        var kind = new Kind(family, type, listens != 0);
        if (!kind.isUnix() && !kind.isInternet()) {
            throw wrong(fd, wanted, kind);
        }
        return kind;
    }

    private static @Nullable Integer option(Scratch s, int fd, int option) {
        int failure = Net.getOption(s, fd, Net.SOL_SOCKET, option);
        return failure < 0 ? null : Net.value(s);
    }

    private static IllegalArgumentException wrong(int fd, String wanted, Object is) {
        return new IllegalArgumentException(
                "descriptor " + fd + " is not " + wanted + " but " + is);
    }

    private static Descriptor descriptor(int fd, Kind kind) throws SocketException {
        Scratch s = Scratch.ofThread();
        int failure = Fd.nonBlocking(s, fd, true);
        if (failure >= 0) {
            failure = Fd.closeOnExec(s, fd);
        }
        if (failure < 0) {
            throw Errno.failure(-failure);
        }
        return Descriptor.shared(fd, kind.family == Net.AF_INET6, "Socket");
    }
}
