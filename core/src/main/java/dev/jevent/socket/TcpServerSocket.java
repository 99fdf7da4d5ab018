package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

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
import java.util.Set;

/**
 * A {@link ServerSocket} on a {@link Descriptor}. All of java.net's methods are overridden; see
 * {@link TcpSocket} for what differs. {@code TCP_NODELAY} and {@code SO_KEEPALIVE} are options here
 * too: the accepted sockets inherit them. Any thread.
 */
final class TcpServerSocket extends ServerSocket {

    private static final int MOST_OPEN_AT_ONCE = 50; // the default of java.net

    private Descriptor descriptor; // guarded by this until it is bound
    private volatile boolean closed;
    private volatile @Nullable InetSocketAddress local; // set when it is bound
    private volatile int soTimeout;

    /** Not bound; of both families, if there are two. */
    TcpServerSocket() throws SocketException {
        super(new NoImpl());
        descriptor = newDescriptor(Net.ipv6());
    }

    private static Descriptor newDescriptor(boolean ipv6) throws SocketException {
        Descriptor d = Descriptor.open(ipv6);
        boolean done = false;
        try {
            Options.set(d, StandardSocketOptions.SO_REUSEADDR, true);
            done = true;
        } finally {
            if (!done) {
                d.close();
            }
        }
        return d;
    }

    private void checkOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
    }

    @Override
    public void bind(@Nullable SocketAddress to) throws IOException {
        bind(to, MOST_OPEN_AT_ONCE);
    }

    @Override
    public synchronized void bind(@Nullable SocketAddress to, int backlog) throws IOException {
        checkOpen();
        if (isBound()) {
            throw new SocketException("Already bound");
        }
        InetSocketAddress address = internet(to == null ? new InetSocketAddress(0) : to);
        Descriptor d = descriptor;
        int failure = d.call((s, fd) -> bindAndListen(s, fd, d.ipv6(), address, backlog));
        if (failure < 0) {
            throw Errno.bindFailure(-failure, address);
        }
        local = (InetSocketAddress) d.localAddress();
    }

    private static int bindAndListen(
            Scratch s, int fd, boolean ipv6, InetSocketAddress address, int backlog) {
        if (!ipv6 && address.getAddress().getAddress().length == 16) {
            return -Errno.EAFNOSUPPORT;
        }
        int failure = Net.bind(s, fd, address, ipv6);
        return failure < 0 ? failure : Net.listen(s, fd, backlog > 0 ? backlog : MOST_OPEN_AT_ONCE);
    }

    private static InetSocketAddress internet(SocketAddress address) throws SocketException {
        if (!(address instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException("Unsupported address type: " + address);
        }
        if (internet.isUnresolved()) {
            throw new SocketException("Unresolved address: " + internet);
        }
        return internet;
    }

    @Override
    public Socket accept() throws IOException {
        checkOpen();
        if (!isBound()) {
            throw new SocketException("Socket is not bound yet");
        }
        Descriptor.Accepted accepted = descriptor.accept(soTimeout);
        return new TcpSocket(accepted.descriptor(), (InetSocketAddress) accepted.from());
    }

    @Override
    public void close() {
        closed = true;
        descriptor.close();
    }

    // ---- state

    @Override
    public boolean isBound() {
        return local != null;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress address = local;
        return address == null ? null : address.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress address = local;
        return address == null ? -1 : address.getPort();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public @Nullable ServerSocketChannel getChannel() {
        return null;
    }

    @Override
    public String toString() {
        InetSocketAddress address = local;
        return address == null
                ? "ServerSocket[unbound]"
                : "ServerSocket[addr="
                        + address.getAddress()
                        + ",localport="
                        + address.getPort()
                        + "]";
    }

    // ---- options

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        checkOpen();
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        soTimeout = millis;
    }

    @Override
    public int getSoTimeout() throws IOException {
        checkOpen();
        return soTimeout;
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        Options.set(descriptor, StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return Options.get(descriptor, StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        TcpSocket.checkSize(size);
        Options.set(descriptor, StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return Options.get(descriptor, StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

    @Override
    public <T> ServerSocket setOption(SocketOption<T> option, T value) throws IOException {
        checkSupported(option);
        Options.set(descriptor, option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        checkSupported(option);
        return Options.get(descriptor, option);
    }

    private static void checkSupported(SocketOption<?> option) {
        if (!Options.OF_LISTENERS.contains(option)) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Options.OF_LISTENERS;
    }
}
