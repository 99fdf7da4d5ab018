package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * A {@link Socket} on a {@link Descriptor}. Nothing of java.net's own machinery is used: every
 * method is overridden, and does what {@code java.net.Socket} says, but that
 *
 * <ul>
 *   <li>a kill, a {@code Timeout} or an interrupt of whoever waits in a read or write leaves the
 *       socket open (the JDK closes it on the interrupt of a virtual thread);
 *   <li>two who wait for the same direction get a {@code ConcurrentObjectUseError};
 *   <li>{@link #close} does not wait for {@code SO_LINGER};
 *   <li>there is no urgent data.
 * </ul>
 *
 * The descriptor is made when it is first needed. Any thread.
 */
final class TcpSocket extends Socket {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final SocketImpl NONE = null;

    // guarded by this where it is changed
    private volatile @Nullable Descriptor descriptor;
    private volatile @Nullable InetSocketAddress remote;
    private volatile @Nullable InetSocketAddress local;
    private volatile boolean bound;
    private volatile boolean connecting;
    private volatile boolean connected;
    private volatile boolean closed;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    private volatile int soTimeout;
    private Cleaner.@Nullable Cleanable garbage;
    private @Nullable SocketInput input;
    private @Nullable SocketOutput output;

    /** Neither bound nor connected. */
    TcpSocket() throws SocketException {
        super(NONE);
    }

    /** Accepted. */
    TcpSocket(Descriptor descriptor, InetSocketAddress remote) throws SocketException {
        super(NONE);
        adopt(descriptor);
        this.remote = remote;
        bound = true;
        connected = true;
    }

    /** Whoever forgets to close it does not lose the descriptor for ever. */
    private void adopt(Descriptor d) {
        garbage = CLEANER.register(this, d::close);
        descriptor = d;
    }

    /** For both families if there is no reason to choose one. */
    private synchronized Descriptor descriptor(boolean ipv6) throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        if (descriptor == null) {
            adopt(Descriptor.open(ipv6));
        }
        return descriptor;
    }

    private Descriptor descriptor() throws SocketException {
        Descriptor d = descriptor;
        return d != null && !closed ? d : descriptor(Net.ipv6());
    }

    // ---- connect and bind

    @Override
    public void connect(SocketAddress to) throws IOException {
        connect(to, 0);
    }

    @Override
    public void connect(SocketAddress to, int timeout) throws IOException {
        if (timeout < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        InetSocketAddress address = internet(to);
        synchronized (this) {
            if (closed) {
                throw new SocketException("Socket is closed");
            }
            if (connected || connecting) {
                throw new SocketException(connected ? "already connected" : "already connecting");
            }
            connecting = true;
        }
        boolean done = false;
        try {
            if (address.isUnresolved()) {
                throw new UnknownHostException(address.getHostName());
            }
            // a socket of one family costs less than one of both
            Descriptor d = descriptor(address.getAddress().getAddress().length == 16);
            if (!d.ipv6() && address.getAddress().getAddress().length == 16) {
                throw Errno.connectFailure(Errno.EAFNOSUPPORT, address);
            }
            d.connect(address, timeout);
            remote = address;
            bound = true;
            connected = true;
            done = true;
        } finally {
            connecting = false;
            if (!done) {
                close(); // as java.net does: what is under way in the kernel cannot be used
            }
        }
    }

    private static InetSocketAddress internet(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException(
                    address == null
                            ? "connect: The address can't be null"
                            : "Unsupported address type: " + address);
        }
        return internet;
    }

    @Override
    public void bind(@Nullable SocketAddress to) throws IOException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        if (bound) {
            throw new SocketException("Already bound");
        }
        InetSocketAddress address = to == null ? new InetSocketAddress(0) : internet(to);
        if (address.isUnresolved()) {
            throw new SocketException("Unresolved address: " + address);
        }
        Descriptor d = descriptor();
        int failure = d.call((s, fd) -> Net.bind(s, fd, address, d.ipv6()));
        if (failure < 0) {
            throw Errno.bindFailure(-failure, address);
        }
        bound = true;
    }

    // ---- data

    private Descriptor connectedDescriptor() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        if (!connected) {
            throw new SocketException("Socket is not connected");
        }
        return descriptor;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        Descriptor d = connectedDescriptor();
        if (inputShutdown) {
            throw new SocketException("Socket input is shutdown");
        }
        synchronized (this) {
            if (input == null) {
                input = new SocketInput(this, d);
            }
            return input;
        }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        Descriptor d = connectedDescriptor();
        if (outputShutdown) {
            throw new SocketException("Socket output is shutdown");
        }
        synchronized (this) {
            if (output == null) {
                output = new SocketOutput(this, d);
            }
            return output;
        }
    }

    int available() throws IOException {
        Descriptor d = connectedDescriptor();
        return inputShutdown ? 0 : d.check(Net::available);
    }

    @Override
    public void shutdownInput() throws IOException {
        Descriptor d = connectedDescriptor();
        if (inputShutdown) {
            throw new SocketException("Socket input is already shutdown");
        }
        shutdown(d, Net.SHUT_RD);
        inputShutdown = true;
    }

    @Override
    public void shutdownOutput() throws IOException {
        Descriptor d = connectedDescriptor();
        if (outputShutdown) {
            throw new SocketException("Socket output is already shutdown");
        }
        shutdown(d, Net.SHUT_WR);
        outputShutdown = true;
    }

    private static void shutdown(Descriptor d, int half) throws SocketException {
        int failure = d.call((s, fd) -> Net.shutdown(s, fd, half));
        if (failure < 0 && failure != -Errno.ENOTCONN) { // the peer was faster
            throw Errno.failure(-failure);
        }
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        throw new SocketException("Urgent data not supported");
    }

    @Override
    public void close() {
        Cleaner.Cleanable g;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (descriptor != null && bound) {
                localAddress(); // it may still be asked for
            }
            closed = true;
            g = garbage;
        }
        if (g != null) {
            g.clean();
        }
    }

    // ---- state

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isBound() {
        return bound;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return connected ? remote.getAddress() : null;
    }

    @Override
    public int getPort() {
        return connected ? remote.getPort() : 0;
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return connected ? remote : null;
    }

    private @Nullable InetSocketAddress localAddress() {
        InetSocketAddress address = local;
        Descriptor d = descriptor;
        if (address == null && bound && !closed && d != null) {
            try {
                address = (InetSocketAddress) d.localAddress();
            } catch (SocketException e) {
                return null; // closed or broken meanwhile
            }
            local = address;
        }
        return address;
    }

    @Override
    public InetAddress getLocalAddress() {
        InetSocketAddress address = closed ? null : localAddress();
        return address == null ? new InetSocketAddress(0).getAddress() : address.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress address = localAddress();
        return address == null ? -1 : address.getPort();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return bound ? new InetSocketAddress(getLocalAddress(), Math.max(0, getLocalPort())) : null;
    }

    @Override
    public @Nullable SocketChannel getChannel() {
        return null;
    }

    @Override
    public String toString() {
        InetSocketAddress to = remote;
        return connected
                ? "Socket[addr="
                        + to.getAddress()
                        + ",port="
                        + to.getPort()
                        + ",localport="
                        + getLocalPort()
                        + "]"
                : "Socket[unconnected]";
    }

    // ---- options

    int soTimeout() {
        return soTimeout;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        soTimeout = millis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        return soTimeout;
    }

    private <T> void set(SocketOption<T> option, T value) throws SocketException {
        Options.set(descriptor(), option, value);
    }

    private <T> T get(SocketOption<T> option) throws SocketException {
        return Options.get(descriptor(), option);
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        set(StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return get(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public void setSoLinger(boolean on, int linger) throws SocketException {
        if (on && linger < 0) {
            throw new IllegalArgumentException("invalid value for SO_LINGER: " + linger);
        }
        set(StandardSocketOptions.SO_LINGER, on ? linger : -1);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return get(StandardSocketOptions.SO_LINGER);
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        if (on) {
            throw new SocketException("Urgent data not supported");
        }
    }

    @Override
    public boolean getOOBInline() {
        return false;
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        checkSize(size);
        set(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        checkSize(size);
        set(StandardSocketOptions.SO_RCVBUF, size);
    }

    static void checkSize(int size) {
        if (size <= 0) {
            throw new IllegalArgumentException("invalid buffer size: " + size);
        }
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return get(StandardSocketOptions.SO_KEEPALIVE);
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        set(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return get(StandardSocketOptions.IP_TOS);
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return get(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

    @Override
    public <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return get(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.OF_SOCKETS;
    }
}
