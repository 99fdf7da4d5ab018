package dev.jevent.websocket;

import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.internal.CallerAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * A connection on which messages go both ways, after RFC 6455; the server's side in a handler of
 * {@link dev.jevent.http.HttpServer}, or a client's. Follows {@code geventwebsocket.WebSocket}.
 *
 * <pre>{@code
 * new HttpServer(8080, (request, response) -> {
 *     try (WebSocket socket = WebSocket.accept(request, response)) {
 *         for (Message m = socket.receive(); m != null; m = socket.receive()) {
 *             if (m instanceof Message.Text(String text)) {
 *                 socket.send("you said: " + text);
 *             }
 *         }
 *     }
 * }).serveForever();
 *
 * try (WebSocket socket = WebSocket.connect(URI.create("wss://example.org/chat"))) { … }
 * }</pre>
 *
 * <pre>
 *   open --close()--------------> closing --the peer's Close, or closeTimeout--> over
 *     |--the peer's Close, which is answered------------------------------------^
 *     '--a violation, or the connection is lost---------------------------------^
 * </pre>
 *
 * <p><b>Receiving</b> is for one at a time; a second one gets a {@link
 * dev.jevent.ConcurrentObjectUseError}. Pings and a Close of the peer are answered by whoever
 * receives, and nothing is read while nobody does: a peer that sends more has to wait. A kill, a
 * {@link dev.jevent.Timeout} or an interrupt of the receiver loses nothing. A peer that breaks the
 * protocol or a limit is told so by a Close with the right code, and {@code receive} throws a
 * {@link WebSocketException} with that code; the connection is closed then. A connection that is
 * lost, or whose peer is gone by {@link WebSocketOptions#idleTimeout}, is one that is closed, with
 * the code 1006.
 *
 * <p><b>Sending</b> waits while the peer does not read. Any number of greenlets and threads may
 * send; their messages go out whole, one after the other. A kill, a timeout or an interrupt of one
 * who waits for his turn does no harm; in the middle of a send it spoils the connection, which is
 * closed. What is sent when it is closed throws a {@link WebSocketException}.
 *
 * <p>The server's side lives as long as the handler. When the server is {@linkplain
 * dev.jevent.http.HttpServer#stop(java.time.Duration) stopped} with a timeout, one who waits for
 * the next message sees the end: the peer gets a Close with 1001. A handler that returns without
 * having closed it does the same.
 *
 * <p>While nothing comes or goes it holds no buffers. (In the portable mode a receiver has one of 8
 * KiB, and a kill, a timeout or an interrupt closes the connection.) All methods may be called from
 * any thread.
 */
public final class WebSocket implements AutoCloseable {

    private final Connection connection;
    private final @Nullable String subprotocol;

    /** After the handshake. */
    WebSocket(Connection connection, @Nullable String subprotocol) {
        this.connection = connection;
        this.subprotocol = subprotocol;
    }

    // ---- how one is made

    /** As {@link #accept(Request, Response, WebSocketOptions)}, with the defaults. */
    public static WebSocket accept(Request request, Response response) throws IOException {
        return accept(request, response, WebSocketOptions.defaults());
    }

    /**
     * Accepts the handshake of a client, in a handler. Header fields that were set in the response
     * go with it.
     *
     * @throws dev.jevent.http.HttpException 426 if the request asks for no WebSocket, or for one of
     *     another version; 403 if it comes from a page of another origin, see {@link
     *     WebSocketOptions#origins}; 400 if the handshake is bad
     */
    public static WebSocket accept(Request request, Response response, WebSocketOptions options)
            throws IOException {
        return ServerHandshake.accept(request, response, options);
    }

    /** As {@link #connect(URI, WebSocketOptions)}, with the defaults. */
    public static WebSocket connect(URI uri) throws IOException {
        return connect(uri, WebSocketOptions.defaults());
    }

    /**
     * Connects to a server.
     *
     * @param uri with {@code ws:} or {@code wss:}, without a fragment
     * @throws WebSocketHandshakeException if the server does not agree: it says the status and
     *     where a redirect leads to, which is not followed
     * @throws java.net.SocketTimeoutException after {@link WebSocketOptions#connectTimeout}
     * @throws IOException if it cannot be reached
     */
    public static WebSocket connect(URI uri, WebSocketOptions options) throws IOException {
        return ClientHandshake.connect(uri, options);
    }

    // ---- receive

    /**
     * The next message; waits for it.
     *
     * @return null when it is closed, whoever has closed it
     * @throws WebSocketException if the peer broke the protocol or a limit
     * @throws IllegalStateException if a stream of {@link #receiveStream} is not at its end
     */
    public @Nullable Message receive() throws IOException {
        return connection.receiver.receive();
    }

    /** As {@link #receive}, for text only: another message closes with 1003. */
    public @Nullable String receiveText() throws IOException {
        return connection.receiver.receiveText();
    }

    /**
     * The next message as a stream, however long it is: only what was not read yet is kept. It is
     * to be read to its end, or closed, before anything else is received.
     *
     * @return null when it is closed
     */
    public @Nullable MessageStream receiveStream() throws IOException {
        return connection.receiver.stream();
    }

    // ---- send

    /** Sends a text. */
    public void send(String text) throws IOException {
        connection.sender.send(text);
    }

    /** Sends bytes. */
    public void send(byte[] binary) throws IOException {
        connection.sender.send(Frames.BINARY, binary, 0, binary.length);
    }

    /** Sends a part of an array. */
    public void send(byte[] binary, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, binary.length);
        connection.sender.send(Frames.BINARY, binary, offset, count);
    }

    /**
     * A binary message that is sent as it is written, in frames of 8 KiB or at each flush, and not
     * compressed; closing the stream ends the message. For the calling thread; other messages wait
     * until then, so it is to be closed in any case.
     */
    public OutputStream sendStream() throws IOException {
        connection.sender.beginStream();
        return new MessageOutput(connection.sender, Frames.BINARY);
    }

    /** As {@link #sendStream}, for a text. */
    public Writer sendWriter() throws IOException {
        connection.sender.beginStream();
        return new OutputStreamWriter(
                new MessageOutput(connection.sender, Frames.TEXT), StandardCharsets.UTF_8);
    }

    /**
     * Sends a ping, which the peer answers; nobody is told of that.
     *
     * @throws IllegalArgumentException if it has more than 125 bytes
     */
    public void ping(byte[] data) throws IOException {
        if (data.length > Frames.MOST_CONTROL) {
            throw new IllegalArgumentException(
                    "a ping of " + data.length + " bytes; it can have " + Frames.MOST_CONTROL);
        }
        connection.sender.ping(data);
    }

    // ---- close

    /** As {@link #close(int, String)}, with the code 1000. */
    @Override
    public void close() {
        close(CloseCode.NORMAL, "");
    }

    /**
     * Sends a Close, and waits until the peer has answered it; a message that is being sent is
     * completed first. Does nothing if it is closed or being closed. Messages that come meanwhile
     * are for who waits in {@link #receive}, which then sees the end; without one they are dropped.
     * After {@link WebSocketOptions#closeTimeout}, or when the caller is killed or interrupted, the
     * connection is cut.
     *
     * @param code 1000 to 1003, 1007 to 1014, or an own one from 3000 to 4999
     * @param reason at most 123 bytes in UTF-8
     * @throws IllegalArgumentException if code or reason are others
     */
    public void close(int code, String reason) {
        byte[] body = CloseCode.body(code, reason);
        CallerAccess.get().cleanUp(() -> connection.close(body));
    }

    // ---- state

    /** Whether messages can be sent: nobody has closed it, and it was not lost as far as known. */
    public boolean isOpen() {
        return !connection.isClosing() && !connection.isOver();
    }

    /**
     * Why it was closed: the code of the peer's Close, 1005 if that had none, 1006 if there was no
     * Close; if this side has ended it, because of a violation, a stopped server or a handler that
     * has returned, the code that it has sent. Zero while nothing of this has happened.
     */
    public int closeCode() {
        CloseCode e = connection.end();
        return e == null ? 0 : e.code();
    }

    /** What was said with {@link #closeCode}; often nothing. */
    public String closeReason() {
        CloseCode e = connection.end();
        return e == null ? "" : e.reason();
    }

    /** The sub-protocol that was agreed on. */
    public Optional<String> subprotocol() {
        return Optional.ofNullable(subprotocol);
    }

    /** Whether messages may be compressed: the peer has agreed. */
    public boolean isCompressed() {
        return connection.sender.isCompressed();
    }

    /** Whether it has buffers or memory outside of the heap now. */
    boolean holdsMemory() {
        return connection.sender.holds() || connection.receiver.holds();
    }

    /** Where the peer is. */
    public SocketAddress remoteAddress() {
        return connection.link.remoteAddress();
    }

    @Override
    public String toString() {
        return "WebSocket[" + connection + "]";
    }
}
