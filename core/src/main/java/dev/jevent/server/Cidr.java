package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Predicate;

/** A block of addresses: {@code 10.0.0.0/8}, {@code fd00::/8}, or a single one. */
final class Cidr implements Predicate<SocketAddress> {

    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] network;
        try {
            String literal = slash < 0 ? text : text.substring(0, slash);
            network = InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            throw wrong(text, e);
        }
        int most = 8 * network.length;
        try {
            int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
            if (bits >= 0 && bits <= most) {
                return new Cidr(network, bits);
            }
        } catch (NumberFormatException e) {
            throw wrong(text, e);
        }
        throw wrong(text, null);
    }

    private static IllegalArgumentException wrong(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "not an IP address, nor a block like 10.0.0.0/8: '" + text + "'", cause);
    }

    @Override
    public boolean test(SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress internet)) {
            return false;
        }
        byte[] address = internet.getAddress().getAddress();
        if (address.length != network.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if (((address[i / 8] ^ network[i / 8]) >> (7 - i % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }
}
