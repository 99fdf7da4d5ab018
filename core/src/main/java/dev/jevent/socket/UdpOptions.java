package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Datagrams;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * The options of datagram sockets. One for both families has two of each multicast option; both are
 * set, and the one for IPv6 is read.
 */
final class UdpOptions {

    static final Set<SocketOption<?>> ALL =
            Set.of(
                    StandardSocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_SNDBUF,
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT,
                    StandardSocketOptions.SO_BROADCAST,
                    StandardSocketOptions.IP_TOS,
                    StandardSocketOptions.IP_MULTICAST_IF,
                    StandardSocketOptions.IP_MULTICAST_TTL,
                    StandardSocketOptions.IP_MULTICAST_LOOP);

    private static final int SO_BROADCAST = 6;
    private static final int IP_MULTICAST_ALL = 49;
    private static final int IPV6_MULTICAST_ALL = 29;

    /** An option that is a number: what it is called for each family. */
    private enum Numbered {
        TTL(33, 18),
        LOOP(34, 19);

        private final int ipv4;
        private final int ipv6;

        Numbered(int ipv4, int ipv6) {
            this.ipv4 = ipv4;
            this.ipv6 = ipv6;
        }
    }

    private UdpOptions() {}

    /** As java.net has them: broadcasts are allowed, and only joined groups are heard. */
    static void setDefaults(Descriptor d) throws SocketException {
        set(d, StandardSocketOptions.SO_BROADCAST, true);
        // a kernel that does not know them hears what others have joined; no reason to fail
        d.call((s, fd) -> Net.setOption(s, fd, Net.IPPROTO_IP, IP_MULTICAST_ALL, 0));
        if (d.ipv6()) {
            d.call((s, fd) -> Net.setOption(s, fd, Net.IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0));
        }
    }

    private static void checkSupported(SocketOption<?> option) {
        if (!ALL.contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    static <T> void set(Descriptor d, SocketOption<T> option, T value) throws SocketException {
        checkSupported(option);
        if (value == null) {
            throw new IllegalArgumentException("invalid value for " + option + ": null");
        }
        switch (option.name()) {
            case "SO_BROADCAST" -> {
                int on = (Boolean) value ? 1 : 0;
                d.check((s, fd) -> Net.setOption(s, fd, Net.SOL_SOCKET, SO_BROADCAST, on));
            }
            case "IP_MULTICAST_IF" -> setInterface(d, (NetworkInterface) value);
            case "IP_MULTICAST_TTL" -> setTimeToLive(d, (Integer) value);
            case "IP_MULTICAST_LOOP" -> set(d, Numbered.LOOP, (Boolean) value ? 1 : 0);
            default -> Options.set(d, option, value);
        }
    }

    private static void setTimeToLive(Descriptor d, int hops) throws SocketException {
        if (hops < 0 || hops > 255) {
            throw new IllegalArgumentException("a time to live is 0 to 255, not " + hops);
        }
        set(d, Numbered.TTL, hops);
    }

    private static void set(Descriptor d, Numbered option, int value) throws SocketException {
        d.check((s, fd) -> Net.setOption(s, fd, Net.IPPROTO_IP, option.ipv4, value));
        if (d.ipv6()) {
            d.check((s, fd) -> Net.setOption(s, fd, Net.IPPROTO_IPV6, option.ipv6, value));
        }
    }

    static <T> @Nullable T get(Descriptor d, SocketOption<T> option) throws SocketException {
        checkSupported(option);
        return switch (option.name()) {
            case "SO_BROADCAST" -> option.type().cast(number(d, Net.SOL_SOCKET, SO_BROADCAST) != 0);
            case "IP_MULTICAST_IF" -> option.type().cast(getInterface(d));
            case "IP_MULTICAST_TTL" -> option.type().cast(get(d, Numbered.TTL));
            case "IP_MULTICAST_LOOP" -> option.type().cast(get(d, Numbered.LOOP) != 0);
            default -> Options.get(d, option);
        };
    }

    private static int get(Descriptor d, Numbered option) throws SocketException {
        return d.ipv6()
                ? number(d, Net.IPPROTO_IPV6, option.ipv6)
                : number(d, Net.IPPROTO_IP, option.ipv4) & 0xFF; // the kernel writes one byte
    }

    private static int number(Descriptor d, int level, int option) throws SocketException {
        return value(d, (s, fd) -> Net.getOption(s, fd, level, option));
    }

    private static int value(Descriptor d, Descriptor.Call call) throws SocketException {
        var value = new int[1];
        d.check(
                (s, fd) -> {
                    int result = call.on(s, fd);
                    value[0] = Net.value(s);
                    return result;
                });
        return value[0];
    }

    // ---- multicast

    private static void setInterface(Descriptor d, NetworkInterface netIf) throws SocketException {
        int index = netIf.getIndex();
        var address =
                (Inet4Address)
                        netIf.inetAddresses()
                                .filter(a -> a instanceof Inet4Address)
                                .findFirst()
                                .orElse(null);
        if (d.ipv6()) {
            d.check((s, fd) -> Datagrams.setInterface6(s, fd, index));
        } else if (address == null) {
            throw new SocketException(
                    "cannot send multicasts of IPv4 by " + netIf + ": it has no such address");
        }
        d.check((s, fd) -> Datagrams.setInterface4(s, fd, index, address));
    }

    private static @Nullable NetworkInterface getInterface(Descriptor d) throws SocketException {
        if (d.ipv6()) {
            int index = value(d, Datagrams::getInterface6);
            return index == 0 ? null : NetworkInterface.getByIndex(index);
        }
        int address = value(d, Datagrams::getInterface4); // as it lies in memory
        return address == 0 ? null : NetworkInterface.getByInetAddress(address(address));
    }

    private static InetAddress address(int memory) {
        int n = Integer.reverseBytes(memory); // of a little-endian machine
        var bytes = new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // the length is right
        }
    }

    /** Joins a group or leaves it. */
    static void membership(
            Descriptor d, InetAddress group, @Nullable NetworkInterface netIf, boolean join)
            throws SocketException {
        if (!d.ipv6() && !(group instanceof Inet4Address)) {
            throw new IllegalArgumentException("a socket of IPv4 cannot join " + group);
        }
        NetworkInterface by = netIf != null ? netIf : getInterface(d);
        int index = by == null ? 0 : Math.max(by.getIndex(), 0);
        int result = d.call((s, fd) -> Datagrams.membership(s, fd, group, index, join));
        if (result < 0) {
            String what =
                    switch (-result) {
                        case Errno.EADDRINUSE -> "Already a member of group";
                        case Errno.EADDRNOTAVAIL -> "Not a member of group";
                        default -> Errno.text(-result);
                    };
            throw new SocketException(
                    what
                            + ": "
                            + group.getHostAddress()
                            + (by == null ? "" : " on " + by.getName()));
        }
    }
}
