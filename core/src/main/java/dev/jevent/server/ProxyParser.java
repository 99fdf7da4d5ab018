package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads headers of the PROXY protocol, versions 1 and 2, out of bytes. Waits for nothing: whoever
 * has not got all bytes yet asks again with more.
 */
final class ProxyParser {

    /** The longest line of version 1, with its end. */
    static final int LONGEST_LINE = 107;

    /** What version 2 has before its addresses. */
    static final int FIXED = 16;

    static final byte[] WORD = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    private static final int UNIX_PATH = 108;
    private static final int LONGEST_ID = 128;

    /** A header, and how many bytes it took. */
    record Parsed(ProxyHeader header, int length) {}

    private ProxyParser() {}

    /** Whether these may be the first bytes of a header, or are none at all. */
    static boolean mayBegin(byte[] b, int length) {
        return startsWith(b, length, WORD) || startsWith(b, length, SIGNATURE);
    }

    private static boolean startsWith(byte[] b, int length, byte[] what) {
        int n = Math.min(length, what.length);
        return Arrays.equals(b, 0, n, what, 0, n);
    }

    /**
     * The header at the beginning, where {@link #mayBegin} holds.
     *
     * @return null if it has not come completely
     * @throws ProtocolException if it is malformed
     */
    static @Nullable Parsed parse(byte[] b, int length) throws ProtocolException {
        if (length == 0) {
            return null;
        }
        return b[0] == WORD[0] ? parseLine(b, length) : parseBinary(b, length);
    }

    private static ProtocolException malformed(String why) {
        return new ProtocolException("malformed PROXY header: " + why);
    }

    // ---- version 1

    private static @Nullable Parsed parseLine(byte[] b, int length) throws ProtocolException {
        int most = Math.min(length, LONGEST_LINE);
        for (int i = 1; i < most; i++) {
            if (b[i] == '\n' && b[i - 1] == '\r') {
                String line = new String(b, 0, i - 1, StandardCharsets.ISO_8859_1);
                return new Parsed(header(line), i + 1);
            }
        }
        if (length >= LONGEST_LINE) {
            throw malformed("its line has more than " + LONGEST_LINE + " bytes");
        }
        return null;
    }

