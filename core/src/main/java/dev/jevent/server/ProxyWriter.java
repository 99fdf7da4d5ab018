package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes headers of the PROXY protocol. */
final class ProxyWriter {

    private static final int UNIX_PATH = 108;

    private ProxyWriter() {}

    static byte[] line(@Nullable SocketAddress source, @Nullable SocketAddress destination) {
        String line =
                source instanceof InetSocketAddress from
                                && destination instanceof InetSocketAddress to
                        ? line(from, to)
                        : "PROXY UNKNOWN\r\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    private static String line(InetSocketAddress from, InetSocketAddress to) {
        boolean ipv6 = isIpv6(from) || isIpv6(to);
        return String.join(
                " ",
                ipv6 ? "PROXY TCP6" : "PROXY TCP4",
                text(from, ipv6),
                text(to, ipv6),
                from.getPort() + "",
                to.getPort() + "\r\n");
    }

    private static String text(InetSocketAddress address, boolean ipv6) {
        String text = resolved(address).getHostAddress();
        int scope = text.indexOf('%');
        String plain = scope < 0 ? text : text.substring(0, scope);
        return ipv6 && !isIpv6(address) ? "::ffff:" + plain : plain;
    }

    private static InetAddress resolved(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("a PROXY header tells addresses, not " + address);
        }
        return address.getAddress();
    }

    private static boolean isIpv6(InetSocketAddress address) {
        return resolved(address).getAddress().length == 16;
    }

    static byte[] binary(@Nullable SocketAddress source, @Nullable SocketAddress destination) {
        if (source instanceof InetSocketAddress from
                && destination instanceof InetSocketAddress to) {
            return binary(from, to);
        }
        if (source instanceof UnixDomainSocketAddress from
                && destination instanceof UnixDomainSocketAddress to) {
            return begin(0x21, 0x31, 2 * UNIX_PATH).put(path(from)).put(path(to)).array();
        }
        boolean local = source == null && destination == null;
        return begin(local ? 0x20 : 0x21, 0, 0).array();
    }

    private static byte[] binary(InetSocketAddress from, InetSocketAddress to) {
        boolean ipv6 = isIpv6(from) || isIpv6(to);
        int size = ipv6 ? 16 : 4;
        return begin(0x21, ipv6 ? 0x21 : 0x11, 2 * (size + 2))
                .put(bytes(from, size))
                .put(bytes(to, size))
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .array();
    }

    private static ByteBuffer begin(int command, int family, int length) {
        return ByteBuffer.allocate(ProxyParser.FIXED + length)
                .put(ProxyParser.SIGNATURE)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) length);
    }

    private static byte[] bytes(InetSocketAddress address, int size) {
        byte[] b = resolved(address).getAddress();
        if (b.length == size) {
            return b;
        }
        return ByteBuffer.allocate(16).position(10).putShort((short) -1).put(b).array();
    }

    private static byte[] path(UnixDomainSocketAddress address) {
        byte[] path = address.getPath().toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > UNIX_PATH) {
            throw new IllegalArgumentException("too long for a Unix-domain socket: " + address);
        }
        return ByteBuffer.allocate(UNIX_PATH).put(path).array();
    }
}
