package dev.jevent.resolver;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;

/** Addresses that are written down as such. */
final class Literals {

    private Literals() {}

    /**
     * The address, of which the family is one that is wanted; null if this is a name.
     *
     * @throws UnknownHostException if it is empty, or could only be an address and is none, or one
     *     of another family
     */
    static @Nullable List<InetAddress> of(String host, Families families)
            throws UnknownHostException {
        if (host.isEmpty()) {
            throw new UnknownHostException("an empty name has no address");
        }
        InetAddress address = parse(host);
        if (address != null && !families.has(address)) {
            throw new UnknownHostException(host + ": not of the family asked for, " + families);
        }
        return address == null ? null : List.of(address);
    }

    /**
     * The address, or null if this is a name.
     *
     * @throws UnknownHostException if it could only be an address, and is none
     */
    static @Nullable InetAddress parse(String host) throws UnknownHostException {
        boolean brackets = host.startsWith("[");
        if (!brackets && host.indexOf(':') < 0 && !endsInANumber(host)) {
            return null;
        }
        String text = host;
        if (brackets) {
            if (!host.endsWith("]") || host.indexOf(':') < 0) {
                throw none(host, null);
            }
            text = host.substring(1, host.length() - 1);
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            InetAddress scoped = scoped(text);
            if (scoped != null) {
                return scoped;
            }
            throw none(host, e);
        }
    }

    /** The JDK takes an interface as the scope only if it has an address of the same kind. */
    private static @Nullable InetAddress scoped(String text) {
        int percent = text.indexOf('%');
        if (percent < 0) {
            return null;
        }
        try {
            byte[] bytes = InetAddress.ofLiteral(text.substring(0, percent)).getAddress();
            NetworkInterface scope = NetworkInterface.getByName(text.substring(percent + 1));
            return scope == null || bytes.length == 4
                    ? null
                    : Inet6Address.getByAddress(null, bytes, scope.getIndex());
        } catch (IllegalArgumentException | IOException e) {
            return null; // said by the caller
        }
    }

    private static UnknownHostException none(String host, @Nullable Exception cause) {
        var e = new UnknownHostException(host + ": neither an IP address nor the name of a host");
        if (cause != null) {
            e.initCause(cause);
        }
        return e;
    }

    /** No name does: top-level domains are letters (RFC 3696, section 2). */
    private static boolean endsInANumber(String host) {
        int from = host.lastIndexOf('.') + 1;
        if (from == host.length()) {
            return false;
        }
        for (int i = from; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
        }
        return true;
    }
}
