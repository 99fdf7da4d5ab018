package dev.jevent.server;

import dev.jevent.Hub;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.lock.Semaphore;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What {@link StreamServer} and {@link DatagramServer} have in common. Follows {@code
 * gevent.baseserver.BaseServer}; what is overridden there is given here:
 *
 * <ul>
 *   <li>{@code handle}: the handler of the constructor;
 *   <li>{@code do_read}, {@code get_listener}: a listener of the caller's own;
 *   <li>{@code set_spawn}: {@link #spawn};
 *   <li>{@code wrap_socket_and_handle}: {@link StreamServer#tls}, or a handler that wraps;
 *   <li>{@code is_fatal_error}, {@code min_delay}, {@code max_delay}: fixed, as described at {@link
 *       StreamServer}.
 * </ul>
 *
 * <pre>
 *   options --start--> started --stop--> closed
 * </pre>
 *
 * Options are set before the start. A server is started once; after {@link #stop()} make a new one,
 * at the same address if you like. All methods may be called from any thread; it runs in the hub
 * that started it.
 *
 * @param <S> the server itself, for options in a row
 */
public abstract sealed class BaseServer<S extends BaseServer<S>> implements AutoCloseable
        permits StreamServer, DatagramServer {

    private static final int MOST_IN_A_ROW = 100;

    /** An address to listen to, or a listener of the caller's, which has one. */
    record Source(@Nullable SocketAddress address, @Nullable AutoCloseable given) {
        static Source of(SocketAddress address) {
            return new Source(check(address, "an address"), null);
        }
    }

    private final Jobs jobs = new Jobs();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();

    // options: guarded by this, fixed by the start
    private final List<Source> sources = new ArrayList<>();
    private Spawn spawn = Spawn.greenlet();
    private int maxAccept = MOST_IN_A_ROW;
    private int maxJobs = Integer.MAX_VALUE;
    private boolean reusePort;
    private @Nullable Duration stopTimeout;
    private @Nullable Semaphore places;
    private boolean bounded;

    private volatile List<Endpoint> endpoints = List.of();
    private volatile List<Acceptor> acceptors = List.of();
    private volatile @Nullable Hub hub;
    private volatile boolean closed;
    private volatile boolean letsGo;

    BaseServer(Source first) {
        sources.add(first);
    }

    static <T> T check(T value, String what) {
        if (value == null) {
            throw new NullPointerException("a server needs " + what);
        }
        return value;
    }

    /** Listens; on the thread that starts. */
    abstract Endpoint open(Source source) throws IOException;

    abstract S self();

    // ---- options

    /**
     * An address as gevent writes it: {@code "host:port"}, {@code ":port"} or {@code "*:port"} or
     * {@code "port"} for all addresses of this machine, {@code "[::1]:port"}, {@code "unix:/path"}.
     * A name is looked up when the server starts.
     *
     * @throws IllegalArgumentException if it is none of those
     */
    public static SocketAddress parseAddress(String address) {
        return Addresses.parse(address);
    }

    /**
     * Listens to another address as well, in a greenlet of its own. When the server starts all are
     * there or none.
     */
    public S listen(SocketAddress address) {
        return addSource(Source.of(address));
    }

    /** As {@link #listen(SocketAddress)}, as in {@link #parseAddress}. */
    public S listen(String address) {
        return listen(parseAddress(address));
    }

    final synchronized S addSource(Source source) {
        beforeStart();
        sources.add(source);
        return self();
    }

    /** Where the handlers run: in a raw greenlet each, unless this is said. */
    public synchronized S spawn(Spawn spawn) {
        beforeStart();
        this.spawn = check(spawn, "a way to spawn");
        return self();
    }

    /** As {@link Spawn#pool(int)}. */
    public S spawn(int poolSize) {
        return spawn(Spawn.pool(poolSize));
    }

    /**
     * How many are taken in a row, from one listener, before the other greenlets may run: 100.
     *
     * @throws IllegalArgumentException if less than one
     */
    public synchronized S maxAccept(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("max accept must be 1 or more, not " + count);
        }
        beforeStart();
        maxAccept = count;
        return self();
    }

    /**
     * How long {@link #serveForever} waits for the handlers in the end, as {@link #stop(Duration)}
     * does. Without it it does not.
     */
    public synchronized S stopTimeout(Duration timeout) {
        long ignored = HubAccess.get().nanos(timeout); // checks it
        beforeStart();
        stopTimeout = timeout;
        return self();
    }

    /**
     * Whether other servers, of this process or others of the same user, may listen to the same
     * addresses: the kernel spreads what comes over them. So a program uses several hubs: one
     * server each.
     */
    public synchronized S reusePort(boolean on) {
        beforeStart();
        reusePort = on;
        return self();
    }

    final synchronized boolean reusesPort() {
        return reusePort;
    }

    final synchronized S maxJobs(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a maximum of " + count + "; use 1 or more");
        }
        beforeStart();
        maxJobs = count;
        return self();
    }

    final synchronized List<Source> sources() {
        return List.copyOf(sources);
    }

    final synchronized void beforeStart() {
        if (hub != null || closed) {
            throw new IllegalStateException("options are set before the server is started");
        }
    }

    // ---- start

    /**
     * Listens and begins to accept, in the hub of the caller; does nothing if it is started. On a
     * platform thread it serves while that thread waits in jevent. If one address cannot be had, no
     * other is kept, and the server may be started again.
     *
     * @throws java.net.BindException if an address is taken, or none of this machine's
     * @throws java.net.UnknownHostException if a name is none
     * @throws IllegalStateException if it was stopped
     */
    public final synchronized void start() throws IOException {
        if (closed) {
            throw new IllegalStateException("this server was stopped; make a new one");
        }
        if (hub != null) {
            return;
        }
        Hub mine = Hub.get();
        checkOptions();
        List<Endpoint> opened = openAll();
        int limit = Math.min(maxJobs, spawn.limit());
        places = limit == Integer.MAX_VALUE ? null : new Semaphore(limit);
        bounded = places != null || spawn.isBounded();
        hub = mine;
        endpoints = opened;
        boolean done = false;
        try {
            acceptors = opened.stream().map(e -> Acceptor.start(this, e, mine)).toList();
            done = true;
        } finally {
            if (!done || closed) { // or stopped meanwhile, when nothing was there to be closed
                stop();
            }
        }
    }

    /** Before it listens. */
    void checkOptions() {}

    private List<Endpoint> openAll() throws IOException {
        List<Endpoint> opened = new ArrayList<>();
        boolean done = false;
        try {
            for (Source source : sources) {
                opened.add(open(source));
            }
            done = true;
        } finally {
            if (!done) {
                for (int i = 0; i < opened.size(); i++) {
                    if (sources.get(i).given == null) {
                        opened.get(i).close();
                    }
                }
            }
        }
        return List.copyOf(opened);
    }

    /**
     * Starts it, if it is not started, and waits until it is stopped; then stops it with its {@link
     * #stopTimeout}, if it has one. A kill, a timeout or an interrupt of the caller stops it.
     */
    public final void serveForever() throws IOException {
        start();
        try {
            acceptors.forEach(a -> a.greenlet().join());
        } finally {
            Duration timeout = stopTimeout;
            if (timeout == null) {
                stop();
            } else {
                stop(timeout);
            }
        }
    }

    // ---- stop

    /**
     * Stops to accept and closes the listeners; the addresses are free at once. Handlers that run
     * go on, as in gevent without a pool. Does not wait.
     */
    public final void stop() {
        closed = true;
        endpoints.forEach(Endpoint::close);
        acceptors.forEach(Acceptor::wake);
        if (hub == null) {
            sources().forEach(s -> closeQuietly(s.given));
        }
    }

    /**
     * Stops to accept at once, lets idle connections end ({@link ServerConnection#idle}), waits for
     * the other handlers, kills those that have not ended when the time is over, and waits for
     * those at most a second longer. Zero kills at once.
     *
     * <p>A handler that calls this does not wait for itself, nor for another that does the same.
     * Who stops a server that is being stopped waits as well; the shorter time counts. If the
     * caller is killed, timed out or interrupted while it waits, the handlers are killed at once,
     * and nobody waits for them.
     */
    public final void stop(Duration timeout) {
        long nanos = Math.min(HubAccess.get().nanos(timeout), Long.MAX_VALUE >> 1);
        closed = true;
        letsGo = true;
        endpoints.forEach(Endpoint::stop);
        acceptors.forEach(Acceptor::wake);
        try {
            CallerAccess.get().cleanUp(() -> jobs.end(nanos));
        } finally {
            stop();
        }
    }

    /** As {@link #stop()}. */
    @Override
    public final void close() {
        stop();
    }

    static void closeQuietly(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            // it is closed nevertheless, and nobody could do anything about it
            return;
        }
    }

    // ---- state

    /**
     * The first address that it really listens to, or did.
     *
     * @throws IllegalStateException if it was not started, or this is no address of the internet
     */
    public final InetSocketAddress address() {
        SocketAddress address = localAddress();
        if (!(address instanceof InetSocketAddress internet)) {
            throw new IllegalStateException(
                    "this server listens to " + address + "; ask for its localAddress()");
        }
        return internet;
    }

    /** The port of {@link #address()}. */
    public final int port() {
        return address().getPort();
    }

    /**
     * As {@link #address()}, of any kind.
     *
     * @throws IllegalStateException if it was not started
     */
    public final SocketAddress localAddress() {
        return addresses().getFirst();
    }

    /**
     * All addresses that it really listens to, or did, in the order in which they were given.
     *
     * @throws IllegalStateException if it was not started
     */
    public final List<SocketAddress> addresses() {
        List<Endpoint> all = endpoints;
        if (all.isEmpty()) {
            throw new IllegalStateException("this server has no address before it is started");
        }
        return all.stream().map(Endpoint::address).toList();
    }

    /** Whether it accepts, or would if it were not {@link #full}. */
    public final boolean started() {
        return !acceptors.isEmpty() && !closed;
    }

    /** Whether it was stopped. */
    public final boolean closed() {
        return closed;
    }

    /** Whether there is no place for another handler now, so that nothing is accepted. */
    public final boolean full() {
        Semaphore p = places;
        return p != null && p.locked() || spawn.isFull();
    }

    /** How many connections it has accepted, or datagrams received, since its start. */
    public final long accepted() {
        return accepted.sum();
    }

    /** How many of them the {@linkplain Spawn#by function that spawns} has refused. */
    public final long refused() {
        return refused.sum();
    }

    final List<Endpoint> endpoints() {
        return endpoints;
    }

    final int running() {
        return jobs.size();
    }

    @Override
    public String toString() {
        String where =
                endpoints.isEmpty()
                        ? String.join(", ", sources().stream().map(BaseServer::text).toList())
                        : String.join(", ", addresses().stream().map(Addresses::text).toList());
        return getClass().getSimpleName()
                + "["
                + where
                + (closed ? ", closed" : started() ? "" : ", not started")
                + ", "
                + running()
                + " running, "
                + accepted()
                + " accepted]";
    }

    private static String text(Source source) {
        return source.address == null ? source.given + "" : Addresses.text(source.address);
    }

    // ---- of the acceptors

    final int maxAccept() {
        return maxAccept;
    }

    final Spawn spawn() {
        return spawn;
    }

    final boolean isBounded() {
        return bounded;
    }

    final @Nullable Semaphore places() {
        return places;
    }

    final @Nullable Hub hub() {
        return hub;
    }

    /** Waits until there is a place, or there was. */
    final void awaitPlace() {
        Semaphore p = places;
        if (p != null && p.locked()) {
            int ignored = p.await();
        } else {
            spawn.awaitPlace();
        }
    }

    /** One was refused; whether that is no error. */
    final boolean refuses() {
        if (closed) {
            return true;
        }
        if (spawn.mayRefuse()) {
            refused.increment();
            return true;
        }
        return false;
    }

    final void begins(Job job) {
        accepted.increment();
        jobs.add(job);
    }

    final void ended(Job job) {
        Semaphore p = places;
        if (job.hasPlace && p != null) {
            p.release();
        }
        jobs.remove(job);
    }

    /** It was stopped, killed or abandoned by its hub. */
    final void acceptorEnded() {
        if (!closed) {
            stop();
        }
        Hub h = hub;
        if (h != null && h.destroyed()) {
            jobs.cancelAll();
        }
    }

    /** Whether idle connections are to end. */
    final boolean letsGo() {
        return letsGo;
    }
}
