package dev.jevent.resolver.dns;

import dev.jevent.resolver.Families;

import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Record;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Turns records into addresses, and orders them. */
final class Addresses {

    private static final int PORT_OF_ANYTHING = 9;

    private Addresses() {}

    /** The same address, in its scope, with a name, so that nobody asks for that again. */
    static InetAddress named(String name, InetAddress address) throws UnknownHostException {
        byte[] bytes = address.getAddress();
        if (!(address instanceof Inet6Address six) || six.getScopeId() == 0) {
            return InetAddress.getByAddress(name, bytes);
        }
        NetworkInterface scope = six.getScopedInterface();
        if (scope != null) {
            try {
                return Inet6Address.getByAddress(name, bytes, scope);
            } catch (UnknownHostException e) {
                // the interface has lost its address since the file was read: by its number then
            }
        }
        return Inet6Address.getByAddress(name, bytes, six.getScopeId());
    }

    /**
     * An address as it is written down. As a scope the JDK takes the name of an interface only if
     * that has an address of the same kind; here it may be that of any.
     *
     * @throws IllegalArgumentException if it is none, or in no scope of this machine
     */
    static InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            int percent = text.indexOf('%');
            if (percent < 0) {
                throw e;
            }
            byte[] bytes = InetAddress.ofLiteral(text.substring(0, percent)).getAddress();
            try {
                NetworkInterface scope = NetworkInterface.getByName(text.substring(percent + 1));
                if (scope != null && bytes.length == 16) {
                    return Inet6Address.getByAddress(null, bytes, scope.getIndex());
                }
            } catch (IOException another) {
                e.addSuppressed(another);
            }
            throw e;
        }
    }

    /** Those of the families, in their order. */
    static List<InetAddress> of(String name, List<Record> records, Families families)
            throws UnknownHostException {
        List<InetAddress> all = new ArrayList<>();
        for (Record r : records) {
            InetAddress address =
                    switch (r) {
                        case ARecord a -> a.getAddress();
                        case AAAARecord a -> a.getAddress();
                        default -> null;
                    };
            if (address != null) {
                all.add(named(name, address));
            }
        }
        List<InetAddress> wanted = families.select(all);
        return families == Families.ANY ? ordered(wanted) : wanted;
    }

    private record Candidate(InetAddress address, boolean reachable, boolean same, int rank) {}

    /**
     * RFC 6724, section 6, with its default table, as far as it matters to who connects: addresses
     * that this machine has no way to come last (rule 1), then those of another scope or label than
     * the address it would use itself (2, 5), then by precedence (6); else as they were (10).
     */
    static List<InetAddress> ordered(List<InetAddress> addresses) {
        boolean four = addresses.stream().anyMatch(a -> a instanceof Inet4Address);
        boolean six = addresses.stream().anyMatch(a -> !(a instanceof Inet4Address));
        if (!four || !six) {
            return addresses;
        }
        return addresses.stream()
                .map(Addresses::candidate)
                .sorted(
                        Comparator.comparing((Candidate c) -> !c.reachable)
                                .thenComparing(c -> !c.same)
                                .thenComparingInt(c -> -c.rank))
                .map(Candidate::address)
                .toList();
    }

    /** Connecting a datagram socket sends nothing and tells which way the system would take. */
    private static Candidate candidate(InetAddress address) {
        int rank = precedence(address);
        try (var socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(address, PORT_OF_ANYTHING));
            InetAddress own = socket.getLocalAddress();
            boolean same = scope(own) == scope(address) && precedence(own) == precedence(address);
            return new Candidate(address, !own.isAnyLocalAddress(), same, rank);
        } catch (IOException e) {
            return new Candidate(address, false, false, rank);
        }
    }

    /** The precedences of the default table differ wherever the labels do. */
    private static int precedence(InetAddress address) {
        byte[] b = address.getAddress();
        if (b.length == 4) {
            return 35;
        }
        if (address.isLoopbackAddress()) {
            return 50;
        }
        if (b[0] == 0x20 && b[1] == 0x02) {
            return 30;
        }
        if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0) {
            return 5;
        }
        return (b[0] & 0xFE) == 0xFC ? 3 : 40;
    }

    private static int scope(InetAddress address) {
        if (address.isLoopbackAddress() || address.isLinkLocalAddress()) {
            return 2;
        }
        return address instanceof Inet4Address || !address.isSiteLocalAddress() ? 14 : 5;
    }
}
