package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Optional;

import javax.net.ssl.SSLSocket;

/** One connection of a {@link StreamServer}, from its accept to its end. */
final class Connection extends Job implements ServerConnection {

    private static final VarHandle IDLE;

    static {
        try {
            IDLE = MethodHandles.lookup().findVarHandle(Connection.class, "idle", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final StreamEndpoint endpoint;
    private final Socket accepted;
    private volatile Socket socket; // what the handler gets
    private volatile @Nullable ProxyHeader header;
    private volatile boolean idle;
    private volatile boolean inputEnded;

    Connection(StreamServer server, StreamEndpoint endpoint, Socket accepted) {
        super(server);
        this.endpoint = endpoint;
        this.accepted = accepted;
        this.socket = accepted;
    }

    // ---- as a job

    @Override
    void work() throws Exception {
        if (endpoint.setsNoDelay()) {
            accepted.setTcpNoDelay(true);
        }
        StreamServer s = server();
        ProxyProtocol protocol = s.proxyProtocol();
        if (protocol != null && !readHeader(s, protocol)) {
            return;
        }
        StreamServer.TlsWrapper tls = s.tls();
        if (tls != null && !shakeHands(s, tls)) {
            return;
        }
        s.handler().handle(this);
    }

    private boolean readHeader(StreamServer s, ProxyProtocol protocol) {
        try {
            Socket seen = protocol.accept(accepted);
            if (seen == null) {
                return false; // a probe: connected and went
            }
            if (seen instanceof ProxiedSocket proxied) {
                header = proxied.header();
            }
            socket = seen;
            return true;
        } catch (IOException e) {
            s.badHeader(accepted, e);
            return false;
        }
    }

    private boolean shakeHands(StreamServer s, StreamServer.TlsWrapper tls) throws Exception {
        try {
            SSLSocket secure = tls.wrap(socket);
            socket = secure;
            secure.startHandshake();
            return true;
        } catch (IOException e) {
            s.failedHandshake(this, e);
            return false;
        }
    }

    @Override
    void release() {
        try {
            if (socket != accepted) {
                BaseServer.closeQuietly(socket);
            }
        } finally {
            BaseServer.closeQuietly(accepted); // also if it was killed while it said goodbye
        }
    }

    @Override
    void releaseNow() {
        BaseServer.closeQuietly(accepted);
    }

    @Override
    void letGo() {
        if (!idle || inputEnded) {
            return;
        }
        inputEnded = true;
        try {
            (server().endsTlsInput() ? socket : accepted).shutdownInput();
        } catch (IOException e) {
            return; // it is closed, or its input has ended already
        }
    }

    /** The peer has vanished, or we have ended the input a moment before somebody asked for it. */
    @Override
    boolean isUsual(Exception failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = t.getMessage();
            if (t instanceof SocketException
                    && message != null
                    && (message.startsWith("Connection reset")
                            || message.startsWith("Broken pipe")
                            || inputEnded && message.contains("shutdown"))) {
                return true;
            }
        }
        return false;
    }

    // ---- for the handler

    @Override
    public Socket socket() {
        return socket;
    }

    @Override
    public SocketAddress remoteAddress() {
        ProxyHeader h = header;
        return h == null || h.source() == null ? peerAddress() : h.source();
    }

    @Override
    public SocketAddress localAddress() {
        ProxyHeader h = header;
        return h == null || h.destination() == null
                ? accepted.getLocalSocketAddress()
                : h.destination();
    }

    @Override
    public SocketAddress peerAddress() {
        return accepted.getRemoteSocketAddress();
    }

    @Override
    public Optional<ProxyHeader> proxyHeader() {
        return Optional.ofNullable(header);
    }

    @Override
    public StreamServer server() {
        return (StreamServer) server;
    }

    @Override
    public boolean stopping() {
        return server.closed();
    }

    @Override
    public void idle(boolean isIdle) {
        if (!isIdle) {
            IDLE.setRelease(this, false); // who stops it in this moment ends it either way
            return;
        }
        idle = true;
        if (server.letsGo()) {
            letGo(); // the one who stops sees that it is idle, or this sees that it stops
        }
    }

    @Override
    public void abort() {
        try {
            // Else the kernel would go on to send what it has, to one who may never take it.
            accepted.setSoLinger(true, 0);
        } catch (SocketException e) {
            return; // it is closed already
        } finally {
            releaseNow();
        }
    }

    @Override
    public String toString() {
        return "connection from " + Addresses.text(remoteAddress());
    }
}
