package dev.jevent.socket;

import java.net.DatagramPacket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;

/** What {@code java.net.DatagramSocket} insists on having. Never called. */
final class DatagramNoImpl extends DatagramSocketImpl {

    private static UnsupportedOperationException never() {
        return new UnsupportedOperationException("jevent's sockets have no DatagramSocketImpl");
    }

    @Override
    protected void create() {
        throw never();
    }

    @Override
    protected void bind(int port, InetAddress address) {
        throw never();
    }

    @Override
    protected void send(DatagramPacket p) {
        throw never();
    }

    @Override
    protected int peek(InetAddress address) {
        throw never();
    }

    @Override
    protected int peekData(DatagramPacket p) {
        throw never();
    }

    @Override
    protected void receive(DatagramPacket p) {
        throw never();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected void setTTL(byte ttl) {
        throw never();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    protected byte getTTL() {
        throw never();
    }

    @Override
    protected void setTimeToLive(int ttl) {
        throw never();
    }

    @Override
    protected int getTimeToLive() {
        throw never();
    }

    @Override
    protected void join(InetAddress group) {
        throw never();
    }

    @Override
    protected void leave(InetAddress group) {
        throw never();
    }

    @Override
    protected void joinGroup(SocketAddress group, NetworkInterface netIf) {
        throw never();
    }

    @Override
    protected void leaveGroup(SocketAddress group, NetworkInterface netIf) {
        throw never();
    }

    @Override
    protected void close() {}

    @Override
    public void setOption(int optID, Object value) {
        throw never();
    }

    @Override
    public Object getOption(int optID) {
        throw never();
    }
}
