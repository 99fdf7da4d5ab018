package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * What all listeners of jevent have in common: the contract of {@link ServerSocket}. All of its
 * methods are overridden; see {@link StreamSocket} for what differs. Any thread.
 */
abstract class StreamServerSocket extends ServerSocket {

    private static final int MOST_WAITING = 50; // the default of java.net

    private volatile boolean closed;
    private volatile @Nullable SocketAddress local; // set when it is bound
    private volatile int soTimeout;

    /** Not bound. */
    StreamServerSocket() {
        super(new NoImpl());
    }

    /** It listens already. */
    final void boundTo(SocketAddress address) {
        local = address;
    }

    /** Refuses what can be no address of it; chooses one if there is none. */
    abstract SocketAddress check(@Nullable SocketAddress address) throws SocketException;

    /** Begins to listen; the address that it has got. */
    abstract SocketAddress doBind(SocketAddress to, int backlog) throws IOException;

    abstract Socket doAccept(int millis) throws IOException;

    /** Waits until an accept would not wait. */
    abstract void awaitInput(@Nullable Deadline deadline) throws IOException;

    /** Frees what it has. */
    abstract void release();

    abstract <T> void set(SocketOption<T> option, T value) throws SocketException;

    abstract <T> T get(SocketOption<T> option) throws SocketException;

    final void checkOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
    }

    final void checkBound() throws SocketException {
        checkOpen();
        if (local == null) {
            throw new SocketException("Socket is not bound yet");
        }
    }

    @Override
    public final void bind(@Nullable SocketAddress to) throws IOException {
        bind(to, MOST_WAITING);
    }

    @Override
    public final synchronized void bind(@Nullable SocketAddress to, int backlog)
            throws IOException {
        checkOpen();
        if (isBound()) {
            throw new SocketException("Already bound");
        }
        local = doBind(check(to), backlog > 0 ? backlog : MOST_WAITING);
    }

    @Override
    public final Socket accept() throws IOException {
        checkBound();
        return doAccept(soTimeout);
    }

    @Override
    public final void close() {
        closed = true;
        release();
    }

    // ---- state

    @Override
    public final boolean isBound() {
        return local != null;
    }

    @Override
    public final boolean isClosed() {
        return closed;
    }

    @Override
    public final @Nullable InetAddress getInetAddress() {
        SocketAddress address = local;
        return address == null ? null : Addresses.internet(address);
    }

    @Override
    public final int getLocalPort() {
        return local instanceof InetSocketAddress i ? i.getPort() : -1;
    }

    @Override
    public final @Nullable SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public final @Nullable ServerSocketChannel getChannel() {
        return null;
    }

    @Override
    public final String toString() {
        SocketAddress address = local;
        return address == null
                ? "ServerSocket[unbound]"
                : address instanceof InetSocketAddress i
                        ? "ServerSocket[addr=" + i.getAddress() + ",localport=" + i.getPort() + "]"
                        : "ServerSocket[path=" + address + "]";
    }

    // ---- options

    @Override
    public final void setSoTimeout(int millis) throws SocketException {
        checkOpen();
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        soTimeout = millis;
    }

    @Override
    public final int getSoTimeout() throws IOException {
        checkOpen();
        return soTimeout;
    }

    private void checkHas(SocketOption<?> option) throws SocketException {
        checkOpen();
        if (!supportedOptions().contains(option)) {
            throw new SocketException(this + " has no option " + option);
        }
    }

    @Override
    public final void setReuseAddress(boolean on) throws SocketException {
        checkHas(StandardSocketOptions.SO_REUSEADDR);
        set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public final boolean getReuseAddress() throws SocketException {
        checkHas(StandardSocketOptions.SO_REUSEADDR);
        return get(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public final void setReceiveBufferSize(int size) throws SocketException {
        SocketWithOptions.checkSize(size);
        checkHas(StandardSocketOptions.SO_RCVBUF);
        set(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public final int getReceiveBufferSize() throws SocketException {
        checkHas(StandardSocketOptions.SO_RCVBUF);
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public final void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

    @Override
    public final <T> ServerSocket setOption(SocketOption<T> option, T value) throws IOException {
        Options.checkSupported(this, supportedOptions(), option);
        checkOpen();
        set(option, value);
        return this;
    }

    @Override
    public final <T> T getOption(SocketOption<T> option) throws IOException {
        Options.checkSupported(this, supportedOptions(), option);
        checkOpen();
        return get(option);
    }
}
