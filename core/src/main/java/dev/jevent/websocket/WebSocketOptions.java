package dev.jevent.websocket;

import dev.jevent.internal.HubAccess;
import dev.jevent.ssl.Tls;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How a {@link WebSocket} is made and what it allows. Each method answers a new object and leaves
 * this one as it is.
 *
 * <pre>{@code
 * WebSocketOptions.defaults()
 *         .subprotocols("chat.v2", "chat.v1")
 *         .maxMessage(64 * 1024)
 *         .compression(true);
 * }</pre>
 */
public final class WebSocketOptions {

    private static final int MOST_BYTES = Integer.MAX_VALUE - 16; // an array of this JVM
    private static final Set<String> OWN_FIELDS =
            Set.of(
                    "host",
                    "connection",
                    "upgrade",
                    "content-length",
                    "transfer-encoding",
                    "sec-websocket-key",
                    "sec-websocket-version",
                    "sec-websocket-accept",
                    "sec-websocket-protocol",
                    "sec-websocket-extensions");
    private static final WebSocketOptions DEFAULTS = new WebSocketOptions();

    private int maxMessage = 1 << 20;
    private int maxFrame = MOST_BYTES;
    private List<String> subprotocols = List.of();
    private @Nullable Predicate<String> origins; // null: those of the same host
    private @Nullable Compression compression;
    private Duration pingInterval = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ZERO;
    private Duration closeTimeout = Duration.ofSeconds(5);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private List<String> fields = List.of(); // name, value, name, value
    private @Nullable Tls tls;

    private WebSocketOptions() {}

    /** The defaults, which each method names. */
    public static WebSocketOptions defaults() {
        return DEFAULTS;
    }

    private WebSocketOptions copy() {
        WebSocketOptions o = new WebSocketOptions();
        o.maxMessage = maxMessage;
        o.maxFrame = maxFrame;
        o.subprotocols = subprotocols;
        o.origins = origins;
        o.compression = compression;
        o.pingInterval = pingInterval;
        o.idleTimeout = idleTimeout;
        o.closeTimeout = closeTimeout;
        o.connectTimeout = connectTimeout;
        o.fields = fields;
        o.tls = tls;
        return o;
    }

    // ---- limits

    /**
     * Bytes that a message may have, after decompression: 1 MiB. A longer one ends the connection
     * with 1009; no more memory than this, and its next power of two while it grows, is set aside
     * for it. It does not hold for {@link WebSocket#receiveStream}.
     */
    public WebSocketOptions maxMessage(int bytes) {
        WebSocketOptions o = copy();
        o.maxMessage = limit(bytes);
        return o;
    }

    /** Bytes that a frame may have: as many as there are. More ends the connection with 1009. */
    public WebSocketOptions maxFrame(int bytes) {
        WebSocketOptions o = copy();
        o.maxFrame = limit(bytes);
        return o;
    }

