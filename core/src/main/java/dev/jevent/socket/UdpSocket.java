package dev.jevent.socket;

import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.jdk.DatagramPackets;
import dev.jevent.internal.sys.Datagrams;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Net;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A {@link java.net.DatagramSocket} on a {@link Descriptor}. Nothing of java.net's own machinery is
 * used: every method is overridden, and does what {@code java.net.DatagramSocket} says, but that
 *
 * <ul>
 *   <li>a kill, a {@code Timeout} or an interrupt of whoever waits to receive or to send leaves the
 *       socket open (the JDK closes it on the interrupt of a virtual thread);
 *   <li>two who wait to receive get a {@code ConcurrentObjectUseError}; any number may send, each
 *       datagram as a whole, and they queue when the send buffer is full;
 *   <li>a packet is not locked while its receiver waits.
 * </ul>
 *
 * Who is cut off while he waits to send has not sent. Any thread.
 */
final class UdpSocket extends DescriptorDatagramSocket {

    private static final Cleaner CLEANER = Cleaner.create();
    private static final int EMSGSIZE = 90;
    private static final int MOST = 65_535;
    private static final int MOST_IN_QUEUE = 100_000;

    private final UdpSenders senders;
    private final Cleaner.Cleanable garbage;
    private final AtomicReference<@Nullable UdpReceipt> spare = new AtomicReference<>();

    // changed under this
    private volatile @Nullable InetSocketAddress local; // null: not bound
    private volatile @Nullable InetSocketAddress remote; // null: not connected
    private @Nullable InetSocketAddress unconnected; // what it was bound to before it was connected

    /** Not bound; of both families, if there are two. */
    UdpSocket() throws SocketException {
        this(open());
    }

    /**
     * On a descriptor of UDP: a new one, or somebody else's.
     *
     * @throws SocketException if it is closed
     */
    UdpSocket(Descriptor descriptor) throws SocketException {
        super(descriptor);
        this.senders = new UdpSenders(descriptor);
        this.garbage = CLEANER.register(this, descriptor::close);
        if (descriptor.localAddress() instanceof InetSocketAddress address
                && address.getPort() != 0) {
            local = address;
            remote = (InetSocketAddress) descriptor.remoteAddress();
            unconnected = address;
        }
    }

    /** Bound to the address. */
    static UdpSocket bound(SocketAddress address) throws SocketException {
        var socket = new UdpSocket();
        boolean done = false;
        try {
            socket.bind(address);
            done = true;
            return socket;
        } finally {
            if (!done) {
                socket.close();
            }
        }
    }

    private static Descriptor open() throws SocketException {
        Descriptor d = Descriptor.openDatagram(Net.ipv6());
        boolean done = false;
        try {
            UdpOptions.setDefaults(d);
            done = true;
        } finally {
            if (!done) {
                d.close();
            }
        }
        return d;
    }

    // ---- bind and connect

    @Override
    public synchronized void bind(@Nullable SocketAddress to) throws SocketException {
        InetSocketAddress address = to == null ? new InetSocketAddress(0) : internet(to);
        checkOpen();
        if (local != null) {
            throw new SocketException("Already bound");
        }
        bindTo(address);
    }

