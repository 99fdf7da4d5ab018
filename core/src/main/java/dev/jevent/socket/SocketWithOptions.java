package dev.jevent.socket;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;

/** The part of {@link StreamSocket} that has to do with options. */
abstract class SocketWithOptions extends Socket {

    private static final SocketImpl NONE = null;

    private volatile int soTimeout;

    SocketWithOptions() throws SocketException {
        super(NONE);
    }

    abstract void checkOpen() throws SocketException;

    abstract <T> void set(SocketOption<T> option, T value) throws SocketException;

    abstract <T> T get(SocketOption<T> option) throws SocketException;

    final int soTimeout() {
        return soTimeout;
    }

    @Override
    public final void setSoTimeout(int millis) throws SocketException {
        checkOpen();
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        soTimeout = millis;
    }

    @Override
    public final int getSoTimeout() throws SocketException {
        checkOpen();
        return soTimeout;
    }

    /** By one of the methods that cannot say UnsupportedOperationException. */
    private <T> void put(SocketOption<T> option, T value) throws SocketException {
        checkHas(option);
        set(option, value);
    }

    private <T> T look(SocketOption<T> option) throws SocketException {
        checkHas(option);
        return get(option);
    }

    private void checkHas(SocketOption<?> option) throws SocketException {
        checkOpen();
        if (!supportedOptions().contains(option)) {
            throw new SocketException(this + " has no option " + option);
        }
    }

    @Override
    public final void setTcpNoDelay(boolean on) throws SocketException {
        put(StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public final boolean getTcpNoDelay() throws SocketException {
        return look(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public final void setSoLinger(boolean on, int linger) throws SocketException {
        if (on && linger < 0) {
            throw new IllegalArgumentException("invalid value for SO_LINGER: " + linger);
        }
        put(StandardSocketOptions.SO_LINGER, on ? linger : -1);
    }

    @Override
    public final int getSoLinger() throws SocketException {
        return look(StandardSocketOptions.SO_LINGER);
    }

    @Override
    public final void setOOBInline(boolean on) throws SocketException {
        if (on) {
            throw new SocketException("Urgent data not supported");
        }
    }

    @Override
    public final boolean getOOBInline() {
        return false;
    }

    @Override
    public final void setSendBufferSize(int size) throws SocketException {
        checkSize(size);
        put(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public final int getSendBufferSize() throws SocketException {
        return look(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public final void setReceiveBufferSize(int size) throws SocketException {
        checkSize(size);
        put(StandardSocketOptions.SO_RCVBUF, size);
    }

    static void checkSize(int size) {
        if (size <= 0) {
            throw new IllegalArgumentException("invalid buffer size: " + size);
        }
    }

    @Override
    public final int getReceiveBufferSize() throws SocketException {
        return look(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public final void setKeepAlive(boolean on) throws SocketException {
        put(StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public final boolean getKeepAlive() throws SocketException {
        return look(StandardSocketOptions.SO_KEEPALIVE);
    }

    @Override
    public final void setTrafficClass(int trafficClass) throws SocketException {
        put(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public final int getTrafficClass() throws SocketException {
        return look(StandardSocketOptions.IP_TOS);
    }

    @Override
    public final void setReuseAddress(boolean on) throws SocketException {
        put(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public final boolean getReuseAddress() throws SocketException {
        return look(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public final void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

    @Override
    public final <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
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
