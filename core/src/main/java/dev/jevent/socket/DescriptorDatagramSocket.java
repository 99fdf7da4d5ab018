package dev.jevent.socket;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;

/** The options and multicast groups of a {@link UdpSocket}. Any thread. */
abstract class DescriptorDatagramSocket extends DatagramSocket implements HasDescriptor {

    final Descriptor descriptor;
    private volatile int soTimeout;

    DescriptorDatagramSocket(Descriptor descriptor) {
        super(new DatagramNoImpl());
        this.descriptor = descriptor;
    }

    @Override
    public final Descriptor descriptor() {
        return descriptor;
    }

    final void checkOpen() throws SocketException {
        if (descriptor.isClosed()) {
            throw new SocketException("Socket is closed");
        }
    }

    final int soTimeout() {
        return soTimeout;
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        checkOpen();
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        soTimeout = millis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        checkOpen();
        return soTimeout;
    }

    private <T> void set(SocketOption<T> option, T value) throws SocketException {
        checkOpen();
        UdpOptions.set(descriptor, option, value);
    }

    private <T> @Nullable T get(SocketOption<T> option) throws SocketException {
        checkOpen();
        return UdpOptions.get(descriptor, option);
    }

    private static int checkSize(int size) {
        if (size <= 0) {
            throw new IllegalArgumentException("invalid buffer size: " + size);
        }
        return size;
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        set(StandardSocketOptions.SO_SNDBUF, checkSize(size));
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_SNDBUF);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        set(StandardSocketOptions.SO_RCVBUF, checkSize(size));
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return get(StandardSocketOptions.SO_RCVBUF);
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
    public void setBroadcast(boolean on) throws SocketException {
        set(StandardSocketOptions.SO_BROADCAST, on);
    }

    @Override
    public boolean getBroadcast() throws SocketException {
        return get(StandardSocketOptions.SO_BROADCAST);
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
    public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }

    @Override
    public <T> @Nullable T getOption(SocketOption<T> option) throws IOException {
        return get(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return UdpOptions.ALL;
    }

    // ---- multicast

    @Override
    public void joinGroup(@Nullable SocketAddress group, @Nullable NetworkInterface netIf)
            throws IOException {
        membership(group, netIf, true);
    }

    @Override
    public void leaveGroup(@Nullable SocketAddress group, @Nullable NetworkInterface netIf)
            throws IOException {
        membership(group, netIf, false);
    }

    private void membership(
            @Nullable SocketAddress group, @Nullable NetworkInterface netIf, boolean join)
            throws SocketException {
        if (!(group instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException("Unsupported address type: " + group);
        }
        if (internet.isUnresolved()) {
            throw new IllegalArgumentException("Unresolved address: " + group);
        }
        if (!internet.getAddress().isMulticastAddress()) {
            throw new SocketException("Not a multicast address: " + group);
        }
        checkOpen();
        UdpOptions.membership(descriptor, internet.getAddress(), netIf, join);
    }
}