    private static int limit(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a limit of " + bytes + " bytes; use 1 or more");
        }
        return Math.min(bytes, MOST_BYTES);
    }

    // ---- handshake

    /**
     * The sub-protocols that this side speaks, the best first: none. A server takes the first one
     * of its own that the client offers, and none if there is no such; {@link
     * WebSocket#subprotocol} says which it is.
     *
     * @throws IllegalArgumentException if one is no token of HTTP, or named twice
     */
    public WebSocketOptions subprotocols(String... names) {
        Set<String> all = new HashSet<>();
        for (String name : names) {
            if (!all.add(Tokens.check(name))) {
                throw new IllegalArgumentException("the sub-protocol " + name + " twice");
            }
        }
        WebSocketOptions o = copy();
        o.subprotocols = List.of(names);
        return o;
    }

    /**
     * The origins whose pages may open a WebSocket to this server, as browsers name them: {@code
     * https://example.org}; {@code *} is any. Others are refused with 403.
     *
     * <p>Unless it is set, those are allowed whose host and port are the ones that the request asks
     * for. A browser sends its cookies along with a handshake, from any page whatever: a server
     * that does not look at the origin lets every page act in its user's name. A client that is no
     * browser sends no origin, and is not asked for one.
     */
    public WebSocketOptions origins(String... allowed) {
        Set<String> all = new HashSet<>();
        for (String origin : allowed) {
            all.add(origin.toLowerCase(Locale.ROOT));
        }
        return origins(o -> all.contains("*") || all.contains(o.toLowerCase(Locale.ROOT)));
    }

    /** As {@link #origins(String...)}: what decides. It must not wait long. */
    public WebSocketOptions origins(Predicate<String> allowed) {
        WebSocketOptions o = copy();
        o.origins = Objects.requireNonNull(allowed, "allowed");
        return o;
    }

    /** A header field of a client's handshake, {@code Authorization} for instance. */
    public WebSocketOptions header(String name, String value) {
        if (OWN_FIELDS.contains(Tokens.check(name).toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the client itself says the field " + name);
        }
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7F || c > 0xFF)) {
            throw new IllegalArgumentException("a bad value of the field " + name);
        }
        WebSocketOptions o = copy();
        List<String> more = new ArrayList<>(fields);
        more.add(name);
        more.add(value.strip());
        o.fields = List.copyOf(more);
        return o;
    }

    /** How a client speaks TLS, with {@code wss:}: as {@link Tls#client}. */
    public WebSocketOptions tls(Tls client) {
        WebSocketOptions o = copy();
        o.tls = Objects.requireNonNull(client, "client");
        return o;
    }

    /** Whether messages are compressed, as {@link Compression#defaults}: no. */
    public WebSocketOptions compression(boolean on) {
        WebSocketOptions o = copy();
        o.compression = on ? Compression.defaults() : null;
        return o;
    }

    /** Messages are compressed, if the peer agrees. */
    public WebSocketOptions compression(Compression how) {
        WebSocketOptions o = copy();
        o.compression = Objects.requireNonNull(how, "how");
        return o;
    }

    // ---- times

    /**
     * After so long without anything from the peer it is sent a ping: 30 s; zero is never. Only the
     * time counts in which somebody receives, for nobody else would see the answer.
     */
    public WebSocketOptions pingInterval(Duration time) {
        WebSocketOptions o = copy();
        o.pingInterval = checked(time);
        return o;
    }

    /**
     * After so long without anything from the peer it is gone: twice the {@link #pingInterval};
     * zero is that. Counted as there. A peer that takes what is sent to it is not gone.
     */
    public WebSocketOptions idleTimeout(Duration time) {
        WebSocketOptions o = copy();
        o.idleTimeout = checked(time);
        return o;
    }

    /** How long {@link WebSocket#close} waits for the peer: 5 s; then the connection is cut. */
    public WebSocketOptions closeTimeout(Duration time) {
        WebSocketOptions o = copy();
        o.closeTimeout = checked(time);
        return o;
    }

    /** How long a client tries to connect, with its handshake: 10 s; zero is without end. */
    public WebSocketOptions connectTimeout(Duration time) {
        WebSocketOptions o = copy();
        o.connectTimeout = checked(time);
        return o;
    }

    private static Duration checked(Duration time) {
        long ignored = HubAccess.get().nanos(time);
        return time;
    }

    // ---- what was said

    int maxMessage() {
        return maxMessage;
    }

    int maxFrame() {
        return maxFrame;
    }

    List<String> subprotocols() {
        return subprotocols;
    }

    @Nullable Predicate<String> origins() {
        return origins;
    }

    @Nullable Compression compression() {
        return compression;
    }

    Duration pingInterval() {
        return pingInterval;
    }

    /** Zero if there is no limit. */
    long idleNanos() {
        long idle = HubAccess.get().nanos(idleTimeout);
        long ping = HubAccess.get().nanos(pingInterval);
        return idle > 0 ? idle : ping > Long.MAX_VALUE / 4 ? 0 : 2 * ping;
    }

    Duration closeTimeout() {
        return closeTimeout;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    List<String> fields() {
        return fields;
    }

    Optional<Tls> tls() {
        return Optional.ofNullable(tls);
    }
}
