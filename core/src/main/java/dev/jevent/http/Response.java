package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The answer to a {@link Request}, as long as its handler runs. For one thread at a time.
 *
 * <pre>
 *   open --send, or more written than fits, or flush--> committed --end--> ended
 *     '--upgrade--> the connection speaks something else
 * </pre>
 *
 * <p>Status and header can be set until it is committed; then they are on their way. The server
 * itself says {@code Date}, {@code Content-Length} or {@code Transfer-Encoding}, and {@code
 * Connection}. What is sent goes out when the handler returns or flushes, or when it is much.
 *
 * <p>Writing waits while the client does not read, and throws an {@link IOException} when it has
 * gone or reads too slowly for the {@link Limits}. A write that was ended by a kill, a timeout or
 * an interrupt has spoiled the connection; it is closed.
 */
public final class Response {

    private static final int OPEN = 0;
    private static final int COMMITTED = 1;
    private static final int ENDED = 2;
    private static final int UPGRADED = 3;

    private final HttpConnection connection;
    private final WireOutput wire;
    private final boolean headOnly;
    private final int minor;
    private final FieldList fields = new FieldList();
    private int state = OPEN;
    private boolean over;
    private boolean chunked; // however short
    private boolean untilEnd; // of the connection its body lasts
    private int status = 200;
    private long length = -1; // as the handler has said
    private boolean close;
    private boolean hasDate;
    private long sent; // in one piece
    private @Nullable BodyOutput body;
    private @Nullable FieldList trailers;
    private @Nullable BodyFilter filter;
    private boolean filtered;

    Response(HttpConnection connection, boolean headOnly, int minor, boolean close) {
        this.connection = connection;
        wire = connection.output();
        this.headOnly = headOnly;
        this.minor = minor;
        this.close = close;
    }

    private void checkOpen() {
        checkNotOver();
        if (state != OPEN) {
            throw new IllegalStateException(
                    "the head of this response was sent already: status and header are set before"
                            + " the body is sent or flushed");
        }
    }

    void checkNotOver() {
        if (over) {
            throw new IllegalStateException("this response is over: its handler has returned");
        }
    }

    // ---- the head

    /** The status: 200 if it is not set. */
    public int status() {
        return status;
    }

    /**
     * Sets the status.
     *
     * @throws IllegalArgumentException if it is none of 200 to 599
     * @throws IllegalStateException if it is committed
     */
    public Response status(int code) {
        checkOpen();
        status = Status.check(code);
        return this;
    }

    /**
     * Sets a header field, instead of all of that name.
     *
     * @throws IllegalArgumentException if the name is no token, the value has CR, LF, NUL or what
     *     is no ISO-8859-1, or it is a field that the server sets
     * @throws IllegalStateException if it is committed
     */
    public Response header(String name, String value) {
        checkOpen();
        if (!special(name, value)) {
            fields.set(name, value);
        }
        return this;
    }

    /** Adds a header field to those of its name; else as {@link #header(String, String)}. */
    public Response addHeader(String name, String value) {
        checkOpen();
        if (!special(name, value)) {
            fields.add(name, value);
        }
        return this;
    }

    /** Removes all header fields of that name. */
    public Response removeHeader(String name) {
        checkOpen();
        fields.remove(name);
        switch (name.toLowerCase(Locale.ROOT)) {
            case "content-length" -> length = -1;
            case "date" -> hasDate = false;
            default -> {
                return this;
            }
        }
        return this;
    }

    /** What was set, without what the server adds. */
    public Headers headers() {
        return fields;
    }

    /** What was set for that name. */
    public Optional<String> header(String name) {
        return fields.get(name);
    }

    /**
     * Adds a cookie; RFC 6265.
     *
     * <pre>{@code
     * response.cookie("session", id, "Path=/", "HttpOnly", "Secure", "SameSite=Lax");
     * }</pre>
     *
     * @param attributes each as it is sent
     * @throws IllegalArgumentException if the name is no token, the value has a space, a comma, a
     *     semicolon, a quote, a backslash or what is no ASCII, or an attribute has a semicolon
     * @throws IllegalStateException if it is committed
     */
    public Response cookie(String name, String value, String... attributes) {
        if (!Text.isToken(name) || !Text.isCookieValue(value)) {
            throw new IllegalArgumentException(
                    "no cookie: \"" + Text.shown(name) + "\" = \"" + Text.shown(value) + "\"");
        }
        var cookie = new StringBuilder(name).append('=').append(value);
        for (String attribute : attributes) {
            if (attribute.indexOf(';') >= 0) {
                throw new IllegalArgumentException(
                        "a semicolon in an attribute of a cookie; give each by itself: \""
                                + Text.shown(attribute)
                                + "\"");
            }
            cookie.append("; ").append(attribute);
        }
        return addHeader("Set-Cookie", cookie.toString());
    }

