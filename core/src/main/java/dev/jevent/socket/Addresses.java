package dev.jevent.socket;

import dev.jevent.Jevent;
import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What there is to say of addresses. */
final class Addresses {

    private static final InetAddress[] NONE = {};

    private Addresses() {}

    /** That of the internet; the loopback address for a socket of this machine's own. */
    static InetAddress internet(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? internet.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** For messages. */
    static String text(SocketAddress address) {
        return !(address instanceof InetSocketAddress internet)
                ? address.toString()
                : internet.isUnresolved()
                        ? internet.getHostString() + ":" + internet.getPort()
                        : address.toString().replaceFirst("^/", "");
    }

    /**
     * What there is to try, in this order.
     *
     * @param from if not null, only addresses of its family
     * @param timeout of the look-up, zero for none
     */
    static List<SocketAddress> candidates(
            SocketAddress to, @Nullable SocketAddress from, Duration timeout) throws IOException {
        if (to instanceof UnixDomainSocketAddress) {
            return List.of(to);
        }
        if (!(to instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException("neither an address of TCP nor a path: " + to);
        }
        if (!internet.isUnresolved()) {
            return List.of(to);
        }
        List<InetAddress> all = List.of(lookUp(internet.getHostString(), timeout));
        List<SocketAddress> usable = new ArrayList<>();
        for (InetAddress a : Connecting.interleaved(all)) {
            if (from == null || reaches(from, a)) {
                usable.add(Connecting.withPort(a, internet.getPort()));
            }
        }
        if (usable.isEmpty()) {
            throw new ConnectException(
                    "no address of " + text(to) + " can be reached from " + text(from));
        }
        return usable;
    }

    /** A thread without a hub has nobody who could end its wait. */
    private static InetAddress[] lookUp(String host, Duration timeout) throws IOException {
        if (timeout.isZero() || HubAccess.get().currentLoop() == null) {
            return InetAddress.getAllByName(host);
        }
        InetAddress[] found;
        try {
            found = Jevent.withTimeout(timeout, NONE, () -> InetAddress.getAllByName(host));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot look up " + host, e);
        }
        if (found == NONE) {
            throw new SocketTimeoutException("Connect timed out: looking up " + host);
        }
        return found;
    }

    private static boolean reaches(SocketAddress from, InetAddress to) {
        return !(from instanceof InetSocketAddress i)
                || i.getAddress() == null
                || i.getAddress().isAnyLocalAddress()
                || i.getAddress().getClass() == to.getClass();
    }

    static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress().getAddress().length == 16;
    }

    /** Refuses what is no address of TCP. */
    static InetSocketAddress ofTcp(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException("Unsupported address type: " + address);
        }
        return internet;
    }

    /** Refuses what is no path. */
    static UnixDomainSocketAddress ofUnix(SocketAddress address) {
        if (!(address instanceof UnixDomainSocketAddress unix)) {
            throw new IllegalArgumentException("not the path of a Unix-domain socket: " + address);
        }
        return unix;
    }
}
