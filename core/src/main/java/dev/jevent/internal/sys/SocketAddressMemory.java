package dev.jevent.internal.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6}, to and from Java's addresses. An IPv4
 * address is mapped into IPv6 for a socket of both families, and mapped back when it is read.
 */
final class SocketAddressMemory {

    static final int SIZE = 28; // of sockaddr_in6, the larger one

    private static final int SIZE_IPV4 = 16;
    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;
    private static final int IPV6_SCOPE = 24;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddressMemory() {}

    /** Writes the address; its length. */
    static int write(MemorySegment memory, InetSocketAddress from, boolean ipv6) {
        memory.fill((byte) 0);
        memory.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? Net.AF_INET6 : Net.AF_INET));
        memory.set(NETWORK_SHORT, PORT, (short) from.getPort());
        InetAddress address = from.getAddress();
        byte[] bytes = address.getAddress();
        if (!ipv6) {
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
        return SIZE;
    }

    private static void copy(byte[] from, MemorySegment to, int offset) {
        MemorySegment.copy(from, 0, to, ValueLayout.JAVA_BYTE, offset, from.length);
    }

    /** Reads an address that the kernel wrote. */
    static InetSocketAddress read(MemorySegment memory) {
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