    /** The media type of the body. */
    public Response contentType(String type) {
        return header("Content-Type", type);
    }

    /**
     * How many bytes will be written to {@link #body()}; then it is not sent in chunks. So many
     * must be written: more is an error at once, and less ends the connection. For the answer to
     * HEAD, and with status 304, what it would be.
     */
    public Response contentLength(long bytes) {
        checkOpen();
        if (bytes < 0) {
            throw new IllegalArgumentException("a content length of " + bytes);
        }
        if (trailers != null) {
            throw new IllegalStateException(
                    "a content length, and a trailer: that comes after a body in chunks");
        }
        length = bytes;
        return this;
    }

    /** Fields that say how the message is framed are not stored with the others. */
    private boolean special(String name, String value) {
        switch (name.length()) {
            case 4 -> hasDate |= name.equalsIgnoreCase("Date");
            case 10 -> {
                if (name.equalsIgnoreCase("Connection")) {
                    if (value.equalsIgnoreCase("close")) {
                        close = true;
                        return true;
                    }
                    if (value.equalsIgnoreCase("keep-alive")) {
                        return true;
                    }
                    throw new IllegalArgumentException(
                            "the server itself says what the connection does; a handler may say"
                                    + " \"close\", not \""
                                    + Text.shown(value)
                                    + "\"");
                }
            }
            case 14 -> {
                if (name.equalsIgnoreCase("Content-Length")) {
                    try {
                        Response ignored = contentLength(Long.parseLong(value));
                    } catch (NumberFormatException e) {
                        throw new IllegalArgumentException(
                                "a Content-Length of \"" + Text.shown(value) + "\"", e);
                    }
                    return true;
                }
            }
            case 17 -> {
                if (name.equalsIgnoreCase("Transfer-Encoding")) {
                    throw new IllegalArgumentException(
                            "the server itself chooses the Transfer-Encoding");
                }
            }
            default -> {
                return false;
            }
        }
        return false;
    }

    /** Ends the connection after this response. */
    public Response close() {
        close = true;
        return this;
    }

    /**
     * Forgets status, header and body.
     *
     * @throws IllegalStateException if it is committed
     */
    public Response reset() {
        checkOpen();
        status = 200;
        fields.clear();
        length = -1;
        hasDate = false;
        trailers = null;
        chunked = false;
        if (body != null) {
            body.forget();
        }
        return this;
    }

    /** Whether its head was sent, or is about to be, so that nothing of it can be changed. */
    public boolean isCommitted() {
        return state != OPEN;
    }

    /** Whether all of it was given: nothing can be added to its body. */
    public boolean isEnded() {
        BodyOutput b = body;
        return state == ENDED || b != null && b.isClosed();
    }

    // ---- the body

    /** Sends it without a body. */
    public void send() throws IOException {
        send(new byte[0]);
    }

