package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.POINTER;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The system calls that only datagram sockets need: the end of a connection, and multicast; ip(7),
 * ipv6(7). In the style of {@link Net}: they answer the negative errno.
 */
public final class Datagrams {

    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_DROP_MEMBERSHIP = 36;
    private static final int IPV6_MULTICAST_IF = 17;
    private static final int IPV6_JOIN_GROUP = 20;
    private static final int IPV6_LEAVE_GROUP = 21;
    private static final int SIZE_IPV4 = 12; // of struct ip_mreqn: group, address, index
    private static final int SIZE_IPV6 = 20; // of struct ipv6_mreq: group, index

    private static final MethodHandle CONNECT =
            Native.quickWithErrno("connect", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle SET_OPTION =
            Native.quickWithErrno(
                    "setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));

    private Datagrams() {}

    private static int result(Scratch s, int result) {
        return result >= 0 ? result : -s.errno();
    }

    /** Ends the association with a peer; the kernel may forget the local address too. */
    public static int disconnect(Scratch s, int fd) {
        s.address.asSlice(0, 16).fill((byte) 0); // AF_UNSPEC
        try {
            return result(s, (int) CONNECT.invokeExact(s.errno, fd, s.address, 16));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Joins a multicast group, or leaves it.
     *
     * @param index of the interface; 0 for the one that the system chooses
     */
    public static int membership(Scratch s, int fd, InetAddress group, int index, boolean join) {
        byte[] bytes = group.getAddress();
        MemorySegment.copy(bytes, 0, s.address, ValueLayout.JAVA_BYTE, 0, bytes.length);
        if (group instanceof Inet4Address) {
            s.address.set(INT, 4, 0);
            s.address.set(INT, 8, index);
            int option = join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP;
            return set(s, fd, Net.IPPROTO_IP, option, SIZE_IPV4);
        }
        s.address.set(INT, 16, index);
        int option = join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP;
        return set(s, fd, Net.IPPROTO_IPV6, option, SIZE_IPV6);
    }

    /** Sets the interface by which multicasts of IPv4 leave; its address is kept to be read. */
    public static int setInterface4(Scratch s, int fd, int index, @Nullable Inet4Address address) {
        s.address.asSlice(0, SIZE_IPV4).fill((byte) 0);
        if (address != null) {
            MemorySegment.copy(address.getAddress(), 0, s.address, ValueLayout.JAVA_BYTE, 4, 4);
        }
        s.address.set(INT, 8, index);
        return set(s, fd, Net.IPPROTO_IP, IP_MULTICAST_IF, SIZE_IPV4);
    }

    /** Sets the interface by which multicasts of IPv6 leave. */
    public static int setInterface6(Scratch s, int fd, int index) {
        return Net.setOption(s, fd, Net.IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
    }

    /** The address that {@link #setInterface4} was given, for {@link Net#value}. */
    public static int getInterface4(Scratch s, int fd) {
        return Net.getOption(s, fd, Net.IPPROTO_IP, IP_MULTICAST_IF);
    }

    /** The index that {@link #setInterface6} was given, for {@link Net#value}. */
    public static int getInterface6(Scratch s, int fd) {
        return Net.getOption(s, fd, Net.IPPROTO_IPV6, IPV6_MULTICAST_IF);
    }

    private static int set(Scratch s, int fd, int level, int option, int length) {
        try {
            return result(
                    s, (int) SET_OPTION.invokeExact(s.errno, fd, level, option, s.address, length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Who the datagrams come from. Mostly it is the one who sent the last, and then there is no new
     * object for his address. For one receiver at a time.
     */
    public static final class Sender {

        private static final int LONGS = 3; // of struct sockaddr_in6, and an int

        private final long[] last = new long[LONGS + 1];
        private int length;
        private @Nullable InetSocketAddress address;

        /** Nobody yet. */
        public Sender() {}

        /** The address that {@link Net#receive} left in the scratch. */
        public InetSocketAddress of(Scratch s) {
            InetSocketAddress known = address;
            if (known != null && isLast(s)) {
                return known;
            }
            var sender = (InetSocketAddress) Net.address(s);
            length = s.length();
            for (int i = 0; i <= LONGS; i++) {
                last[i] = part(s, i);
            }
            address = sender;
            return sender;
        }

        private boolean isLast(Scratch s) {
            if (s.length() != length) {
                return false;
            }
            for (int i = 0; i <= LONGS; i++) {
                if (last[i] != part(s, i)) {
                    return false;
                }
            }
            return true;
        }

        /** What lies behind the end of a short address does not count. */
        private static long part(Scratch s, int i) {
            long offset = 8L * i;
            return offset >= s.length()
                    ? 0
                    : i == LONGS
                            ? s.address.get(INT, offset)
                            : s.address.get(ValueLayout.JAVA_LONG, offset);
        }
    }
}
