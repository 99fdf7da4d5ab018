package dev.jevent.internal.sys;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * {@code struct sockaddr_in}, {@code sockaddr_in6} and {@code sockaddr_un}, to and from Java's
 * addresses. An IPv4 address is mapped into IPv6 for a socket of both families, and mapped back
 * when it is read.
 */
final class SocketAddressMemory {

    static final int SIZE = 112; // of sockaddr_un, the largest one, rounded up

    private static final int SIZE_IPV4 = 16;
    private static final int SIZE_IPV6 = 28;
    private static final int PORT = 2;
    private static final int PATH = 2;
    private static final int MOST_PATH = 107; // and a NUL
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;
    private static final int IPV6_SCOPE = 24;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final Charset OF_PATHS =
            Charset.forName(
                    System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);

    private SocketAddressMemory() {}

    /** Writes the address; its length, or negative errno if there can be no such address. */
    static int write(MemorySegment memory, SocketAddress from, boolean ipv6) {
        return from instanceof UnixDomainSocketAddress unix
                ? writeUnix(memory, unix)
                : writeInternet(memory, (InetSocketAddress) from, ipv6);
    }

    private static int writeUnix(MemorySegment memory, UnixDomainSocketAddress from) {
        byte[] path = from.getPath().toString().getBytes(OF_PATHS);
        if (path.length > MOST_PATH) {
            return -Errno.ENAMETOOLONG;
        }
        memory.fill((byte) 0);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) Net.AF_UNIX);
        copy(path, memory, PATH);
        return path.length == 0 ? PATH : PATH + path.length + 1;
    }

    private static int writeInternet(MemorySegment memory, InetSocketAddress from, boolean ipv6) {
        memory.asSlice(0, SIZE_IPV6).fill((byte) 0);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? Net.AF_INET6 : Net.AF_INET));
        memory.set(NETWORK_SHORT, PORT, (short) from.getPort());
        InetAddress address = from.getAddress();
        byte[] bytes = address.getAddress();
        if (!ipv6) {
            if (bytes.length != 4) {
                return -Errno.EAFNOSUPPORT;
            }
            copy(bytes, memory, IPV4_ADDRESS);
            return SIZE_IPV4;
        }
        if (address instanceof Inet6Address six) {
            copy(bytes, memory, IPV6_ADDRESS);
            memory.set(ValueLayout.JAVA_INT, IPV6_SCOPE, six.getScopeId());
        } else if (!address.isAnyLocalAddress()) {
            memory.set(ValueLayout.JAVA_SHORT, IPV6_ADDRESS + 10, (short) 0xFFFF);
            copy(bytes, memory, IPV6_ADDRESS + 12);
        }
        return SIZE_IPV6;
    }

    private static void copy(byte[] from, MemorySegment to, int offset) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_BYTE, offset, from.length);
    }

    /** Reads an address that the kernel wrote. */
    static SocketAddress read(MemorySegment memory, int length) {
        return length < 2 || memory.get(ValueLayout.JAVA_SHORT, 0) == Net.AF_UNIX
                ? readUnix(memory, length)
                : readInternet(memory);
    }

    /** One without a name has the empty path; so has one in Linux's abstract namespace. */
    private static UnixDomainSocketAddress readUnix(MemorySegment memory, int length) {
        int most = Math.min(length, SIZE) - PATH;
        int n = 0;
        while (n < most && memory.get(ValueLayout.JAVA_BYTE, PATH + (long) n) != 0) {
            n++;
        }
        var path = new byte[n];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, PATH, path, 0, n);
        return UnixDomainSocketAddress.of(new File(new String(path, OF_PATHS)).toPath());
    }

    /** Reads an address of the internet that the kernel wrote. */
    static InetSocketAddress readInternet(MemorySegment memory) {
        int port = memory.get(NETWORK_SHORT, PORT) & 0xFFFF;
        boolean ipv6 = memory.get(ValueLayout.JAVA_SHORT, 0) == Net.AF_INET6;
        var bytes = new byte[ipv6 ? 16 : 4];
        MemorySegment.copy(
                memory,
                ValueLayout.JAVA_BYTE,
                ipv6 ? IPV6_ADDRESS : IPV4_ADDRESS,
                bytes,
                0,
                bytes.length);
        int scope = ipv6 ? memory.get(ValueLayout.JAVA_INT, IPV6_SCOPE) : 0;
        try {
            return new InetSocketAddress(address(bytes, scope), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // the lengths are right
        }
    }

    private static InetAddress address(byte[] bytes, int scope) throws UnknownHostException {
        InetAddress plain = InetAddress.getByAddress(bytes); // maps IPv4 back
        return scope == 0 || plain instanceof Inet4Address
                ? plain
                : Inet6Address.getByAddress(null, bytes, scope);
    }
}