    /** Sends this text as its body, in UTF-8; as plain text if no type was set. */
    public void send(String text) throws IOException {
        checkOpen();
        if (!fields.has("Content-Type")) {
            fields.addChecked("Content-Type", "text/plain; charset=utf-8");
        }
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends this text as its body, in UTF-8. */
    public void send(String contentType, String text) throws IOException {
        contentType(contentType).send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends these bytes as its body. */
    public void send(String contentType, byte[] bytes) throws IOException {
        contentType(contentType).send(bytes);
    }

    /** Sends these bytes as its body. */
    public void send(byte[] bytes) throws IOException {
        send(bytes, 0, bytes.length);
    }

    /**
     * Sends these bytes as its body, and is ended.
     *
     * @throws IllegalStateException if it is committed, something was written to its body, or the
     *     status is one without a body and this has one
     */
    public void send(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        checkNothingWritten();
        if (wantsChunks()) {
            output().write(bytes, offset, count);
            output().end();
            return;
        }
        boolean inChunks = begin(count);
        if (filtered) {
            output().begun(inChunks).write(bytes, offset, count);
            output().end();
            return;
        }
        state = ENDED;
        if (!headOnly) {
            sent = count;
            wire.put(bytes, offset, count);
        }
    }

    private void checkNothingWritten() {
        checkOpen();
        if (body != null && (body.hasPending() || body.isClosed())) {
            throw new IllegalStateException("a part of the body was written before");
        }
    }

    /**
     * Sends all that the stream has, which stays open, and is ended. If the stream fails, so does
     * the response.
     *
     * @return how many bytes
     */
    public long send(InputStream in) throws IOException {
        checkNothingWritten();
        BodyOutput out = output();
        long n = in.transferTo(out);
        out.end();
        return n;
    }

    /**
     * Sends a part of a file as its body, in the kernel where that is possible; is ended. A file
     * that ends before that is an error, and ends the connection.
     *
     * @throws IllegalStateException as {@link #send(byte[], int, int)}, and if it has a trailer
     */
    public void send(FileChannel file, long offset, long count) throws IOException {
        if (offset < 0 || count < 0) {
            throw new IllegalArgumentException(count + " bytes at " + offset);
        }
        checkNothingWritten();
        if (trailers != null) {
            throw new IllegalStateException("a file is sent with its length, and has no trailer");
        }
        boolean inChunks = begin(count);
        if (filtered) {
            BodyOutput out = output().begun(inChunks);
            if (!headOnly) {
                out.write(file, offset, count);
            }
            out.end();
            return;
        }
        state = ENDED;
        if (!headOnly) {
            sent = count;
            connection.putFile(file, offset, count);
        }
    }

    /**
     * Where its body is written; the same stream each time. Little is kept until the end, so that
     * it can still be replaced by an error; what is flushed, or more than 4 KiB, is sent in chunks,
     * or until the end of the connection to an HTTP/1.0 client, if no {@link #contentLength} was
     * set.
     *
     * <p>When it is closed nothing more can be written, but the response ends, for the client, when
     * the handler returns, or with {@link #end}: a handler that throws has closed the stream as
     * well, and then the client gets an error or sees that something is missing. (It throws an
     * {@link IllegalStateException} when the handler has returned.)
     */
    public OutputStream body() {
        return output();
    }

    private BodyOutput output() {
        checkNotOver();
        if (state == UPGRADED) {
            throw new IllegalStateException("the connection does not speak HTTP any more");
        }
        BodyOutput b = body;
        if (b == null) {
            b = new BodyOutput(this, wire, headOnly);
            body = b;
        }
        return b;
    }

    /** Sends what was written so far. */
    public Response flush() throws IOException {
        checkNotOver();
        if (state == OPEN || state == COMMITTED) {
            body().flush();
        } else {
            wire.flush();
        }
        return this;
    }

    /**
     * Adds a field that is sent after the body, which is then sent in chunks; to an HTTP/1.0 client
     * it is not sent at all.
     *
     * @throws IllegalArgumentException as {@link #header(String, String)}, and if the field says
     *     how the message is to be understood
     * @throws IllegalStateException if it is too late, or a content length was set
     */
    public Response trailer(String name, String value) {
        checkNotOver();
        if (Text.isFraming(name)) {
            throw new IllegalArgumentException("this field cannot be in a trailer: " + name);
        }
        if (state == ENDED || state == UPGRADED || length >= 0) {
            throw new IllegalStateException(
                    "a trailer comes after a body in chunks, and this response is none such or has"
                            + " ended");
        }
        FieldList t = trailers;
        if (t == null) {
            t = new FieldList();
        }
        t.add(name, value);
        trailers = t; // not if the field was refused
        return this;
    }

    /**
     * Sends the body in chunks, to clients that understand those, however short it is; unless a
     * content length is set.
     */
    public Response chunked() {
        checkOpen();
        chunked = true;
        return this;
    }

    /**
     * Ends it: no more can be written. The handler may go on with other things, if it {@linkplain
     * #flush flushes} before.
     *
     * @throws IOException if it is shorter than its content length
     */
    public void end() throws IOException {
        checkNotOver();
        switch (state) {
            case OPEN -> {
                if (body == null && !wantsChunks()) {
                    send();
                } else {
                    output().end();
                }
            }
            case COMMITTED -> output().end();
            default -> {
                return;
            }
        }
    }

    // ---- before and instead of it

    /**
     * Sends an informational response before it: 103, with links for instance. To an HTTP/1.0
     * client nothing is sent.
     *
     * @throws IllegalArgumentException if the status is none of 102 to 199
     */
    public Response interim(int code, Map<String, String> with) throws IOException {
        checkOpen();
        if (code <= 101 || code > 199) {
            throw new IllegalArgumentException(
                    "an interim response has a status from 102 to 199, not " + code);
        }
        if (minor > 0) {
            FieldList given = new FieldList();
            with.forEach(given::add); // checked
            wire.putLine(code);
            wire.put(given);
            wire.putCrLf();
            wire.flush();
        }
        return this;
    }

    /**
     * Leaves HTTP: sends 101 with the header fields that were set, or 200 to a CONNECT, and gives
     * the connection to the caller. It is closed when the handler returns. The {@link Limits} hold
     * no more.
     *
     * @param protocol what is spoken from then on, as the client has asked for it by its {@code
     *     Upgrade} field
     * @throws HttpException 426 if the request does not ask for it, 400 if it has a body that was
     *     not read
     */
    public Upgrade upgrade(String protocol) throws IOException {
        checkOpen();
        boolean connect = connection.checkUpgrade(protocol);
        close = true;
        wire.putLine(connect ? 200 : 101);
        if (!connect) {
            wire.putField("Connection", "Upgrade");
            wire.putField("Upgrade", protocol);
        }
        wire.put(fields);
        wire.putCrLf();
        state = UPGRADED;
        status = connect ? 200 : 101;
        wire.flush();
        return connection.upgraded();
    }

    // ---- for the floors below

    /**
     * Sends the head, with a body of that length.
     *
     * @param count -1 if it is not known
     * @return whether the body is sent in chunks
     */
    boolean begin(long count) throws IOException {
        if (Status.hasNoContent(status)) {
            if (count > 0 && !headOnly) {
                throw new IllegalStateException(
                        "a response with status " + status + " has no body");
            }
        } else if (count >= 0 && length >= 0 && count != length && !headOnly) {
            throw new IllegalStateException(
                    "a body of " + count + " bytes, and a content length of " + length);
        }
        long n = status == 205 ? 0 : length >= 0 ? length : count;
        filtered = filter != null && filter.begins(this, n);
        n = filtered ? -1 : n;
        state = COMMITTED;
        boolean hasBody = !Status.hasNoBody(status);
        boolean isTunnel = hasBody && status < 300 && connection.isConnect();
        boolean inChunks = hasBody && n < 0 && minor > 0 && !isTunnel;
        untilEnd = hasBody && n < 0 && !inChunks && !headOnly || isTunnel;
        close |= untilEnd || connection.mustClose();
        wire.putLine(status);
        if (!hasDate) {
            wire.putDate();
        }
        wire.put(fields);
        if (inChunks) {
            if (!headOnly) { // or it is not known how the body would be sent
                wire.putField("Transfer-Encoding", "chunked");
            }
        } else if (n >= 0 && !isTunnel && (hasBody || status == 304 && length >= 0)) {
            wire.putLength(n);
        }
        if (close != (minor == 0)) { // or it is what the version says anyway
            wire.putField("Connection", close ? "close" : "keep-alive");
        }
        wire.putCrLf();
        return inChunks;
    }

    /** Its handler has returned, or it was given up; whether nobody writes it any more. */
    boolean over() {
        over = true;
        BodyOutput b = body;
        boolean free = true;
        if (b != null) {
            VarHandle.fullFence();
            free = !b.isBusy();
            b.release();
        }
        if (filter != null) {
            filter.release();
        }
        return free;
    }

    boolean isOver() {
        return over;
    }

    /** Has this look at the head when it is about to be sent, and change the body. */
    void filter(BodyFilter given) {
        checkOpen();
        filter = given;
    }

    /** What the body goes through; null if it is sent as it is. */
    @Nullable BodyFilter filterInUse() {
        return filtered ? filter : null;
    }

    HttpConnection connection() {
        return connection;
    }

    /** Whether somebody is writing its body, who should not when the handler has returned. */
    boolean isBusy() {
        BodyOutput b = body;
        return b != null && b.isBusy();
    }

    /** Whether it is not to be sent in one piece. */
    boolean wantsChunks() {
        return trailers != null || chunked && length < 0;
    }

    /** Whether its body lasts until the end of the connection. */
    boolean isUntilEnd() {
        return untilEnd;
    }

    void ended() {
        state = ENDED;
    }

    /** How many bytes of a body. */
    long sent() {
        BodyOutput b = body;
        return headOnly ? 0 : b == null ? sent : sent + b.sent();
    }

    boolean isUpgraded() {
        return state == UPGRADED;
    }

    boolean closes() {
        return close;
    }

    long length() {
        return length;
    }

    @Nullable FieldList trailers() {
        return trailers;
    }
}
