package dev.jevent.ssl;

import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.io.Transfers;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * The {@code SSLSocket} that {@link Tls} makes; see there. Its engine is made again when it
 * connects, because then it is known to whom.
 */
final class TlsSocket extends LayeredSocket implements HasDescriptor.Buffering {

    private final Tls tls;
    private final boolean closesBelow;
    private final TlsInput input = new TlsInput();
    private final TlsOutput output = new TlsOutput();
    private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();
    private volatile SSLEngine engine;
    private final SSLSession noSession; // an invalid one
    private volatile @Nullable Connection connection; // from the moment when it is connected
    private volatile @Nullable BiFunction<SSLSocket, List<String>, String> selector;
    private volatile int soTimeout;
    private volatile boolean inputShut;
    private volatile boolean closed;

    private TlsSocket(Tls tls, Socket below, SSLEngine engine, String peer, boolean closesBelow)
            throws IOException {
        super(below);
        this.tls = tls;
        this.engine = engine;
        this.noSession = engine.getSession();
        this.closesBelow = closesBelow;
        if (below.isConnected()) {
            soTimeout = below.getSoTimeout();
            connection = new Connection(tls, below, engine, peer, this::completed);
        }
    }

    static TlsSocket server(Tls tls, Socket below) throws IOException {
        SSLEngine engine = Engines.server(tls);
        return new TlsSocket(tls, below, engine, Engines.name(below), true);
    }

    /** One of whose connection the first bytes were read already. */
    static TlsSocket server(Tls tls, Socket below, byte[] first, boolean closesBelow)
            throws IOException {
        SSLEngine engine = Engines.server(tls);
        var socket = new TlsSocket(tls, below, engine, Engines.name(below), closesBelow);
        socket.connection().reader.inbound().put(first);
        return socket;
    }

    static TlsSocket client(Tls tls, Socket below, String host, int port) throws IOException {
        return client(tls, below, host, port, true);
    }

    static TlsSocket client(Tls tls, Socket below, String host, int port, boolean closesBelow)
            throws IOException {
        SSLEngine engine = Engines.client(tls, host, port);
        return new TlsSocket(tls, below, engine, host + ":" + port, closesBelow);
    }

    /** A client's, which is not connected. */
    static TlsSocket unconnected(Tls tls, Socket below) throws IOException {
        return new TlsSocket(tls, below, Engines.client(tls, null, -1), "", true);
    }

    private Connection connection() throws SocketException {
        Connection c = connection;
        if (closed || c == null) {
            throw new SocketException(closed ? "Socket is closed" : "Socket is not connected");
        }
        return c;
    }

    // ---- connect

    @Override
    public void connect(SocketAddress to) throws IOException {
        connect(to, 0);
    }

    @Override
    public void connect(SocketAddress to, int timeout) throws IOException {
        below.connect(to, timeout);
        String peer = String.valueOf(to);
        if (to instanceof InetSocketAddress internet) {
            SSLEngine named = Engines.client(tls, internet.getHostString(), internet.getPort());
            Engines.copy(engine, named);
            engine = named;
            setSelector(selector);
            peer = internet.getHostString() + ":" + internet.getPort();
        }
        connection = new Connection(tls, below, engine, peer, this::completed);
    }

    // ---- data

    private final class TlsInput extends InputStream implements Transfers.Source {
        private final byte[] one = new byte[1];

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            if (len == 0 || inputShut) {
                return len == 0 ? 0 : -1;
            }
            try {
                return connection().read(b, off, len, soTimeout);
            } catch (Throwable e) {
                throw ended(e);
            }
        }

        @Override
        public void awaitNews() throws IOException {
            if (!inputShut) {
                connection().awaitNews(soTimeout);
            }
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            return out instanceof Transfers.Sink
                    ? Transfers.copy(this, out)
                    : super.transferTo(out);
        }

        @Override
        public int available() throws IOException {
            return inputShut ? 0 : connection().reader.available();
        }

