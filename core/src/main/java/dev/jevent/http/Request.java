package dev.jevent.http;

import dev.jevent.internal.Effort;
import dev.jevent.internal.Texts;
import dev.jevent.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A request, as long as its handler runs; afterwards every method throws an {@link
 * IllegalStateException}. For one thread at a time.
 *
 * <p>Its header fields are in the bytes that came; each string is made when it is asked for.
 */
public final class Request {

    private static final String FORM = "application/x-www-form-urlencoded";

    private final HttpConnection connection;
    private final RequestHead head;
    private final BodyInput body;
    private boolean over;
    private long bodyLimit;
    private long inflatedLimit;
    private @Nullable InflatedInput inflated;
    private @Nullable String path;
    private @Nullable Map<String, List<String>> parameters;
    private @Nullable Map<String, List<String>> form;
    private @Nullable RequestFields fields;
    private @Nullable Map<String, Object> attributes;

    Request(HttpConnection connection, RequestHead head) {
        this.connection = connection;
        this.head = head;
        bodyLimit = connection.limits().body();
        inflatedLimit = Math.min(bodyLimit, connection.limits().inflated());
        body = new BodyInput(connection, this, head);
    }

    RequestHead head() {
        checkCurrent();
        return head;
    }

    private void checkCurrent() {
        if (over) {
            throw new IllegalStateException(
                    "this request is over: its handler has returned. What is needed later must be"
                            + " taken from it before");
        }
    }

    /**
     * What was read from the head, if the request is not over. Another thread, which has no
     * business here, may have asked in the moment when the head got the next request's bytes: it
     * sees what {@link #end} has written before that.
     */
    <T> T current(T value) {
        VarHandle.loadLoadFence();
        checkCurrent();
        return value;
    }

    /** Its handler has returned. */
    void end() {
        over = true;
        boolean ignored = body.over();
        VarHandle.storeStoreFence();
        if (inflated != null) {
            inflated.release();
        }
    }

    /** Tells of one of its header fields. */
    void tell(int index, BiConsumer<String, String> field) {
        String name = current(head().name(index));
        field.accept(name, current(head().value(index)));
    }

    // ---- the request line

    /** {@code GET}, {@code POST} and so on, as it was sent. */
    public String method() {
        return current(head().method());
    }

    /** Whether this is the method; makes no string. */
    public boolean is(String method) {
        return current(head().methodIs(method));
    }

    /**
     * What is asked for, as it was sent: {@code /a%20b?c=d}; for a proxy also {@code
     * http://host/a}, {@code host:port} (CONNECT) or {@code *} (OPTIONS).
     */
    public String target() {
        return current(head().target());
    }

