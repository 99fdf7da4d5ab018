package dev.jevent.ssl;

import dev.jevent.socket.Sockets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * How TLS is spoken, by a server or by a client: certificates, whom to trust, versions. Makes
 * sockets that speak it. Follows {@code gevent.ssl}.
 *
 * <pre>{@code
 * Tls tls = Tls.server(Path.of("chain.pem"), Path.of("key.pem")).alpn("http/1.1");
 * new StreamServer(tls.listen(new InetSocketAddress(8443)), handler).serveForever();
 *
 * try (SSLSocket socket = Tls.client().connect("example.org", 443)) { … }
 * }</pre>
 *
 * Each method that says how something is done answers a new object and leaves this one as it is.
 * Files are read at once, so that what is wrong with them shows at once; {@link #reload} reads them
 * again. TLS 1.3 and 1.2 are spoken. A client checks the certificate and the host name of the
 * server unless it was told otherwise; sessions are resumed, on both sides.
 *
 * <p>The sockets are {@link SSLSocket}s, and as green as what is below them:
 *
 * <ul>
 *   <li>The handshake is made by the first read or write, by {@code startHandshake} or {@code
 *       getSession}, and by {@link #connect} before it returns. It has to be done in 10 seconds or
 *       as {@link #handshakeTimeout} says; else a {@link java.net.SocketTimeoutException} is
 *       thrown. A handshake that fails is a {@link javax.net.ssl.SSLHandshakeException} which says
 *       with whom and why; the connection is closed then.
 *   <li>One may read while another writes. Writers wait for each other; a second reader gets a
 *       {@link dev.jevent.ConcurrentObjectUseError}.
 *   <li>A kill, a {@code Timeout}, an interrupt or a {@code setSoTimeout} that is over ends a wait
 *       and leaves the connection usable. What a write had begun to send is sent before the next
 *       one. On a socket that is not of jevent (and in the portable mode) that is not possible: a
 *       write that was broken off has broken the connection, and the next one says so.
 *   <li>The end of the stream is a close_notify of the peer. Without it a read throws an {@link
 *       javax.net.ssl.SSLException}, for data may be missing; see {@link #suppressRaggedEofs}.
 *   <li>{@code shutdownOutput} sends a close_notify, and one can read on. In TLS 1.2 the peer
 *       answers by closing too.
 *   <li>{@code close} never waits: it sends a close_notify if that can be done at once.
 *   <li>A server does not let clients renegotiate (TLS 1.2). {@code startHandshake} on an
 *       established connection asks for new keys in TLS 1.3, and does nothing in 1.2.
 *   <li>While nothing is received or sent they hold no buffers, on jevent's own sockets.
 * </ul>
 *
 * All methods may be called from any thread.
 */
public final class Tls {

    /** What a server wants to know of its clients. */
    public enum ClientAuth {
        /** No certificate is asked for. */
        NONE,
        /** One is asked for; a client may have none. */
        WANT,
        /** A client without one is refused. */
        NEED
    }

    private final Settings settings;
    private volatile @Nullable Live live;

    private Tls(Settings settings) {
        this.settings = settings;
    }

    private Tls with(Consumer<Settings> change) {
        return new Tls(settings.with(change));
    }

    Settings settings() {
        return settings;
    }

    // ---- whose

    /**
     * For a server.
     *
     * @param chain PEM: its certificate, and then those that lead to an authority
     * @param key PEM: PKCS#8, or the older forms {@code RSA PRIVATE KEY} and {@code EC PRIVATE KEY}
     * @throws IOException if they cannot be read or do not belong together
     */
    public static Tls server(Path chain, Path key) throws IOException {
        return new Tls(new Settings()).certificate(chain, key);
    }

    /** As {@link #server(Path, Path)}, with a key that is encrypted (PKCS#8). */
    public static Tls server(Path chain, Path key, char[] password) throws IOException {
        return new Tls(new Settings()).certificate(chain, key, password);
    }

    /** As {@link #server(Path, Path)}, with all in one file. */
    public static Tls server(Path chainAndKey) throws IOException {
        return server(chainAndKey, chainAndKey);
    }

    /** For a server, with all private keys of a store. */
    public static Tls server(KeyStore store, char[] password) throws GeneralSecurityException {
        return new Tls(new Settings()).certificate(store, password);
    }

    /** For a server, with a context made elsewhere, which decides on certificates. */
    public static Tls server(SSLContext context) {
        return new Tls(new Settings().with(s -> s.context = context));
    }

    /** For a client that trusts whom the system (the JDK's {@code cacerts}) trusts. */
    public static Tls client() {
        return new Tls(new Settings().with(s -> s.client = true));
    }

    /** For a client that trusts these authorities and no others; PEM. */
    public static Tls client(Path authorities) throws IOException {
        return client().trust(authorities);
    }

    /** For a client, with a context made elsewhere, which decides on certificates. */
    public static Tls client(SSLContext context) {
        return client().with(s -> s.context = context);
    }

    /**
     * For a client that trusts anybody: who sits in between can read and change everything. For
     * tests.
     */
    public static Tls insecureClientThatTrustsAnybody() {
        return client().with(
                        s -> {
                            s.trust = Trust.EVERYBODY;
                            s.checkHost = false;
                        });
    }

    // ---- certificates

    private void checkNoContext() {
        if (settings.context != null) {
            throw new IllegalStateException("this was made with a context, which decides on that");
        }
    }

    /**
     * One more certificate of this side: of another kind of key for a server, or a client's own.
     *
     * @see #server(Path, Path)
     */
    public Tls certificate(Path chain, Path key) throws IOException {
        return certificate(new Identity.Source(chain, key, null));
    }

    /** As {@link #certificate(Path, Path)}, with a key that is encrypted. */
    public Tls certificate(Path chain, Path key, char[] password) throws IOException {
        return certificate(new Identity.Source(chain, key, password.clone()));
    }

    private Tls certificate(Identity.Source source) throws IOException {
        checkNoContext();
        Identity ignored = source.read();
        return with(s -> s.files = plus(s.files, source));
    }

    /** All private keys of a store, in addition. */
    public Tls certificate(KeyStore store, char[] password) throws GeneralSecurityException {
        checkNoContext();
        List<Identity> more = Identity.of(store, password);
        return with(
                s -> {
                    List<Identity> all = new ArrayList<>(s.identities);
                    all.addAll(more);
                    s.identities = all;
                });
    }

    private static <T> List<T> plus(@Nullable List<T> list, T more) {
        List<T> all = list == null ? new ArrayList<>() : new ArrayList<>(list);
        all.add(more);
        return List.copyOf(all);
    }

    /**
     * A server's certificate for clients that ask for this host name (SNI). Those that ask for
     * none, or another, get the one of {@link #server}.
     *
     * @param name {@code "*.example.org"} stands for one label in front; an exact name goes first
     */
    public Tls sni(String name, Path chain, Path key) throws IOException {
        checkNoContext();
        var source = new Identity.Source(chain, key, null);
        Identity ignored = source.read();
        String lower = name.toLowerCase(Locale.ROOT);
        return with(
                s -> s.filesByName = s.alsoByName(lower, plus(s.filesByName.get(lower), source)));
    }

    /**
     * Who chooses a server's certificates by the host name, in lower case, for each handshake:
     * those of the answer are taken (nothing else of it); null leaves it to this one.
     */
    public Tls sni(Function<String, @Nullable Tls> chooser) {
        checkNoContext();
        return with(s -> s.chooser = chooser);
    }

    /** Trusts these authorities, PEM, and no others. */
    public Tls trust(Path authorities) throws IOException {
        checkNoContext();
        Object ignored = Live.trustIn(authorities);
        return with(
                s -> {
                    s.trustFile = authorities;
                    s.trust = null;
                });
    }

    /** Trusts the certificates of this store, and no others. */
    public Tls trust(KeyStore authorities) throws IOException {
        checkNoContext();
        var manager = Live.managerOf(authorities);
        return with(
                s -> {
                    s.trust = manager;
                    s.trustFile = null;
                });
    }

    /**
     * Whether a server asks for the certificates of clients; whom it believes {@link #trust} says.
     */
    public Tls clientAuth(ClientAuth wanted) {
        return with(s -> s.clientAuth = wanted);
    }

    /**
     * A client does not look whether the certificate is for the host that it wanted. Anybody with
     * any certificate that is trusted can be in between.
     */
    public Tls insecurelyWithoutHostCheck() {
        return with(s -> s.checkHost = false);
    }

    // ---- how

    /**
     * Application protocols (RFC 7301), the best first; a server decides, by its own order. A
     * client that offers only others is refused; one that offers none is not.
     */
    public Tls alpn(String... names) {
        return with(s -> s.alpn = List.of(names));
    }

    /** {@code "TLSv1.3"}, {@code "TLSv1.2"}. */
    public Tls protocols(String... names) {
        return with(s -> s.protocols = List.of(names));
    }

    /** Cipher suites by the JDK's names, the best first. */
    public Tls ciphers(String... names) {
        return with(s -> s.ciphers = List.of(names));
    }

    /** How long a handshake may take; 10 seconds unless this is called, zero for no limit. */
    public Tls handshakeTimeout(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + limit);
        }
        return with(s -> s.handshakeTimeout = limit);
    }

    /**
     * How many sessions are kept to be resumed, and how long.
     *
     * @param most 0 for as many as there are
     * @param lifetime in whole seconds, a day at most for TLS 1.3; zero is without end
     */
    public Tls sessions(int most, Duration lifetime) {
        if (most < 0 || lifetime.isNegative()) {
            throw new IllegalArgumentException("negative: " + most + " or " + lifetime);
        }
        return with(
                s -> {
                    s.sessions = most;
                    s.sessionLifetime = lifetime;
                });
    }

    /**
     * Takes the end of the connection below for the end of the stream, also without a close_notify.
     * Only for protocols that say themselves where their messages end.
     */
    public Tls suppressRaggedEofs(boolean on) {
        return with(s -> s.suppressRaggedEofs = on);
    }

    /**
     * Whether worker threads check certificates and sign, while other greenlets run. Without it, as
     * in gevent, the greenlet does it itself: that is less work in all, but holds up its hub for a
     * fraction of a millisecond with keys on elliptic curves, and for about one with RSA.
     *
     * <p>With it, a kill or a timeout in the middle of such a step ends the connection.
     */
    public Tls handshakeInThreads(boolean on) {
        return with(s -> s.inThreads = on);
    }

    /**
     * Whether {@link #reload} is called when the files have changed. They are looked at before a
     * handshake, at most once a second. New ones that are no good are reported to the log, and the
     * old ones stay.
     */
    public Tls watchFiles(boolean on) {
        return with(s -> s.watch = on);
    }

    // ---- in use

    private Live live() throws IOException {
        Live l = live;
        if (l == null) {
            synchronized (this) {
                l = live;
                if (l == null) {
                    l = new Live(settings);
                    live = l;
                }
            }
        }
        return l;
    }

    /**
     * Reads the files again. New connections get what is in them; those that are open go on. If
     * anything is wrong with them, nothing changes.
     *
     * @throws IOException if they cannot be read or do not belong together
     */
    public void reload() throws IOException {
        live().reload();
    }

    void lookAtFiles() throws IOException {
        live().lookAtFiles();
    }

    List<Identity> identitiesFor(String host) {
        try {
            return live().identitiesFor(host);
        } catch (IOException e) {
            throw new IllegalStateException("cannot use the certificates for " + host, e);
        }
    }

    /** For libraries that want one. Certificates that were reloaded are in it too. */
    public SSLContext context() throws IOException {
        return live().context();
    }

    /** For libraries: clients' sockets, green and with all that was said here. */
    public SSLSocketFactory socketFactory() throws IOException {
        return new TlsSocketFactory(this, context());
    }

    /** For libraries: listeners as {@link #listen} makes them. */
    public SSLServerSocketFactory serverSocketFactory() throws IOException {
        return new TlsServerSocketFactory(this, context());
    }

    /** A server's side on a connection that was accepted; closing it closes that. */
    public SSLSocket wrap(Socket socket) throws IOException {
        return TlsSocket.server(this, socket);
    }

    /**
     * A client's side on a connection.
     *
     * @param host whom it is meant to lead to: is asked for by SNI, and checked
     */
    public SSLSocket wrap(Socket socket, String host) throws IOException {
        return wrap(socket, host, socket.getPort());
    }

    /** As {@link #wrap(Socket, String)}; sessions are resumed by host and port. */
    public SSLSocket wrap(Socket socket, String host, int port) throws IOException {
        return TlsSocket.client(this, socket, host, port);
    }

    /** Connects and makes the handshake. */
    public SSLSocket connect(String host, int port) throws IOException {
        return connect(host, port, Duration.ZERO);
    }

    /**
     * As {@link #connect(String, int)}, all in so much time.
     *
     * @param timeout zero for none but that of the handshake
     * @throws java.net.SocketTimeoutException if the time is over
     */
    public SSLSocket connect(String host, int port, Duration timeout) throws IOException {
        return Dial.connect(this, host, port, timeout);
    }

    /** Listens; {@code accept} does not wait for handshakes. */
    public ServerSocket listen(SocketAddress address) throws IOException {
        return new TlsServerSocket(this, Sockets.listen(address));
    }

    // ---- about sockets

    /**
     * Ends TLS on a connection that goes on without it: both sides say close_notify. Waits for the
     * peer's.
     *
     * @return the socket that was wrapped
     * @throws javax.net.ssl.SSLException if the peer sent data that was not read
     * @throws IllegalArgumentException if it is no socket made here
     */
    public static Socket unwrap(SSLSocket socket) throws IOException {
        return mine(socket).unwrap();
    }

    /** Whether the handshake resumed an earlier session; makes it if it was not made. */
    public static boolean isResumed(SSLSocket socket) throws IOException {
        return mine(socket).isResumed();
    }

    private static TlsSocket mine(SSLSocket socket) {
        if (socket instanceof TlsSocket tls) {
            return tls;
        }
        throw new IllegalArgumentException("this socket was not made by a dev.jevent.ssl.Tls");
    }

    @Override
    public String toString() {
        return "Tls[" + (settings.client ? "client" : "server " + settings.files) + "]";
    }
}