    private void bindTo(InetSocketAddress address) throws SocketException {
        int failure = descriptor.call((s, fd) -> Net.bind(s, fd, address, descriptor.ipv6()));
        if (failure < 0) {
            throw Errno.bindFailure(-failure, address);
        }
        local = (InetSocketAddress) descriptor.localAddress();
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

    private void bindIfNot() throws SocketException {
        if (local == null) {
            synchronized (this) {
                if (local == null) {
                    bindTo(new InetSocketAddress(0));
                }
            }
        }
    }

    @Override
    public void connect(@Nullable InetAddress address, int port) {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        try {
            connectTo(new InetSocketAddress(address, port));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void connect(@Nullable SocketAddress to) throws SocketException {
        if (to == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        connectTo(internet(to));
    }

    private synchronized void connectTo(InetSocketAddress to) throws SocketException {
        if (descriptor.isClosed()) {
            return; // as java.net does
        }
        if (to.getPort() == 0) {
            throw new SocketException("Can't connect to port 0");
        }
        bindIfNot();
        if (remote != null) {
            dissolve(); // the kernel would keep the local address that suits the former peer
        }
        InetSocketAddress before = local;
        int failure = descriptor.call((s, fd) -> Net.connect(s, fd, to, descriptor.ipv6()));
        if (failure < 0) {
            throw failed("connect to", -failure, to);
        }
        unconnected = before;
        remote = to;
        local = (InetSocketAddress) descriptor.localAddress();
        discardTheStrangers();
    }

    /** What came before may be of anybody; from now on the kernel takes only the peer's. */
    private void discardTheStrangers() throws SocketException {
        var nowhere = new byte[1];
        for (int i = 0; i < MOST_IN_QUEUE; i++) {
            if (descriptor.call((s, fd) -> Net.receive(s, fd, nowhere, 0, 1, 0)) < 0) {
                return;
            }
        }
    }

    @Override
    public synchronized void disconnect() {
        if (descriptor.isClosed() || remote == null) {
            return;
        }
        try {
            dissolve();
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void dissolve() throws SocketException {
        descriptor.check(Datagrams::disconnect);
        remote = null;
        InetSocketAddress before = unconnected;
        InetSocketAddress now = (InetSocketAddress) descriptor.localAddress();
        local = now;
        if (before != null && now.getPort() == 0) {
            local = null;
            bindTo(before); // Linux has taken back the port that it had chosen itself
        }
    }

    // ---- datagrams

    @Override
    public void send(DatagramPacket p) throws IOException {
        byte[] b;
        int off;
        int len;
        InetSocketAddress to;
        InetSocketAddress peer = remote;
        synchronized (p) {
            b = p.getData();
            off = p.getOffset();
            len = p.getLength();
            if (p.getAddress() == null) {
                checkAddressed(peer);
                p.setSocketAddress(peer);
            }
            to = peer == null || !isFor(p, peer) ? (InetSocketAddress) p.getSocketAddress() : peer;
        }
        if (descriptor.isClosed()) {
            throw new SocketException("Socket closed");
        }
        if (peer != null && to != peer) {
            throw new IllegalArgumentException("Connected and packet address differ");
        }
        if (to.getPort() == 0) {
            throw new SocketException("Can't send to port 0");
        }
        bindIfNot();
        int n = len > MOST ? -EMSGSIZE : send(b, off, len, peer == null ? to : null);
        if (n < 0) {
            throw n == -EMSGSIZE ? tooLong(len, to) : failed("send to", -n, to);
        }
    }

    private static void checkAddressed(@Nullable InetSocketAddress peer) {
        if (peer == null) {
            throw new IllegalArgumentException("Address not set");
        }
    }

    private static boolean isFor(DatagramPacket p, InetSocketAddress peer) {
        return p.getPort() == peer.getPort() && p.getAddress().equals(peer.getAddress());
    }

    private int send(byte[] b, int off, int len, @Nullable InetSocketAddress to)
            throws IOException {
        try {
            return senders.send(
                    to == null
                            ? (s, fd) -> Net.send(s, fd, b, off, len)
                            : (s, fd) -> Net.sendTo(s, fd, b, off, len, to, descriptor.ipv6()));
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    @Override
    public void receive(DatagramPacket p) throws IOException {
        byte[] b;
        int off;
        int room;
        synchronized (p) {
            b = p.getData();
            off = p.getOffset();
            room = DatagramPackets.room(p);
        }
        if (descriptor.isClosed()) {
            throw new SocketException("Socket closed");
        }
        bindIfNot();
        UdpReceipt receipt = spare.getAndSet(null);
        if (receipt == null) {
            receipt = new UdpReceipt();
        }
        try {
            Deadline deadline = Deadline.ofMillis(soTimeout(), "Receive timed out");
            int n = receipt.receive(descriptor, b, off, room, deadline);
            if (n < 0) {
                throw failed("receive from", -n, remote);
            }
            synchronized (p) {
                DatagramPackets.setLength(p, n);
                p.setSocketAddress(receipt.from());
            }
        } finally {
            spare.set(receipt);
        }
    }

    private static SocketException failed(String what, int errno, @Nullable InetSocketAddress who) {
        String text = "cannot " + what + " " + (who == null ? "anybody" : who);
        String message = Errno.text(errno) + ": " + text.replaceFirst(" [^ /]*/", " ");
        return switch (errno) {
            case Errno.ECONNREFUSED ->
                    new PortUnreachableException("ICMP Port Unreachable: " + text);
            case Errno.EHOSTUNREACH -> new NoRouteToHostException(message);
            default -> new SocketException(message);
        };
    }

    private static SocketException tooLong(int length, InetSocketAddress to) {
        return new SocketException(
                "Message too long: a datagram of "
                        + length
                        + " bytes to "
                        + to
                        + "; IPv4 takes at most 65507 bytes, IPv6 65527");
    }

    @Override
    public void close() {
        garbage.clean();
    }

    // ---- state

    @Override
    public boolean isBound() {
        return local != null;
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public boolean isClosed() {
        return descriptor.isClosed();
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress peer = remote;
        return peer == null ? null : peer.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress peer = remote;
        return peer == null ? -1 : peer.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return isClosed() ? null : local;
    }

    @Override
    public @Nullable InetAddress getLocalAddress() {
        InetSocketAddress address = local;
        return isClosed()
                ? null
                : (address == null ? new InetSocketAddress(0) : address).getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress address = local;
        return isClosed() ? -1 : address == null ? 0 : address.getPort();
    }

    @Override
    public @Nullable DatagramChannel getChannel() {
        return null;
    }

    @Override
    public String toString() {
        return "DatagramSocket[local=" + local + ",remote=" + remote + "]";
    }
}