    /** The path, as it was sent; without a host and without the query. */
    public String rawPath() {
        String target = current(head().originTarget());
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /**
     * The path, with each {@code %XX} decoded. It may have {@code ..} in it.
     *
     * @throws HttpException 400 if it cannot be decoded, as UTF-8, or has a NUL
     */
    public String path() {
        checkCurrent();
        String p = path;
        if (p == null) {
            p = Text.decode(rawPath(), false);
            if (p.indexOf(0) >= 0) {
                throw new HttpException(400, "a path with a NUL");
            }
            path = p;
        }
        return p;
    }

    /** What follows the question mark, as it was sent. */
    public Optional<String> query() {
        String target = target();
        int query = target.indexOf('?');
        return query < 0 ? Optional.empty() : Optional.of(target.substring(query + 1));
    }

    /**
     * The first value of a parameter of the query.
     *
     * @throws HttpException 400 if the query cannot be decoded, as UTF-8, or has more than 1,000
     */
    public Optional<String> parameter(String name) {
        List<String> values = parameters().get(name);
        return values == null ? Optional.empty() : Optional.of(values.getFirst());
    }

    /**
     * The parameters of the query, with their values, in their order.
     *
     * @throws HttpException 400 if the query cannot be decoded, as UTF-8, or has more than 1,000
     */
    public Map<String, List<String>> parameters() {
        checkCurrent();
        Map<String, List<String>> known = parameters;
        if (known == null) {
            known = Parameters.of(query().orElse(""));
            parameters = known;
        }
        return known;
    }

    /** {@code HTTP/1.1} or {@code HTTP/1.0}: what is spoken with this client. */
    public String version() {
        return current(head().minor()) == 0 ? "HTTP/1.0" : "HTTP/1.1";
    }

    // ---- the header

    /** Its header fields; over with the request, as all of it is. */
    public Headers headers() {
        checkCurrent();
        RequestFields f = fields;
        if (f == null) {
            f = new RequestFields(this);
            fields = f;
        }
        return f;
    }

    /** The value of the first header field of that name. */
    public Optional<String> header(String name) {
        return current(head().get(name));
    }

    /** The host, and the port if it has one, that the client asks for; empty in HTTP/1.0. */
    public String host() {
        return current(head().host());
    }

    /**
     * The value of the first cookie of that name, without the quotes that it may have; RFC 6265. Of
     * several, browsers send the one with the longest path first.
     */
    public Optional<String> cookie(String name) {
        Effort effort = new Effort();
        for (String field : headers().all("Cookie")) {
            for (int from = 0; from < field.length(); ) {
                int to = field.indexOf(';', from);
                to = to < 0 ? field.length() : to;
                effort.did(to - from);
                int equals = field.indexOf('=', from, to);
                if (equals >= 0 && field.substring(from, equals).strip().equals(name)) {
                    return Optional.of(Text.unquoted(field.substring(equals + 1, to).strip()));
                }
                from = to + 1;
            }
        }
        return Optional.empty();
    }

    /** {@code https} if the connection has TLS, else {@code http}. */
    public String scheme() {
        checkCurrent();
        return connection.isSecure() ? "https" : "http";
    }

    // ---- the body

    /**
     * Its body; empty if it has none. A client that waits to be asked for it ({@code Expect:
     * 100-continue}) is asked with the first read. What the handler does not read is read and
     * dropped if it is little; else the connection ends after the answer.
     *
     * <p>A read throws {@link HttpException} with 413 if the body is longer than it may be, 400 if
     * its chunks are bad, 408 if it comes too slowly, and an {@link IOException} if the client goes
     * in the middle of it: a handler that lets them pass has the request answered accordingly. A
     * kill, a timeout or an interrupt loses nothing of it.
     */
    public InputStream body() {
        checkCurrent();
        return inflated != null ? inflated : body;
    }

    /** Its body is compressed, and whoever reads it shall not know. */
    void inflate() {
        inflated = new InflatedInput(this, body);
    }

    /**
     * The whole body; see {@link #body()}.
     *
     * @throws HttpException 413 if it is longer than {@link Limits#memory}
     */
    public byte[] bytes() throws IOException {
        return bytes(connection.limits().memory());
    }

    /**
     * The whole body, if it is not longer than that, whatever {@link Limits#memory} says; see
     * {@link #body()}.
     *
     * @throws HttpException 413 if it is longer
     */
    public byte[] bytes(int most) throws IOException {
        checkMost(most);
        InputStream in = body();
        long length = contentLength() - (inflated == null ? body.count() : 0);
        checkSize(length, most);
        // No more is set aside than has come: a length is quickly said.
        byte[] all =
                in.readNBytes(
                        length >= 0 ? (int) length : most < Integer.MAX_VALUE ? most + 1 : most);
        checkSize(all.length, most);
        return all;
    }

    private static void checkMost(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("a body of at most " + most + " bytes");
        }
    }

    private static void checkSize(long length, int most) {
        if (length > most) {
            throw new HttpException(
                    413,
                    "the body is longer than the " + most + " bytes that may be in memory",
                    true);
        }
    }

    /**
     * The whole body as text, in the charset that the Content-Type says, or UTF-8; see {@link
     * #body()}.
     *
     * @throws HttpException 415 if that charset is not known, 413 if the body is longer than {@link
     *     Limits#memory}
     */
    public String text() throws IOException {
        return text(connection.limits().memory());
    }

