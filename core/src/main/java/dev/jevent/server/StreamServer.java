package dev.jevent.server;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.Waiter;
import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A TCP server: accepts connections and runs a handler for each in a greenlet of its own. Follows
 * {@code gevent.server.StreamServer}.
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
 *   <li>After 100 connections in a row the acceptor gives way, so that a flood of them does not
 *       keep the handlers from running.
 *   <li>When no connection can be accepted, because the process has too many open files or the
 *       system no memory, the server tells the error handler, tries again after 10 ms, 20 ms and so
 *       on, each second at last, and recovers. It says so again only if all was well for five
 *       seconds in between.
 * </ul>
 *
 * A server is started once; after {@link #stop} make a new one, at the same address if you like.
 * All methods may be called from any thread; it runs in the hub that started it.
 */
public final class StreamServer implements AutoCloseable {

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Handler {

        /** Runs in a greenlet of its own; the socket is closed when it ends. */
        void handle(Socket socket) throws Exception;
    }

    private static final int MOST_ACCEPTS_IN_A_ROW = 100;
    private static final long FIRST_DELAY_MILLIS = 10;
    private static final long LAST_DELAY_MILLIS = 1000;
    private static final Duration ALL_WELL = Duration.ofSeconds(5);
    private static final Duration KILLED_MAY_TAKE = Duration.ofSeconds(1);

    private final @Nullable SocketAddress listen;
    private final Handler handler;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Queue<Waiter<Void>> stopping = new ConcurrentLinkedQueue<>();
    private final Waiter<Void> stopped = new Waiter<>(); // the acceptor's, between two attempts
    private volatile @Nullable ServerSocket listener;
    private volatile @Nullable Hub hub;
    private volatile @Nullable Greenlet<Void> acceptor;
    private volatile boolean closed;
    private @Nullable Duration lastFailure; // acceptor only
    private boolean inheritsNoDelay; // written before the acceptor is spawned

    /** A server for all addresses of this machine, IPv4 and IPv6. Port 0 means one that is free. */
    public StreamServer(int port, Handler handler) {
        this(new InetSocketAddress(port), handler);
    }

    /** A server that will listen to the address. */
    public StreamServer(SocketAddress listen, Handler handler) {
        this(check(listen, "an address"), null, handler);
    }

    /**
     * A server that accepts from a listener, which it closes in the end.
     *
     * @throws IllegalArgumentException if it is not bound
     */
    public StreamServer(ServerSocket listener, Handler handler) {
        this(null, check(listener, "a listener"), handler);
        if (!listener.isBound() || listener.isClosed()) {
            throw new IllegalArgumentException("this listener is not open: " + listener);
        }
    }

    private StreamServer(
            @Nullable SocketAddress listen, @Nullable ServerSocket listener, Handler handler) {
        this.listen = listen;
        this.listener = listener;
        this.handler = check(handler, "a handler");
    }

    private static <T> T check(T value, String what) {
        if (value == null) {
            throw new NullPointerException("a server needs " + what);
        }
        return value;
    }

    // ---- start and stop

    /**
     * Listens and begins to accept, in the hub of the caller; does nothing if it is started. On a
     * platform thread connections are served while that thread waits in jevent.
     *
     * @throws java.net.BindException if the address is taken, or none of this machine's
     * @throws IllegalStateException if it was stopped
     */
    public synchronized void start() throws IOException {
        if (closed) {
            throw new IllegalStateException("this server was stopped; make a new one");
        }
        if (acceptor != null) {
            return;
        }
        hub = Hub.get();
        if (listener == null) {
            listener = Sockets.listen(listen);
        }
        boolean done = false;
        try {
            inheritsNoDelay = setNoDelay(listener);
            Greenlet<Void> greenlet = hub.spawn((Action) this::acceptUntilClosed);
            greenlet.name("acceptor of " + address());
            acceptor = greenlet;
            done = true;
        } finally {
            if (!done) {
                stop();
            }
        }
    }

    /** Whether the sockets that it accepts have the option from it. */
    private static boolean setNoDelay(ServerSocket listener) {
        try {
            if (listener.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                listener.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return true;
            }
        } catch (IOException e) {
            return false; // then each of them is told
        }
        return false;
    }

    /**
     * Starts it, if it is not started, and waits until it is stopped. A kill, a timeout or an
     * interrupt of the caller stops it.
     */
    public void serveForever() throws IOException {
        start();
        try {
            acceptor.join();
        } finally {
            stop();
        }
    }

    /**
     * Stops to accept and closes the listener; the address is free at once. Handlers that run go
     * on, as in gevent. Does not wait.
     */
    public void stop() {
        closed = true;
        ServerSocket l = listener;
        if (l != null) {
            closeQuietly(l);
        }
        stopped.switchTo(null);
    }

    /**
     * As {@link #stop()}, then waits for the handlers to end, kills those that have not ended when
     * the time is over, and waits for those at most a second longer. A handler that calls this does
     * not wait for itself.
     */
    public void stop(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        stop();
        Hub h = hub;
        if (h != null && !awaitOthers(h, timeout)) {
            Connection self = current();
            h.loop().runCallbackThreadsafe(() -> killAllBut(self));
            awaitOthers(h, KILLED_MAY_TAKE);
        }
    }

    /** As {@link #stop()}. */
    @Override
    public void close() {
        stop();
    }

    private @Nullable Connection current() {
        Thread thread = Thread.currentThread();
        for (Connection c : connections) {
            RawGreenlet g = c.greenlet;
            if (g != null && g.thread() == thread) {
                return c;
            }
        }
        return null;
    }

    /** Whether all handlers but the caller have ended in time. */
    private boolean awaitOthers(Hub h, Duration timeout) {
        int self = current() == null ? 0 : 1;
        Duration end = h.loop().now().plus(timeout);
        while (connections.size() > self) {
            var waiter = new Waiter<Void>();
            stopping.add(waiter);
            try {
                Duration left = end.minus(h.loop().now());
                if (connections.size() > self
                        && (left.isNegative() || left.isZero() || !waiter.await(left))) {
                    return false;
                }
            } finally {
                stopping.remove(waiter);
            }
        }
        return true;
    }

    /** On the loop, where no greenlet begins or ends meanwhile. */
    private void killAllBut(@Nullable Connection self) {
        for (Connection c : connections) {
            if (c != self) {
                c.kill();
            }
        }
    }

    // ---- state

    /**
     * The address that it really listens to, or did.
     *
     * @throws IllegalStateException if it was not started
     */
    public InetSocketAddress address() {
        ServerSocket l = listener;
        if (l == null) {
            throw new IllegalStateException("this server has no address before it is started");
        }
        return (InetSocketAddress) l.getLocalSocketAddress();
    }

    /** Whether it accepts connections. */
    public boolean started() {
        return acceptor != null && !closed;
    }

    /** Whether it was stopped. */
    public boolean closed() {
        return closed;
    }

    /** How many handlers run. */
    public int connections() {
        return connections.size();
    }

    @Override
    public String toString() {
        String where = String.valueOf(listener == null ? listen : address());
        return "StreamServer["
                + where
                + (closed ? ", closed]" : started() ? "]" : ", not started]");
    }

    // ---- the acceptor

    private void acceptUntilClosed() {
        try {
            long delay = 0;
            int inARow = 0;
            while (!closed) {
                Throwable failure = acceptOne();
                if (failure != null) {
                    delay = backOff(delay, failure);
                    continue;
                }
                delay = 0;
                if (++inARow == MOST_ACCEPTS_IN_A_ROW) {
                    inARow = 0;
                    Jevent.sleep(0);
                }
            }
        } finally {
            stop(); // killed, perhaps
        }
    }

    /** What went wrong and may go right next time. */
    private @Nullable Throwable acceptOne() {
        Socket socket;
        try {
            socket = listener.accept();
        } catch (SocketTimeoutException e) {
            return null; // the listener was given to us with a timeout
        } catch (IOException | OutOfMemoryError | LinkageError e) {
            // without descriptors or memory classes cannot be loaded either
            if (listener.isClosed()) {
                stop(); // by somebody else
            }
            return closed ? null : e;
        }
        var connection = new Connection(socket);
        connections.add(connection);
        try {
            connection.greenlet = Jevent.spawnRaw(connection);
            return null;
        } catch (Throwable e) { // no memory; spawning does not wait, so that this is no kill
            connection.end();
            return e;
        }
    }

    private long backOff(long lastDelay, Throwable failure) {
        Duration now = hub.loop().now();
        if (lastFailure == null || now.minus(lastFailure).compareTo(ALL_WELL) > 0) {
            report(failure);
        }
        lastFailure = now;
        long delay =
                lastDelay == 0 ? FIRST_DELAY_MILLIS : Math.min(2 * lastDelay, LAST_DELAY_MILLIS);
        stopped.await(Duration.ofMillis(delay));
        return delay;
    }

    private void report(Throwable failure) {
        try {
            hub.errorHandler().handle(this, failure);
        } catch (RuntimeException e) {
            // a handler that fails does not stop the server
            System.getLogger("dev.jevent").log(System.Logger.Level.ERROR, e.getMessage(), failure);
        }
    }

    // ---- connections

    private final class Connection implements Action {
        private final Socket socket;
        private volatile @Nullable RawGreenlet greenlet;
        private boolean begun; // hub thread

        Connection(Socket socket) {
            this.socket = socket;
        }

        @Override
        public void run() throws Exception {
            begun = true;
            try {
                if (!inheritsNoDelay) {
                    socket.setTcpNoDelay(true);
                }
                handler.handle(socket);
            } catch (Exception e) {
                if (!isPeerGone(e)) {
                    throw e;
                }
            } finally {
                end();
            }
        }

        /** On the loop. */
        void kill() {
            greenlet.killLater();
            if (!begun) {
                end(); // it never begins
            }
        }

        void end() {
            closeQuietly(socket);
            connections.remove(this);
            for (Waiter<Void> waiter : stopping) {
                waiter.switchTo(null);
            }
        }
    }

    private static boolean isPeerGone(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (t instanceof SocketException
                    && message != null
                    && (message.startsWith("Connection reset")
                            || message.startsWith("Broken pipe"))) {
                return true;
            }
        }
        return false;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // it is closed nevertheless, and nobody could do anything about it
            return;
        }
    }
}
