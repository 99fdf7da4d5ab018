package dev.jevent.server;

import dev.jevent.internal.CallerAccess;
import dev.jevent.ssl.Tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.LongAdder;

import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server for TCP and for Unix-domain sockets: accepts connections and runs a handler for each in
 * a greenlet of its own. Follows {@code gevent.server.StreamServer}.
 *
 * <pre>{@code
 * var server =
 *         new StreamServer(7, s -> s.getInputStream().transferTo(s.getOutputStream()));
 * server.serveForever();
 * }</pre>
 *
 * <ul>
 *   <li>The socket is closed when its handler returns or throws.
 *   <li>What a handler throws goes to the hub's error handler, once, and the server goes on. Two
 *       are no failures: {@link dev.jevent.GreenletExit}, and a {@link SocketException} that says
 *       that the peer has vanished ({@code Connection reset}, {@code Broken pipe}), also as the
 *       cause of another exception. That is a usual end of a connection.
 *   <li>{@code TCP_NODELAY} is on: what a handler writes is sent at once. A handler that writes
 *       bits and pieces wraps its stream in a {@link java.io.BufferedOutputStream}.
 *   <li>After 100 connections in a row ({@link #maxAccept}) the acceptor gives way, so that a flood
 *       of them does not keep the handlers from running.
 *   <li>When no connection can be accepted, because the process has too many open files or the
 *       system no memory, the server tells the error handler, tries again after 10 ms, 20 ms and so
 *       on, each second at last, and recovers. It says so again only if all was well for five
 *       seconds in between.
 *   <li>When somebody else closes its listener, it tells the error handler and stops.
 * </ul>
 *
 * A Unix-domain server removes the socket file of one that has ended without doing so, never that
 * of one that is alive, and its own when it is stopped. See {@link BaseServer} for the rest.
 */
public final class StreamServer extends BaseServer<StreamServer> {

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Handler {

        /** Runs in a greenlet of its own; the socket is closed when it ends. */
        void handle(Socket socket) throws Exception;
    }

    /** What is done with a connection, by one who wants to know more about it. */
    @FunctionalInterface
    public interface ConnectionHandler {

        /** Runs in a greenlet of its own; the socket is closed when it ends. */
        void handle(ServerConnection connection) throws Exception;
    }

    /** Puts TLS on a connection. */
    @FunctionalInterface
    public interface TlsWrapper {

        /** The server's side of TLS over that socket; the handshake need not be done yet. */
        SSLSocket wrap(Socket socket) throws IOException;
    }

    /** Is told of clients that do not speak TLS as the server wants it. */
    @FunctionalInterface
    public interface HandshakeListener {

        /** Called where the handler would have been; then the connection is closed. */
        void failed(ServerConnection connection, IOException failure);
    }

    private static final int BACKLOG = 1024;

    private final ConnectionHandler handler;
    private final LongAdder failedHandshakes = new LongAdder();
    private final LongAdder badHeaders = new LongAdder();
    private final Calm calm = new Calm();

    // options: fixed by the start
    private volatile int backlog; // 0: not said
    private volatile @Nullable TlsWrapper tls;
    private volatile boolean endsTlsInput; // the JDK's would not, without the peer's leave
    private volatile @Nullable ProxyProtocol proxyProtocol;
    private volatile @Nullable String unixPermissions;
    private volatile HandshakeListener handshakeListener = (connection, failure) -> {};

    /** A server for all addresses of this machine, IPv4 and IPv6. Port 0 means one that is free. */
    public StreamServer(int port, Handler handler) {
        this(new InetSocketAddress(port), handler);
    }

    /** A server that will listen to the address, as in {@link BaseServer#parseAddress}. */
    public StreamServer(String address, Handler handler) {
        this(parseAddress(address), handler);
    }

    /** A server that will listen to the address. */
    public StreamServer(SocketAddress listen, Handler handler) {
        this(Source.of(listen), plain(handler));
    }

    /**
     * A server that accepts from a listener, which it closes in the end.
     *
     * @throws IllegalArgumentException if it is not bound
     */
    public StreamServer(ServerSocket listener, Handler handler) {
        this(source(listener), plain(handler));
    }

    private StreamServer(Source source, ConnectionHandler handler) {
        super(source);
        this.handler = check(handler, "a handler");
    }

    private static ConnectionHandler plain(Handler handler) {
        Handler h = check(handler, "a handler");
        return connection -> h.handle(connection.socket());
    }

    /** A server whose handler wants to know more than the socket; see {@link ServerConnection}. */
    public static StreamServer ofConnections(int port, ConnectionHandler handler) {
        return ofConnections(new InetSocketAddress(port), handler);
    }

    /** As {@link #ofConnections(int, ConnectionHandler)}. */
    public static StreamServer ofConnections(String address, ConnectionHandler handler) {
        return ofConnections(parseAddress(address), handler);
    }

    /** As {@link #ofConnections(int, ConnectionHandler)}. */
    public static StreamServer ofConnections(SocketAddress listen, ConnectionHandler handler) {
        return new StreamServer(Source.of(listen), handler);
    }

    /** As {@link #ofConnections(int, ConnectionHandler)}. */
    public static StreamServer ofConnections(ServerSocket listener, ConnectionHandler handler) {
        return new StreamServer(source(listener), handler);
    }

    private static Source source(ServerSocket listener) {
        if (!check(listener, "a listener").isBound() || listener.isClosed()) {
            throw new IllegalArgumentException("this listener is not open: " + listener);
        }
        return new Source(null, listener);
    }

    // ---- options

    /**
     * Accepts from this listener as well, which it closes in the end.
     *
     * @throws IllegalArgumentException if it is not bound
     */
    public StreamServer listen(ServerSocket listener) {
        return addSource(source(listener));
    }

    /**
     * How many connections wait to be accepted: 1,024; the system may allow fewer.
     *
     * @throws IllegalArgumentException if less than one; or if a listener was given, which has its
     *     own
     */
    public StreamServer backlog(int connections) {
        beforeStart();
        if (connections < 1) {
            throw new IllegalArgumentException("a backlog of " + connections + "; use 1 or more");
        }
        backlog = connections;
        checkBacklog();
        return this;
    }

    private void checkBacklog() {
        if (backlog != 0 && sources().stream().anyMatch(s -> s.given() != null)) {
            throw new IllegalArgumentException(
                    "the backlog of a listener that exists cannot be changed: give one or the"
                            + " other");
        }
    }

    /**
     * At most so many connections at once, of all listeners: beyond it the others wait in the
     * backlog.
     *
     * @throws IllegalArgumentException if less than one
     */
    public StreamServer maxConnections(int count) {
        return maxJobs(count);
    }

    /** Speaks TLS, as {@link #tls(TlsWrapper)} says, within the time limit of the configuration. */
    public StreamServer tls(Tls tls) {
        StreamServer ignored = tls((TlsWrapper) check(tls, "a TLS configuration")::wrap);
        endsTlsInput = true;
        return this;
    }

    /**
     * Speaks TLS, with a configuration of another kind. The handshake is done where the handler
     * runs, so that a client that is slow holds up nobody else. It has no time limit but the
     * wrapper's own.
     */
    public StreamServer tls(TlsWrapper tls) {
        beforeStart();
        this.tls = check(tls, "a TLS configuration");
        endsTlsInput = false;
        return this;
    }

    /**
     * Who is told of failed handshakes. They are the client's fault: they are counted, the
     * connection is closed, and the error handler hears nothing of it.
     */
    public StreamServer onHandshakeFailure(HandshakeListener listener) {
        beforeStart();
        handshakeListener = check(listener, "a listener");
        return this;
    }

    /** Expects the header by which a proxy tells where the client is, before TLS and all else. */
    public StreamServer proxyProtocol(ProxyProtocol protocol) {
        beforeStart();
        proxyProtocol = check(protocol, "a protocol");
        return this;
    }

    /**
     * Who may connect to the Unix-domain sockets: {@code "rw-rw----"}, for instance. It is set when
     * the file is there; who must never come too early puts it in a directory that is closed to
     * others.
     *
     * @throws IllegalArgumentException if they are not written like that
     */
    public StreamServer unixPermissions(String permissions) {
        beforeStart();
        if (PosixFilePermissions.fromString(permissions).isEmpty()) {
            throw new IllegalArgumentException("nobody could connect: " + permissions);
        }
        unixPermissions = permissions;
        return this;
    }

    @Override
    void checkOptions() {
        checkBacklog();
        if ((proxyProtocol != null || tls != null)
                && sources().stream().anyMatch(s -> s.given() instanceof SSLServerSocket)) {
            throw new IllegalArgumentException(
                    "a TLS listener can neither have TLS nor a PROXY header within; give a plain"
                            + " one");
        }
        if (unixPermissions != null
                && sources().stream()
                        .noneMatch(s -> s.address() instanceof UnixDomainSocketAddress)) {
            throw new IllegalArgumentException("permissions, and no Unix-domain address");
        }
    }

    // ---- state

    /** How many handlers run, or will. */
    public int connections() {
        return running();
    }

    /** How many TLS handshakes have failed. */
    public long failedHandshakes() {
        return failedHandshakes.sum();
    }

    /**
     * How many connections were closed for want of a good PROXY header from one who may send it.
     */
    public long badProxyHeaders() {
        return badHeaders.sum();
    }

    // ---- of the floors below

    @Override
    Endpoint open(Source source) throws IOException {
        if (source.given() instanceof ServerSocket listener) {
            if (listener.isClosed()) {
                throw new SocketException("this listener was closed: " + listener);
            }
            return StreamEndpoint.of(this, listener);
        }
        SocketAddress address = Addresses.resolved(source.address());
        int most = backlog == 0 ? BACKLOG : backlog;
        return StreamEndpoint.listen(this, address, most, unixPermissions);
    }

    @Override
    StreamServer self() {
        return this;
    }

    ConnectionHandler handler() {
        return handler;
    }

    @Nullable TlsWrapper tls() {
        return tls;
    }

    boolean endsTlsInput() {
        return endsTlsInput;
    }

    @Nullable ProxyProtocol proxyProtocol() {
        return proxyProtocol;
    }

    void failedHandshake(Connection connection, IOException failure) {
        failedHandshakes.increment();
        handshakeListener.failed(connection, failure);
    }

    void badHeader(Socket peer, IOException failure) {
        badHeaders.increment();
        if (failure instanceof ProtocolException && calm.ends()) {
            var said =
                    new ProtocolException(
                            "connection from "
                                    + Addresses.text(peer.getRemoteSocketAddress())
                                    + " closed: "
                                    + failure.getMessage());
            said.setStackTrace(new StackTraceElement[0]); // the peer's fault: one line
            CallerAccess.get().report(hub(), this, said);
        }
    }
}