    /**
     * As {@link #text()}, if the body has not more bytes than that, whatever {@link Limits#memory}
     * says.
     *
     * @throws HttpException 415 if that charset is not known, 413 if the body is longer
     */
    public String text(int most) throws IOException {
        checkMost(most);
        Charset charset = charset();
        byte[] bytes = bytes(most);
        return Texts.decode(bytes, 0, bytes.length, charset, new Effort());
    }

    /**
     * The fields of a form that was sent as the body ({@code application/x-www-form-urlencoded}),
     * with their values, in their order; see {@link #body()}. It can be asked for again.
     *
     * @throws HttpException 415 if the Content-Type is another one; 413 if the body is longer than
     *     {@link Limits#form}; 400 if it cannot be decoded, as UTF-8, or has more than 1,000 fields
     */
    public Map<String, List<String>> form() throws IOException {
        return form(connection.limits().form());
    }

    /**
     * As {@link #form()}, if the body has not more bytes than that, whatever {@link Limits#form}
     * says.
     *
     * @throws HttpException 415, 400, and 413 if the body is longer
     */
    public Map<String, List<String>> form(int most) throws IOException {
        checkCurrent();
        checkMost(most);
        Map<String, List<String>> known = form;
        if (known == null) {
            String type = header("Content-Type").orElse("");
            int end = type.indexOf(';');
            if (!(end < 0 ? type : type.substring(0, end)).strip().equalsIgnoreCase(FORM)) {
                throw new HttpException(415, "a form is expected, as " + FORM);
            }
            known = Parameters.of(bytes(most));
            form = known;
        }
        return known;
    }

    private Charset charset() {
        String type = header("Content-Type").orElse("");
        int at = type.toLowerCase(java.util.Locale.ROOT).indexOf("charset=");
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        String name = type.substring(at + "charset=".length());
        int end = name.indexOf(';');
        name = (end < 0 ? name : name.substring(0, end)).strip().replace("\"", "");
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw new HttpException(415, "a charset that is not known here", e);
        }
    }

    /** The length of the body; zero if it has none, -1 if that is not known before its end. */
    public long contentLength() {
        RequestHead h = head();
        return h.isChunked() || inflated != null ? -1 : Math.max(0, h.contentLength());
    }

    /**
     * What the body of this request may have, as it is sent and inflated, instead of what {@link
     * Limits} say. What is read into memory has its own limit: see {@link #bytes(int)}.
     *
     * @throws IllegalStateException if it is being read already
     */
    public void bodyLimit(long bytes) {
        checkCurrent();
        if (bytes < 0) {
            throw new IllegalArgumentException("a body of at most " + bytes + " bytes");
        }
        if (body.hasBegun()) {
            throw new IllegalStateException("the body is being read already");
        }
        bodyLimit = bytes;
        inflatedLimit = bytes;
    }

    long bodyLimit() {
        return bodyLimit;
    }

    /** The same of bytes that were inflated. */
    long inflatedLimit() {
        return inflatedLimit;
    }

    BodyInput input() {
        return body;
    }

    /** The fields that came after a body in chunks; none before that was read to its end. */
    public Headers trailers() {
        checkCurrent();
        return body.trailers();
    }

    // ---- the connection

    /** Where the client is: as the PROXY header says, if there is one that tells it. */
    public SocketAddress remoteAddress() {
        return connection().remoteAddress();
    }

    /** The connection. It is not to be read from or written to while it speaks HTTP. */
    public ServerConnection connection() {
        checkCurrent();
        return connection.connection();
    }

    /** For handlers that are put before others: whatever they have to say to those. */
    public Map<String, Object> attributes() {
        checkCurrent();
        Map<String, Object> a = attributes;
        if (a == null) {
            a = new HashMap<>();
            attributes = a;
        }
        return a;
    }

    /** The request line, for a log or an error message. */
    @Override
    public String toString() {
        return over ? "request that is over" : Text.shown(method() + " " + target());
    }
}
