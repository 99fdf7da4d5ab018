package dev.jevent.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;

/** Addresses as text, and back. */
final class Addresses {

    private static final String UNIX = "unix:";

    private Addresses() {}

    /** See {@link BaseServer#parseAddress}. */
    static SocketAddress parse(String address) {
        if (address.startsWith(UNIX)) {
            return unix(address);
        }
        int colon = address.lastIndexOf(':');
        int port = port(address, address.substring(colon + 1));
        String host = colon < 0 ? "" : address.substring(0, colon);
        if (host.isEmpty() || host.equals("*")) {
            return new InetSocketAddress(port);
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            return literal(address, host.substring(1, host.length() - 1), port);
        }
        if (host.indexOf(':') >= 0) {
            throw wrong(address, "put an IPv6 address in brackets: [::1]:80");
        }
        boolean isNumber = host.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.');
        return isNumber
                ? literal(address, host, port)
                : InetSocketAddress.createUnresolved(host, port);
    }

    private static SocketAddress unix(String address) {
        String path = address.substring(UNIX.length());
        if (path.isEmpty()) {
            throw wrong(address, "a path is missing: unix:/run/my.sock");
        }
        try {
            return UnixDomainSocketAddress.of(path);
        } catch (InvalidPathException e) {
            throw wrong(address, e.getMessage());
        }
    }

    private static int port(String address, String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || text.length() > 5 || Integer.parseInt(text) > 65535) {
            throw wrong(address, "it must end with a port from 0 to 65535");
        }
        return Integer.parseInt(text);
    }

    private static SocketAddress literal(String address, String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException e) {
            throw wrong(address, "'" + host + "' is no IP address");
        }
    }

    private static IllegalArgumentException wrong(String address, String why) {
        return new IllegalArgumentException("cannot listen to '" + address + "': " + why);
    }

    /** A name is looked up. */
    static SocketAddress resolved(SocketAddress address) throws UnknownHostException {
        if (address instanceof InetSocketAddress internet && internet.isUnresolved()) {
            return new InetSocketAddress(
                    InetAddress.getByName(internet.getHostString()), internet.getPort());
        }
        return address;
    }

    /** Without the slash of java.net. */
    static String text(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress unix -> UNIX + unix.getPath();
            case InetSocketAddress internet -> internet.toString().replaceFirst("^[^/]*/", "");
            default -> address.toString();
        };
    }
}
