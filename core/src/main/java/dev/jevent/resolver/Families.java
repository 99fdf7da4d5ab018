package dev.jevent.resolver;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/** Which addresses of a name are wanted, and which of them come first. */
public enum Families {
    /** IPv4 only. */
    IPV4(LookupPolicy.IPV4),
    /** IPv6 only. */
    IPV6(LookupPolicy.IPV6),
    /** Both, IPv4 first: what {@code InetAddress} does unless told otherwise. */
    IPV4_FIRST(LookupPolicy.IPV4 | LookupPolicy.IPV6 | LookupPolicy.IPV4_FIRST),
    /** Both, IPv6 first. */
    IPV6_FIRST(LookupPolicy.IPV4 | LookupPolicy.IPV6 | LookupPolicy.IPV6_FIRST),
    /** Both, in the order of {@code getaddrinfo(3)}: RFC 6724. */
    ANY(LookupPolicy.IPV4 | LookupPolicy.IPV6);

    private static final class Preferred {
        static final Families FAMILIES = read();

        private static Families read() {
            if (Boolean.getBoolean("java.net.preferIPv4Stack") || !hasIpv6()) {
                return IPV4;
            }
            String first = System.getProperty("java.net.preferIPv6Addresses", "false");
            if (first.equalsIgnoreCase("system")) {
                return ANY;
            }
            return first.equalsIgnoreCase("true") ? IPV6_FIRST : IPV4_FIRST;
        }

        private static boolean hasIpv6() {
            try (var channel = DatagramChannel.open(StandardProtocolFamily.INET6)) {
                return channel.isOpen();
            } catch (UnsupportedOperationException e) {
                return false;
            } catch (IOException e) {
                return true; // too many open files, for instance: says nothing about IPv6
            }
        }
    }

    private final int characteristics;

    Families(int characteristics) {
        this.characteristics = characteristics;
    }

    /**
     * What {@code InetAddress} gives: as {@code java.net.preferIPv4Stack} and {@code
     * java.net.preferIPv6Addresses} say when this is first asked for.
     */
    public static Families preferred() {
        return Preferred.FAMILIES;
    }

    static Families of(LookupPolicy policy) {
        int c = policy.characteristics();
        for (Families f : values()) {
            if (f.characteristics == c) {
                return f;
            }
        }
        throw new IllegalArgumentException("an unknown policy of looking up names: " + c);
    }

    LookupPolicy policy() {
        return LookupPolicy.of(characteristics);
    }

    /** Whether IPv4 addresses are wanted. */
    public boolean hasIpv4() {
        return this != IPV6;
    }

    /** Whether IPv6 addresses are wanted. */
    public boolean hasIpv6() {
        return this != IPV4;
    }

    /** Whether this address is of one of them. */
    public boolean has(InetAddress address) {
        return address instanceof Inet4Address ? hasIpv4() : hasIpv6();
    }

    /**
     * Those that are wanted, in their order; inside of a family, and for {@link #ANY}, as given.
     */
    public List<InetAddress> select(List<InetAddress> addresses) {
        List<InetAddress> first = new ArrayList<>(addresses.size());
        List<InetAddress> second = new ArrayList<>();
        for (InetAddress a : addresses) {
            if (has(a)) {
                boolean ahead = this == ANY || (a instanceof Inet4Address) == (this != IPV6_FIRST);
                (ahead ? first : second).add(a);
            }
        }
        first.addAll(second);
        return List.copyOf(first);
    }
}
