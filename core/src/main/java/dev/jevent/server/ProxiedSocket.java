package dev.jevent.server;

import dev.jevent.internal.io.Transfers;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;

/**
 * An accepted socket whose addresses are those that the proxy told, and whose input begins with
 * what was read beyond the header. All else is the accepted socket's. Any thread.
 */
final class ProxiedSocket extends Socket {

    private static final SocketImpl NONE = null;

    /** The rest first, then the socket's; one reader at a time, as there. */
    private final class Input extends InputStream implements Transfers.Source {
        private final InputStream in;
        private byte @Nullable [] rest;
        private int at;

        Input(InputStream in, byte[] rest) {
            this.in = in;
            this.rest = rest.length == 0 ? null : rest;
        }

        @Override
        public int read() throws IOException {
            byte[] b = rest;
            if (b == null) {
                return in.read();
            }
            int first = b[at] & 0xFF;
            advance(1);
            return first;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            byte[] r = rest;
            if (r == null) {
                return in.read(b, off, len);
            }
            Objects.checkFromIndexSize(off, len, b.length);
            if (isClosed()) {
                throw new SocketException("Socket is closed");
            }
            int n = Math.min(len, r.length - at);
            System.arraycopy(r, at, b, off, n);
            advance(n);
            return n;
        }

        @Override
        public void awaitNews() throws IOException {
            if (rest == null && in instanceof Transfers.Source source) {
                source.awaitNews();
            }
        }

        private void advance(int n) {
            at += n;
            if (at == rest.length) {
                rest = null;
            }
        }

        @Override
        public int available() throws IOException {
            byte[] r = rest;
            return r == null ? in.available() : r.length - at + in.available();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private final Socket socket;
    private final @Nullable ProxyHeader header;
    private final Input input;

    /**
     * Wraps it.
     *
     * @param header null if there was none
     * @param rest what was read after it
     */
    ProxiedSocket(Socket socket, @Nullable ProxyHeader header, byte[] rest) throws IOException {
        super(NONE);
        this.socket = socket;
        this.header = header;
        this.input = new Input(socket.getInputStream(), rest);
    }

    @Nullable ProxyHeader header() {
        return header;
    }

    // ---- addresses

    private @Nullable SocketAddress told(boolean ofClient) {
        ProxyHeader h = header;
        return h == null ? null : ofClient ? h.source() : h.destination();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        SocketAddress told = told(true);
        return told == null ? socket.getRemoteSocketAddress() : told;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        SocketAddress told = told(true);
        return told == null
                ? socket.getInetAddress()
                : told instanceof InetSocketAddress internet ? internet.getAddress() : null;
    }

    @Override
    public int getPort() {
        SocketAddress told = told(true);
        return told == null
                ? socket.getPort()
                : told instanceof InetSocketAddress internet ? internet.getPort() : 0;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        SocketAddress told = told(false);
        return told == null ? socket.getLocalSocketAddress() : told;
    }

    @Override
    public InetAddress getLocalAddress() {
        return told(false) instanceof InetSocketAddress internet
                ? internet.getAddress()
                : socket.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return told(false) instanceof InetSocketAddress internet
                ? internet.getPort()
                : socket.getLocalPort();
    }

    // ---- data

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream ignored = socket.getInputStream(); // says what is wrong, if anything is
        return input;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        socket.sendUrgentData(data);
    }

    @Override
    public void shutdownInput() throws IOException {
        socket.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    // ---- state

    @Override
    public void connect(SocketAddress to) throws IOException {
        socket.connect(to);
    }

    @Override
    public void connect(SocketAddress to, int timeout) throws IOException {
        socket.connect(to, timeout);
    }

    @Override
    public void bind(@Nullable SocketAddress to) throws IOException {
        socket.bind(to);
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean isBound() {
        return socket.isBound();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public boolean isInputShutdown() {
        return socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return socket.isOutputShutdown();
    }

    @Override
    public @Nullable SocketChannel getChannel() {
        return null; // it would read past what was read here
    }

    @Override
    public String toString() {
        return "ProxiedSocket[" + getRemoteSocketAddress() + " by " + socket + "]";
    }

    // ---- options

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        socket.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return socket.getTcpNoDelay();
    }

    @Override
    public void setSoLinger(boolean on, int linger) throws SocketException {
        socket.setSoLinger(on, linger);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return socket.getSoLinger();
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        socket.setOOBInline(on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        return socket.getOOBInline();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        socket.setSoTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return socket.getSoTimeout();
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        socket.setSendBufferSize(size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return socket.getSendBufferSize();
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        socket.setReceiveBufferSize(size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return socket.getReceiveBufferSize();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        socket.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return socket.getKeepAlive();
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        socket.setTrafficClass(trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return socket.getTrafficClass();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        socket.setReuseAddress(on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return socket.getReuseAddress();
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        socket.setPerformancePreferences(connectionTime, latency, bandwidth);
    }

    @Override
    public <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
        Socket ignored = socket.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return socket.getOption(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return socket.supportedOptions();
    }
}