        @Override
        public void close() throws IOException {
            TlsSocket.this.close();
        }
    }

    @Override
    public Descriptor descriptor() throws IOException {
        if (below instanceof HasDescriptor own) {
            return own.descriptor();
        }
        throw new SocketException("there is no descriptor of jevent's below " + this);
    }

    @Override
    public boolean hasBuffered() {
        Connection c = connection;
        return c != null && c.reader.hasBuffered()
                || below instanceof HasDescriptor.Buffering b && b.hasBuffered();
    }

    private final class TlsOutput extends OutputStream implements Transfers.Sink {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1); // writers may be several
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            Objects.checkFromIndexSize(off, len, b.length);
            if (len > 0) {
                try {
                    connection().write(b, off, len, soTimeout);
                } catch (Throwable e) {
                    throw ended(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            TlsSocket.this.close();
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        Connection ignored = connection();
        if (inputShut) {
            throw new SocketException("Socket input is shutdown");
        }
        return input;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        if (connection().isOutputShut()) {
            throw new SocketException("Socket output is shutdown");
        }
        return output;
    }

    // ---- handshake

    @Override
    public void startHandshake() throws IOException {
        Connection c = connection();
        if (c.isEstablished()) {
            c.updateKeys();
        } else {
            try {
                c.handshake(soTimeout);
            } catch (Throwable e) {
                throw ended(e);
            }
        }
    }

    /** A library's is closed by a kill, also one that comes while it waits for something else. */
    private RuntimeException ended(Throwable e) throws IOException {
        boolean ofLibrary =
                !(e instanceof IOException)
                        && below instanceof HasDescriptor own
                        && !below.isClosed()
                        && own.descriptor().isOfLibrary();
        throw CallerAccess.<RuntimeException>sneaky(
                ofLibrary ? CallerAccess.get().closedFor(e, below) : e);
    }

    void startHandshake(Duration limit) throws IOException {
        connection().handshake(limit);
    }

    private void completed() {
        if (!listeners.isEmpty()) {
            var event = new HandshakeCompletedEvent(this, engine.getSession());
            listeners.forEach(listener -> listener.handshakeCompleted(event));
        }
    }

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("listener is null");
        }
        listeners.add(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        if (!listeners.remove(listener)) {
            throw new IllegalArgumentException("this listener was not added");
        }
    }

    /** Makes the handshake if need be; one that fails leaves an invalid session, as ever. */
    @Override
    public SSLSession getSession() {
        Connection c = connection;
        if (c != null && !closed) {
            try {
                c.handshake(soTimeout);
            } catch (IOException e) {
                return noSession; // as SSLSocket has it; the next call throws
            }
        }
        return c != null && c.isEstablished() ? engine.getSession() : noSession;
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return engine.getHandshakeSession();
    }

    boolean isResumed() throws IOException {
        Connection c = connection();
        c.handshake(soTimeout);
        return engine.getSession().getCreationTime() < c.began();
    }

    Socket unwrap() throws IOException {
        connection().unwrap(soTimeout);
        closed = true;
        below.setSoTimeout(soTimeout);
        return below;
    }

    // ---- the end

    @Override
    public void shutdownInput() throws IOException {
        Connection c = connection();
        if (inputShut) {
            throw new SocketException("Socket input is already shutdown");
        }
        inputShut = true;
        c.reader.end();
        below.shutdownInput(); // wakes the reader
    }

    @Override
    public void shutdownOutput() throws IOException {
        connection().shutdownOutput(soTimeout);
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Connection c = connection;
            if (c != null) {
                c.close();
            }
        } finally {
            if (closesBelow) {
                below.close();
            }
        }
    }

    @Override
    public boolean isClosed() {
        return closed || below.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return inputShut;
    }

    @Override
    public boolean isOutputShutdown() {
        Connection c = connection;
        return c != null && c.isOutputShut();
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        soTimeout = millis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        return soTimeout;
    }

    @Override
    public String toString() {
        return "TlsSocket[" + below + (isClosed() ? ", closed]" : "]");
    }

    // ---- what the engine knows

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        engine.setEnabledProtocols(protocols);
    }

    @Override
    public void setUseClientMode(boolean mode) {
        engine.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        engine.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return engine.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        engine.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return engine.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean on) {
        engine.setEnableSessionCreation(on);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return engine.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return engine.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        engine.setSSLParameters(parameters);
    }

    @Override
    public String getApplicationProtocol() {
        return engine.getApplicationProtocol();
    }

    @Override
    public String getHandshakeApplicationProtocol() {
        return engine.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLSocket, List<String>, String> chooser) {
        selector = chooser;
        setSelector(chooser);
    }

    private void setSelector(@Nullable BiFunction<SSLSocket, List<String>, String> chooser) {
        engine.setHandshakeApplicationProtocolSelector(
                chooser == null ? null : (e, names) -> chooser.apply(this, names));
    }

    @Override
    public @Nullable BiFunction<SSLSocket, List<String>, String>
            getHandshakeApplicationProtocolSelector() {
        return selector;
    }
}
