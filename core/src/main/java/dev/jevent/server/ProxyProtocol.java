package dev.jevent.server;

import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * How a server takes the header by which a proxy (HAProxy, nginx, a cloud's balancer) tells it
 * where the client really is. Follows {@code proxy-protocol.txt} of HAProxy, versions 1 and 2.
 *
 * <pre>{@code
 * var server = new StreamServer(8080, handler)
 *         .proxyProtocol(ProxyProtocol.REQUIRED.trusting("10.0.0.0/8"));
 * }</pre>
 *
 * The handler then sees the client's address in {@link ServerConnection#remoteAddress}, and in
 * {@link Socket#getRemoteSocketAddress} of the socket that it gets, which wraps the accepted one
 * and gives it what came after the header. If the proxy does not say (UNKNOWN, LOCAL), it is that
 * of the proxy.
 *
 * <p><b>Whoever may send the header may claim to be anyone.</b> Unless {@link #trusting} says whom
 * to believe, everybody is believed: then nobody but the proxy must reach the port.
 *
 * <p>A connection whose header is malformed, missing or too late is closed. That is counted and
 * told to the hub's error handler, but at most once until nothing of the kind has happened for five
 * seconds; the server goes on. One that is closed before it has sent anything was a probe.
 *
 * <p>Immutable: each {@code with} is another.
 */
public final class ProxyProtocol {

    private static final int USUAL = 256; // bytes; most headers have less
    private static final String UNIX = "unix";
    private static final int GONE = -1; // as read() says it
    private static final int LATE = -2;

    /** A connection without a header, or from one who is not trusted, is closed. */
    public static final ProxyProtocol REQUIRED =
            new ProxyProtocol(true, null, Duration.ofSeconds(5));

    /**
     * A connection may have none. One from somebody who is not trusted is left as it is: if it has
     * a header, the handler reads it. Where the server speaks first, a client without a header
     * waits for as long as a header may take.
     */
    public static final ProxyProtocol OPTIONAL =
            new ProxyProtocol(false, null, Duration.ofSeconds(5));

    private final boolean required;
    private final @Nullable Predicate<SocketAddress> trusted;
    private final Duration timeout;
    private final long timeoutNanos;

    private ProxyProtocol(
            boolean required, @Nullable Predicate<SocketAddress> trusted, Duration timeout) {
        this.required = required;
        this.trusted = trusted;
        this.timeout = timeout;
        this.timeoutNanos = Math.min(HubAccess.get().nanos(timeout), Long.MAX_VALUE >> 1);
    }

    /**
     * Believes these peers only: IP addresses, blocks like {@code 10.0.0.0/8} or {@code fd00::/8},
     * and {@code "unix"} for whoever comes by a Unix-domain socket.
     *
     * @throws IllegalArgumentException if one is not written like that
     */
    public ProxyProtocol trusting(String... peers) {
        List<Predicate<SocketAddress>> all = new ArrayList<>();
        for (String peer : peers) {
            all.add(
                    peer.equals(UNIX)
                            ? a -> a instanceof UnixDomainSocketAddress
                            : Cidr.parse(peer));
        }
        return trusting(address -> all.stream().anyMatch(p -> p.test(address)));
    }

    /** Believes those only for which this is true. It must not wait. */
    public ProxyProtocol trusting(Predicate<SocketAddress> peers) {
        return new ProxyProtocol(required, BaseServer.check(peers, "whom to trust"), timeout);
    }

    /**
     * How long the header may take, all in all: 5 seconds.
     *
     * @throws IllegalArgumentException if it is zero or negative
     */
    public ProxyProtocol headerTimeout(Duration time) {
        if (time.isZero()) {
            throw new IllegalArgumentException("a header takes more than no time");
        }
        return new ProxyProtocol(required, trusted, time);
    }

    @Override
    public String toString() {
        return "ProxyProtocol["
                + (required ? "required" : "optional")
                + (trusted == null ? "" : ", trusting some")
                + ", "
                + timeout
                + "]";
    }

    // ---- the receiver

    /**
     * Reads the header.
     *
     * @return the socket for all that follows; null if the peer has gone without a byte
     * @throws ProtocolException if there is none that we believe
     */
    @Nullable Socket accept(Socket socket) throws IOException {
        SocketAddress peer = socket.getRemoteSocketAddress();
        if (trusted != null && !trusted.test(peer)) {
            if (required) {
                throw new ProtocolException("this peer is not trusted to send a PROXY header");
            }
            return socket;
        }
        int soTimeout = socket.getSoTimeout();
        Socket result = read(socket);
        socket.setSoTimeout(soTimeout);
        return result;
    }

    private @Nullable Socket read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        long end = HubAccess.get().nanoTime() + timeoutNanos;
        byte[] b = new byte[USUAL];
        int n = 0;
        while (true) {
            int more = readSome(socket, in, b, n, end);
            if (more < 0) {
                if (n == 0 && more == GONE) {
                    return null;
                }
                return incomplete(socket, n, more == GONE ? "at its end" : "in time");
            }
            n += more;
            if (!ProxyParser.mayBegin(b, n)) {
                return without(socket, Arrays.copyOf(b, n));
            }
            ProxyParser.Parsed parsed = ProxyParser.parse(b, n);
            if (parsed != null) {
                byte[] rest = Arrays.copyOfRange(b, parsed.length(), n);
                return new ProxiedSocket(socket, parsed.header(), rest);
            }
            if (n >= ProxyParser.FIXED && b[0] != ProxyParser.WORD[0]) {
                b = Arrays.copyOf(b, Math.max(b.length, ProxyParser.lengthOfBinary(b)));
            }
        }
    }

    private static int readSome(Socket socket, InputStream in, byte[] b, int n, long end)
            throws IOException {
        long left = end - HubAccess.get().nanoTime();
        if (left <= 0) {
            return LATE;
        }
        socket.setSoTimeout((int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1));
        try {
            return in.read(b, n, b.length - n);
        } catch (SocketTimeoutException e) {
            return LATE;
        }
    }

    private Socket without(Socket socket, byte[] came) throws IOException {
        if (required) {
            throw new ProtocolException("no PROXY header, but something else");
        }
        return new ProxiedSocket(socket, null, came);
    }

    private Socket incomplete(Socket socket, int n, String when) throws IOException {
        if (n > 0) {
            throw new ProtocolException("only half a PROXY header " + when);
        }
        if (required) {
            throw new ProtocolException("no PROXY header " + when);
        }
        return socket;
    }

    // ---- the sender

    /**
     * Sends a header, in one write: what a proxy or a client of a server as above does first of
     * all. If one address is of IPv4 and the other of IPv6, both are told as IPv6.
     *
     * @param source where the client is; null if the sender speaks for itself
     * @param destination where the client has connected to; null likewise
     * @param version 1 or 2; version 1 cannot tell of Unix-domain sockets and says UNKNOWN
     */
    public static void write(
            OutputStream out,
            @Nullable SocketAddress source,
            @Nullable SocketAddress destination,
            int version)
            throws IOException {
        byte[] header =
                switch (version) {
                    case 1 -> ProxyWriter.line(source, destination);
                    case 2 -> ProxyWriter.binary(source, destination);
                    default ->
                            throw new IllegalArgumentException(
                                    "the PROXY protocol has the versions 1 and 2, not " + version);
                };
        out.write(header);
        out.flush();
    }
}
