package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a proxy tells of the connection that it passes on; see {@link ProxyProtocol}.
 *
 * @param version 1, the line of text, or 2, the binary one
 * @param source where the client is; null if the proxy does not say, or speaks for itself (a health
 *     check)
 * @param destination where the client has connected to; null likewise
 * @param extensions what else it tells, in its order; version 2 only
 */
public record ProxyHeader(
        int version,
        @Nullable SocketAddress source,
        @Nullable SocketAddress destination,
        List<Extension> extensions) {

    /** The type of an {@link Extension}: what ALPN has chosen. */
    public static final int ALPN = 0x01;

    /** The type of an {@link Extension}: the host name that the client has asked for. */
    public static final int AUTHORITY = 0x02;

    /** The type of an {@link Extension}: a checksum, which has been verified. */
    public static final int CRC32C = 0x03;

    /** The type of an {@link Extension}: padding. */
    public static final int NOOP = 0x04;

    /** The type of an {@link Extension}: names the connection in logs. */
    public static final int UNIQUE_ID = 0x05;

    /** The type of an {@link Extension}: see {@link Ssl}. */
    public static final int SSL = 0x20;

    /** The type of an {@link Extension}: a network namespace. */
    public static final int NETNS = 0x30;

    /** A copy. */
    public ProxyHeader {
        extensions = List.copyOf(extensions);
    }

    /** A type and a value, as in section 2.2 of the specification. */
    public static final class Extension {

        private final int type;
        private final byte[] value;

        /**
         * With a copy of the value.
         *
         * @param type 0 to 255
         */
        public Extension(int type, byte[] value) {
            this.type = type;
            this.value = value.clone();
        }

        /** From 0 to 255. */
        public int type() {
            return type;
        }

        /** A copy. */
        public byte[] value() {
            return value.clone();
        }

        /** The value, as text. */
        public String text() {
            return new String(value, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Extension e && e.type == type && Arrays.equals(e.value, value);
        }

        @Override
        public int hashCode() {
            return 31 * type + Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "0x%02x: %d bytes", type, value.length);
        }
    }

    /**
     * What the proxy says of the TLS that it has ended.
     *
     * @param tls whether the client has spoken TLS
     * @param certificate whether the client has shown a certificate on this connection
     * @param certificateInSession whether it has shown one in this session
     * @param verified whether it has shown one that was found good
     * @param details its version, names and ciphers, under the types 0x21 to 0x25
     */
    public record Ssl(
            boolean tls,
            boolean certificate,
            boolean certificateInSession,
            boolean verified,
            List<Extension> details) {

        /** A copy. */
        public Ssl {
            details = List.copyOf(details);
        }

        /** {@code "TLSv1.3"}, for instance. */
        public Optional<String> version() {
            return detail(0x21);
        }

        /** The common name in the client's certificate. */
        public Optional<String> commonName() {
            return detail(0x22);
        }

        /** The cipher's name. */
        public Optional<String> cipher() {
            return detail(0x23);
        }

        private Optional<String> detail(int type) {
            return details.stream().filter(d -> d.type == type).findFirst().map(Extension::text);
        }
    }

    /** The first extension of that type. */
    public Optional<Extension> extension(int type) {
        return extensions.stream().filter(e -> e.type == type).findFirst();
    }

    /** The protocol that the client and the proxy have agreed on, {@code "h2"} for instance. */
    public Optional<String> alpn() {
        return extension(ALPN).map(Extension::text);
    }

    /** The host name that the client has asked for. */
    public Optional<String> authority() {
        return extension(AUTHORITY).map(Extension::text);
    }

    /** What names the connection in logs, at most 128 bytes. */
    public Optional<byte[]> uniqueId() {
        return extension(UNIQUE_ID).map(Extension::value);
    }

    /** What the proxy says of TLS. */
    public Optional<Ssl> ssl() {
        return extension(SSL).map(e -> ssl(e.value));
    }

    /** The structure was checked when the header was read. */
    private static Ssl ssl(byte[] b) {
        int client = b[0];
        boolean verified = (b[1] | b[2] | b[3] | b[4]) == 0;
        List<Extension> details = new ArrayList<>();
        for (int at = 5; at < b.length; ) {
            int length = (b[at + 1] & 0xFF) << 8 | b[at + 2] & 0xFF;
            details.add(
                    new Extension(b[at] & 0xFF, Arrays.copyOfRange(b, at + 3, at + 3 + length)));
            at += 3 + length;
        }
        boolean shown = (client & 6) != 0;
        return new Ssl(
                (client & 1) != 0,
                (client & 2) != 0,
                (client & 4) != 0,
                shown && verified,
                details);
    }
}