    private static ProxyHeader header(String line) throws ProtocolException {
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return new ProxyHeader(1, null, null, List.of());
        }
        String[] words = line.split(" ", -1);
        if (words.length != 6) {
            throw malformed("not six words in " + quoted(line));
        }
        boolean ipv6 =
                switch (words[1]) {
                    case "TCP4" -> false;
                    case "TCP6" -> true;
                    default -> throw malformed("neither TCP4, TCP6 nor UNKNOWN: " + quoted(line));
                };
        return new ProxyHeader(
                1,
                new InetSocketAddress(address(words[2], ipv6), port(words[4])),
                new InetSocketAddress(address(words[3], ipv6), port(words[5])),
                List.of());
    }

    private static InetAddress address(String text, boolean ipv6) throws ProtocolException {
        try {
            if (ipv6 ? isHex(text) : isDotted(text)) {
                return InetAddress.ofLiteral(text);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw malformed("no address of " + (ipv6 ? "IPv6: " : "IPv4: ") + quoted(text));
    }

    private static boolean isHex(String text) {
        return text.indexOf(':') >= 0
                && text.chars().allMatch(c -> c == ':' || c == '.' || Character.digit(c, 16) >= 0);
    }

    private static boolean isDotted(String text) {
        String[] parts = text.split("\\.", -1);
        return parts.length == 4
                && Arrays.stream(parts).allMatch(p -> isNumber(p, 3) && Integer.parseInt(p) < 256);
    }

    private static int port(String text) throws ProtocolException {
        if (!isNumber(text, 5) || Integer.parseInt(text) > 65535) {
            throw malformed("no port: " + quoted(text));
        }
        return Integer.parseInt(text);
    }

    /** Leading zeros are forbidden: some take such a number for an octal one. */
    private static boolean isNumber(String text, int mostDigits) {
        return !text.isEmpty()
                && text.length() <= mostDigits
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && (text.length() == 1 || text.charAt(0) != '0');
    }

    /** It came from outside and goes to a log. */
    private static String quoted(String text) {
        return '\'' + text.replaceAll("[^ -~]", "?") + '\'';
    }

    // ---- version 2

    private static @Nullable Parsed parseBinary(byte[] b, int length) throws ProtocolException {
        if (length < FIXED) {
            return null;
        }
        int end = lengthOfBinary(b);
        int command = b[12] & 0xFF;
        if (command >> 4 != 2) {
            throw malformed("version " + (command >> 4) + " has no binary header");
        }
        if ((command & 0xF) > 1) {
            throw malformed("unknown command " + (command & 0xF));
        }
        if (length < end) {
            return null;
        }
        boolean local = (command & 0xF) == 0; // the proxy's own: the rest says nothing
        ProxyHeader header =
                local
                        ? new ProxyHeader(2, null, null, List.of())
                        : binaryHeader(b, b[13] & 0xFF, end);
        return new Parsed(header, end);
    }

    /** Of the whole header, from its first 16 bytes. */
    static int lengthOfBinary(byte[] b) {
        return FIXED + unsignedShort(b, 14);
    }

    private static int unsignedShort(byte[] b, int at) {
        return (b[at] & 0xFF) << 8 | b[at + 1] & 0xFF;
    }

    private static ProxyHeader binaryHeader(byte[] b, int family, int end)
            throws ProtocolException {
        int size =
                switch (family) {
                    case 0x00 -> 0;
                    case 0x11, 0x12 -> 4;
                    case 0x21, 0x22 -> 16;
                    case 0x31, 0x32 -> UNIX_PATH;
                    default -> throw malformed("unknown family and transport " + family);
                };
        int ports = size == 4 || size == 16 ? 2 : 0;
        int after = FIXED + 2 * (size + ports);
        if (after > end) {
            throw malformed("too short for its addresses");
        }
        SocketAddress source = null;
        SocketAddress destination = null;
        if (size != 0) {
            source = address(b, FIXED, size, FIXED + 2 * size);
            destination = address(b, FIXED + size, size, FIXED + 2 * size + ports);
        }
        List<ProxyHeader.Extension> extensions = extensions(b, after, end);
        checkAll(b, after, end, extensions);
        return new ProxyHeader(2, source, destination, extensions);
    }

    private static SocketAddress address(byte[] b, int at, int size, int port)
            throws ProtocolException {
        if (size == UNIX_PATH) {
            return unix(b, at);
        }
        try {
            InetAddress address = InetAddress.getByAddress(Arrays.copyOfRange(b, at, at + size));
            return new InetSocketAddress(address, unsignedShort(b, port));
        } catch (UnknownHostException e) {
            throw new AssertionError("it has 4 or 16 bytes", e);
        }
    }

    private static SocketAddress unix(byte[] b, int at) throws ProtocolException {
        int end = at;
        while (end < at + UNIX_PATH && b[end] != 0) {
            end++;
        }
        try {
            return UnixDomainSocketAddress.of(new String(b, at, end - at, StandardCharsets.UTF_8));
        } catch (InvalidPathException e) {
            throw malformed("no path of a Unix-domain socket");
        }
    }

    private static List<ProxyHeader.Extension> extensions(byte[] b, int from, int end)
            throws ProtocolException {
        List<ProxyHeader.Extension> all = new ArrayList<>();
        for (int at = from; at < end; ) {
            if (at + 3 > end || at + 3 + unsignedShort(b, at + 1) > end) {
                throw malformed("an extension goes beyond its end");
            }
            int next = at + 3 + unsignedShort(b, at + 1);
            all.add(new ProxyHeader.Extension(b[at] & 0xFF, Arrays.copyOfRange(b, at + 3, next)));
            at = next;
        }
        return all;
    }

    private static void checkAll(
            byte[] b, int from, int end, List<ProxyHeader.Extension> extensions)
            throws ProtocolException {
        int at = from;
        boolean summed = false;
        for (ProxyHeader.Extension e : extensions) {
            int length = unsignedShort(b, at + 1);
            switch (e.type()) {
                case ProxyHeader.CRC32C -> {
                    if (summed) { // each is the work of reading all of it
                        throw malformed("more than one checksum");
                    }
                    summed = true;
                    checkSum(b, at + 3, length, end);
                }
                case ProxyHeader.UNIQUE_ID -> {
                    if (length > LONGEST_ID) {
                        throw malformed("a unique id of " + length + " bytes");
                    }
                }
                case ProxyHeader.SSL -> {
                    if (length < 5) {
                        throw malformed("an SSL extension of " + length + " bytes");
                    }
                    extensions(b, at + 3 + 5, at + 3 + length);
                }
                default -> {
                    // of no structure that we know
                }
            }
            at += 3 + length;
        }
    }

    /** Of the whole header, with zeros where the sum is. */
    private static void checkSum(byte[] b, int at, int length, int end) throws ProtocolException {
        if (length != 4) {
            throw malformed("a checksum of " + length + " bytes");
        }
        var sum = new CRC32C();
        sum.update(b, 0, at);
        sum.update(new byte[4], 0, 4);
        sum.update(b, at + 4, end - at - 4);
        long told = (long) unsignedShort(b, at) << 16 | unsignedShort(b, at + 2);
        if (sum.getValue() != told) {
            throw malformed("its checksum is wrong");
        }
    }
}
