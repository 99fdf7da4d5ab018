package dev.jevent.http;

import dev.jevent.Hub;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.server.BaseServer;
import dev.jevent.server.ProxyProtocol;
import dev.jevent.server.ServerConnection;
import dev.jevent.server.Spawn;
import dev.jevent.server.StreamServer;
import dev.jevent.ssl.Tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A server for HTTP/1.1 and HTTP/1.0, after RFC 9110 and RFC 9112. Follows {@code
 * gevent.pywsgi.WSGIServer}: a greenlet for each connection, plain blocking handlers.
 *
 * <pre>{@code
 * var server = new HttpServer(8080, (request, response) -> response.send("hello\n"));
 * server.serveForever();
 * }</pre>
 *
 * <ul>
 *   <li>Connections are kept alive, and pipelined requests answered in their order.
 *   <li>What is not clearly a request is answered with 400 and the end of its connection.
 *   <li>{@link Limits} hold for every client, from the start.
 *   <li>What a handler throws is answered with 500, of which the client sees no more than the
 *       number, and goes to the hub's error handler; an {@link HttpException} is answered with its
 *       status.
 *   <li>{@link #stop(Duration)} lets idle connections go and waits for the requests under way.
 * </ul>
 *
 * <p>Options are set before the start; it is started once. All methods may be called from any
 * thread; it runs in the hub that started it.
 */
public final class HttpServer implements AutoCloseable {

    private static final VarHandle AT_HOME;

    static {
        try {
            AT_HOME =
                    MethodHandles.lookup()
                            .findVarHandle(HttpServer.class, "requestsAtHome", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final System.Logger LOGGER = System.getLogger("dev.jevent.http");

    private final HttpHandler handler;
    private final StreamServer server;
    private final Home home = new Home();
    private final LongAdder requests = new LongAdder(); // elsewhere than at home
    private long requestsAtHome; // written by the home's thread
    private final LongAdder problems = new LongAdder();
    private final BufferPool inputs = new BufferPool(WireInput.SIZE, home);
    private final BufferPool outputs = new BufferPool(WireOutput.SIZE, home);
    private final Pool<RequestHead> heads = new Pool<>(() -> new RequestHead(limitsInUse()), home);
    private final Dates dates = new Dates(home);

    // options: fixed by the start
    private volatile Limits limits = Limits.defaults();
    private volatile @Nullable AccessLog accessLog;
    private volatile ErrorPage errorPage = ErrorPage.plain();
    private volatile Consumer<Problem> onProblem = p -> LOGGER.log(System.Logger.Level.DEBUG, p);
    private volatile @Nullable Watch watch;
    private volatile @Nullable Hub hub;
    private volatile boolean ending;

    /** A server for all addresses of this machine, IPv4 and IPv6. Port 0 means one that is free. */
    public HttpServer(int port, HttpHandler handler) {
        this(new InetSocketAddress(port), handler);
    }

    /** A server that will listen to the address, as in {@link BaseServer#parseAddress}. */
    public HttpServer(String address, HttpHandler handler) {
        this(BaseServer.parseAddress(address), handler);
    }

    /** A server that will listen to the address, of the internet or a Unix-domain one. */
    public HttpServer(SocketAddress listen, HttpHandler handler) {
        this.handler = Objects.requireNonNull(handler, "handler");
        server =
                StreamServer.ofConnections(listen, this::serve)
                        .onHandshakeFailure(this::failedHandshake);
    }

    /** A server that accepts from a listener, which it closes in the end. */
    public HttpServer(ServerSocket listener, HttpHandler handler) {
        this.handler = Objects.requireNonNull(handler, "handler");
        server =
                StreamServer.ofConnections(listener, this::serve)
                        .onHandshakeFailure(this::failedHandshake);
    }

    // ---- options

    private void beforeStart() {
        if (watch != null) {
            throw new IllegalStateException("options are set before the server is started");
        }
    }

    /** What clients may ask of it; {@link Limits#defaults} if it is not set. */
    public HttpServer limits(Limits values) {
        beforeStart();
        limits = Objects.requireNonNull(values, "limits");
        return this;
    }

    /** Who is told of every exchange; nobody if it is not set, which costs nothing. */
    public HttpServer accessLog(AccessLog log) {
        beforeStart();
        accessLog = Objects.requireNonNull(log, "log");
        return this;
    }

    /** What writes the answers that are errors. */
    public HttpServer errorPage(ErrorPage page) {
        beforeStart();
        errorPage = Objects.requireNonNull(page, "page");
        return this;
    }

    /**
     * Who is told of what clients do wrong, in the greenlet of their connection; must not wait.
     * Without it {@code System.Logger} gets it, at the level {@code DEBUG}, for anybody can cause
     * any number of them.
     */
    public HttpServer onProblem(Consumer<Problem> listener) {
        beforeStart();
        onProblem = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /** Where the connections are served; as {@link BaseServer#spawn(Spawn)}. */
    public HttpServer spawn(Spawn spawn) {
        StreamServer ignored = server.spawn(spawn);
        return this;
    }

    /** Speaks TLS. A client that offers {@code http/1.1} by ALPN gets it if the Tls has it. */
    public HttpServer tls(Tls tls) {
        StreamServer ignored = server.tls(tls);
        return this;
    }

    /** Speaks TLS, with a configuration of another kind. */
    public HttpServer tls(StreamServer.TlsWrapper tls) {
        StreamServer ignored = server.tls(tls);
        return this;
    }

    /** Listens to another address as well. */
    public HttpServer listen(SocketAddress address) {
        StreamServer ignored = server.listen(address);
        return this;
    }

    /** As {@link #listen(SocketAddress)}, as in {@link BaseServer#parseAddress}. */
    public HttpServer listen(String address) {
        StreamServer ignored = server.listen(address);
        return this;
    }

    /** Expects the header by which a proxy tells where the client is. */
    public HttpServer proxyProtocol(ProxyProtocol protocol) {
        StreamServer ignored = server.proxyProtocol(protocol);
        return this;
    }

    /** Whether other servers may listen to the same addresses. */
    public HttpServer reusePort(boolean on) {
        StreamServer ignored = server.reusePort(on);
        return this;
    }

    /** How many connections wait to be accepted; as {@link StreamServer#backlog}. */
    public HttpServer backlog(int connections) {
        StreamServer ignored = server.backlog(connections);
        return this;
    }

    /** As {@link StreamServer#unixPermissions}. */
    public HttpServer unixPermissions(String permissions) {
        StreamServer ignored = server.unixPermissions(permissions);
        return this;
    }

    /** How long {@link #serveForever} waits for the requests under way in the end. */
    public HttpServer stopTimeout(Duration timeout) {
        StreamServer ignored = server.stopTimeout(timeout);
        return this;
    }

    // ---- start and stop

    /**
     * Listens and begins to accept, in the hub of the caller; does nothing if it is started. See
     * {@link BaseServer#start}.
     */
    public synchronized void start() throws IOException {
        if (server.closed()) {
            throw new IllegalStateException("this server was stopped; make a new one");
        }
        if (watch == null) {
            Watch w = new Watch(this, limits);
            StreamServer ignored = server.maxConnections(limits.connections());
            watch = w;
            boolean done = false;
            try {
                hub = Hub.get();
                home.at(Objects.requireNonNull(HubAccess.get().currentLoop()));
                server.start();
                done = true;
            } finally {
                if (!done) {
                    watch = null;
                }
            }
            w.start();
        }
    }

    /** Starts it, and waits until it is stopped; see {@link BaseServer#serveForever}. */
    public void serveForever() throws IOException {
        start();
        try {
            server.serveForever();
        } finally {
            stopped();
        }
    }

    /** Stops to accept, and ends idle connections. Requests under way go on. Does not wait. */
    public void stop() {
        server.stop();
        stopped();
    }

    /**
     * Stops to accept, ends idle connections, waits for the requests under way, whose answers say
     * that the connection ends, and kills those that are not over when the time is; see {@link
     * BaseServer#stop(Duration)}.
     */
    public void stop(Duration timeout) {
        ending = true;
        stopped(); // what has no end of its own is told before the wait for it begins
        try {
            server.stop(timeout);
        } finally {
            stopped();
        }
    }

    /** As {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    private void stopped() {
        Watch w = watch;
        if (w != null) {
            w.wake();
        }
    }

    // ---- state

    /** The first address that it really listens to. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** All addresses that it really listens to. */
    public List<SocketAddress> addresses() {
        return server.addresses();
    }

    /** The port of {@link #address()}. */
    public int port() {
        return server.port();
    }

    /**
     * The first address that it really listens to, of any kind.
     *
     * @throws IllegalStateException if it was not started
     */
    public SocketAddress localAddress() {
        return server.localAddress();
    }

    /** How many connections there are. */
    public int connections() {
        return server.connections();
    }

    /** How many connections it has accepted. */
    public long accepted() {
        return server.accepted();
    }

    /** How many requests it has given to its handler. */
    public long requests() {
        return requests.sum() + (long) AT_HOME.getAcquire(this);
    }

    /** How many things clients did wrong. */
    public long problems() {
        return problems.sum();
    }

    /** Whether it accepts. */
    public boolean started() {
        return server.started();
    }

    /** Whether it was stopped. */
    public boolean isClosed() {
        return server.closed();
    }

    @Override
    public String toString() {
        String text = server.toString();
        return "HttpServer" + text.substring(text.indexOf('['));
    }

    // ---- for its connections

    private void serve(ServerConnection connection) throws Exception {
        HttpConnection c = new HttpConnection(this, connection);
        Watch w = Objects.requireNonNull(watch);
        w.add(c);
        try {
            c.serve();
        } finally {
            w.remove(c);
        }
    }

    private void failedHandshake(ServerConnection connection, IOException failure) {
        String what = failure.getMessage();
        problem(
                new Problem(
                        connection.remoteAddress(),
                        0,
                        what == null ? failure.toString() : Text.shown(what),
                        ""));
    }

    /** Whether it was stopped, or is about to be. */
    boolean isEnding() {
        return ending || server.closed();
    }

    HttpHandler handler() {
        return handler;
    }

    Limits limitsInUse() {
        return limits;
    }

    BufferPool inputs() {
        return inputs;
    }

    BufferPool outputs() {
        return outputs;
    }

    /** None of them has positions of a request in it. */
    Pool<RequestHead> heads() {
        return heads;
    }

    Dates dates() {
        return dates;
    }

    /** Whether the caller runs in the server's hub. */
    boolean isHome() {
        return home.isHere();
    }

    @Nullable AccessLog log() {
        return accessLog;
    }

    ErrorPage page() {
        return errorPage;
    }

    void countRequest() {
        if (home.isHere()) {
            AT_HOME.setRelease(this, requestsAtHome + 1);
        } else {
            requests.increment();
        }
    }

    void problem(Problem problem) {
        problems.increment();
        try {
            onProblem.accept(problem);
        } catch (Exception e) {
            report(problem, e);
        }
    }

    /** Tells the hub's error handler of what is the server's fault. */
    void report(Object context, Throwable failure) {
        CallerAccess.get().report(hub, context, failure);
    }
}
