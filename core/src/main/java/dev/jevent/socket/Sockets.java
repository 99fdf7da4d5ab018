package dev.jevent.socket;

import dev.jevent.Action;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.io.HasDescriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.Net;
import dev.jevent.internal.sys.Scratch;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Makes sockets of TCP, of the Unix domain and for datagrams: jevent's own, which make their system
 * calls directly, and in the portable mode those of the JDK. All are {@link Socket}s, {@link
 * ServerSocket}s and {@link DatagramSocket}s, and a greenlet that waits in one gives way. Follows
 * {@code gevent.socket}.
 *
 * <p>They may be used by greenlets of any hub and by any thread, by one reader and one writer at a
 * time; a second one who waits gets a {@link dev.jevent.ConcurrentObjectUseError} (not in the
 * portable mode). A kill, a {@link dev.jevent.Timeout} or an interrupt ends a wait and leaves the
 * socket open and usable; out of a write it leaves unsaid how much was sent. That is so for who
 * knows where the conversation stands. What a library uses is closed instead: the JDK's sockets and
 * channels, and those of {@link #socket()}; see {@link #keepOpen(Socket)}. (In the portable mode an
 * interrupt closes a socket of TCP.) A greenlet whose socket is always ready gives way from time to
 * time.
 *
 * <p>A Unix-domain socket tells its path as its address; where java.net wants one of the internet
 * it says the loopback address, and no port. It has no options of TCP.
 */
public final class Sockets {

    /** How many connections wait to be accepted, unless said otherwise. */
    private static final int BACKLOG = 1024;

    private static final boolean OWN = Native.isAvailable() && !HubAccess.get().isPortable();

    private Sockets() {}

    /**
     * A socket that is neither bound nor connected, for a library, or to set options before it is.
     * A kill, a {@code Timeout} or an interrupt of who waits in it closes it: at first that wait
     * throws an {@code InterruptedIOException} that has the reason as its cause, so that the
     * library throws the connection away; each later wait throws the reason itself. {@link
     * #keepOpen(Socket)} makes it one of the others.
     */
    public static Socket socket() throws IOException {
        return OWN ? new TcpSocket().forLibrary() : new Socket();
    }

    /** A listener that is not bound, to set options before it is. */
    public static ServerSocket serverSocket() throws IOException {
        return OWN ? new TcpServerSocket() : new PortableServerSocket();
    }

    /** As {@link #connect(String, int, Duration)}, without a time limit but the system's. */
    public static Socket connect(String host, int port) throws IOException {
        return connect(host, port, Duration.ZERO);
    }

    /**
     * Connects to a port of a host. A name is looked up. If it has several addresses they are tried
     * as RFC 8305 says: one after the other, IPv4 and IPv6 by turns, the next one when one fails or
     * after 250 ms; the first connection wins, and all other attempts are closed.
     *
     * @param timeout for all of it, the look-up too, if the caller has a hub; zero for none but the
     *     system's
     * @throws java.net.UnknownHostException if there is no such name
     * @throws java.net.SocketTimeoutException if the time is over
     * @throws java.net.ConnectException and other IOExceptions, of the first address, if none
     *     answers; those of the others are its suppressed ones
     */
    public static Socket connect(String host, int port, Duration timeout) throws IOException {
        return connect(InetSocketAddress.createUnresolved(host, port), timeout);
    }

    /**
     * As {@link #connect(String, int, Duration)}.
     *
     * @param address one of TCP, which if it is {@linkplain InetSocketAddress#createUnresolved not
     *     resolved} stands for all addresses of that name; or a {@link UnixDomainSocketAddress}
     */
    public static Socket connect(SocketAddress address, Duration timeout) throws IOException {
        return Connecting.to(address, null, timeout);
    }

    /**
     * As {@link #connect(SocketAddress, Duration)}, from a given address.
     *
     * @param from a local address, whose port may be 0; addresses that cannot be reached from it
     *     are not tried
     * @throws BindException if it is taken, or none of this machine's
     */
    public static Socket connect(SocketAddress address, Duration timeout, SocketAddress from)
            throws IOException {
        return Connecting.to(address, Objects.requireNonNull(from, "from"), timeout);
    }

    /** One of the right kind, neither bound nor connected. */
    static Socket socketFor(SocketAddress address) throws IOException {
        if (address instanceof UnixDomainSocketAddress) {
            return OWN ? new UnixSocket() : new ChannelSocket();
        }
        return OWN ? new TcpSocket() : new Socket();
    }

    /**
     * Keeps a socket open when who waits in it is killed, timed out or interrupted by jevent. So it
     * is with the sockets of this package in any case, but for those of {@link #socket()}: those
     * and the JDK's are closed, for they are a library's, which does not know what was half read or
     * written. For a socket whose user does.
     *
     * <p>An interrupt by {@link Thread#interrupt()} closes the JDK's sockets nevertheless.
     *
     * @throws IOException if it is closed or not connected, or a layer on another: give that one
     */
    public static void keepOpen(Socket socket) throws IOException {
        if (socket.isClosed()) {
            throw new SocketException("Socket is closed");
        }
        if (socket instanceof HasDescriptor own) {
            own.descriptor().keepOpen();
        } else if (!keepsOpen(socket)) {
            throw new SocketException(
                    "cannot keep "
                            + socket
                            + " open: connect it first; of a layer on another"
                            + " socket, TLS for instance, give the socket below");
        }
    }

    /** As {@link #keepOpen(Socket)}, for one of the JDK's; false if there is nothing to keep. */
    static boolean keepsOpen(Socket socket) {
        CallerAccess access = CallerAccess.get();
        return socket.getChannel() != null
                ? access.keepOpen(socket.getChannel())
                : access.keepOpen(socket);
    }

    /** As {@link #keepOpen(Socket)}. */
    public static void keepOpen(SelectableChannel channel) throws IOException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        boolean ignored = CallerAccess.get().keepOpen(channel);
    }

    /**
     * Does the task, in which a kill or {@code Timeout} of the caller leaves all sockets open, the
     * JDK's and those of libraries too, and is thrown as itself; as in gevent.
     */
    public static <T> T keepOpen(Callable<T> task) throws Exception {
        return CallerAccess.get().keepingOpen(Objects.requireNonNull(task, "task"));
    }

    /** As {@link #keepOpen(Callable)}, without a result. */
    public static void keepOpen(Action task) throws Exception {
        Objects.requireNonNull(task, "task");
        keepOpen(
                () -> {
                    task.run();
                    return task;
                });
    }

    /** As {@link #listen(SocketAddress, int)}, with a backlog of 1,024. */
    public static ServerSocket listen(SocketAddress address) throws IOException {
        return listen(address, BACKLOG);
    }

    /**
     * Listens. The wildcard address listens to IPv4 and IPv6, port 0 to one that is free. A {@link
     * UnixDomainSocketAddress} makes the file, which stays when the listener is closed; while it is
     * there its address is taken.
     *
     * @param backlog how many connections may wait to be accepted; the system may allow fewer
     * @throws BindException if the address is taken, or none of this machine's
     */
    public static ServerSocket listen(SocketAddress address, int backlog) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        ServerSocket listener = unix ? unixServerSocket() : serverSocket();
        boolean done = false;
        try {
            listener.bind(address, backlog);
            done = true;
        } catch (BindException e) {
            throw OWN ? e : named(e, address);
        } finally {
            if (!done) {
                listener.close();
            }
        }
        return listener;
    }

    private static ServerSocket unixServerSocket() throws IOException {
        return OWN ? new UnixServerSocket() : new ChannelServerSocket();
    }

    /**
     * Two sockets that are connected to each other: Unix-domain sockets without a name, and in the
     * portable mode TCP sockets on the loopback interface.
     */
    public static Pair pair() throws IOException {
        return OWN ? unixPair() : loopbackPair();
    }

    private static Pair unixPair() throws IOException {
        Scratch scratch = Scratch.ofThread();
        int failure = Net.pair(scratch);
        if (failure < 0) {
            throw Errno.failure(-failure);
        }
        Descriptor left = Descriptor.of(Fd.first(scratch), false, "Socket");
        Descriptor right = Descriptor.of(Fd.second(scratch), false, "Socket");
        return new Pair(
                new UnixSocket(left, UnixSocket.UNNAMED),
                new UnixSocket(right, UnixSocket.UNNAMED));
    }

    private static Pair loopbackPair() throws IOException {
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var listener = new ServerSocket()) {
            listener.bind(any, 1);
            var left = new Socket();
            boolean done = false;
            try {
                left.connect(listener.getLocalSocketAddress());
                for (; ; ) {
                    Socket right = listener.accept();
                    if (right.getRemoteSocketAddress().equals(left.getLocalSocketAddress())) {
                        done = true;
                        keepOpen(left);
                        keepOpen(right);
                        return new Pair(left, right);
                    }
                    right.close(); // somebody else was faster
                }
            } finally {
                if (!done) {
                    left.close();
                }
            }
        }
    }

    /** A socket for datagrams that is not bound, to set options before it is. */
    public static DatagramSocket datagramSocket() throws IOException {
        return OWN ? new UdpSocket() : new DatagramSocket(null);
    }

    /**
     * A socket for datagrams, bound to the address.
     *
     * @throws BindException if the address is taken, or none of this machine's
     */
    public static DatagramSocket datagramSocket(SocketAddress address) throws IOException {
        return OWN ? UdpSocket.bound(address) : new DatagramSocket(address);
    }

    /**
     * A socket for datagrams on a descriptor that is open already; see {@link #adopt}.
     *
     * @throws IllegalArgumentException if it is no descriptor of such a socket
     * @throws UnsupportedOperationException in the portable mode
     */
    public static DatagramSocket adoptDatagramSocket(int fd) throws IOException {
        checkOwn();
        return new UdpSocket(Adoption.datagrams(fd));
    }

    // ---- what is open already

    /**
     * A socket on the descriptor of a connected stream socket, of TCP or of the Unix domain, that
     * was inherited from the process which started this one or came from native code. It belongs to
     * the socket from now on, which closes it. It is made non-blocking, and whoever shares it,
     * another process too, sees that; programs that are started from now on do not inherit it.
     *
     * @throws IllegalArgumentException if it is something else; then it was not touched
     * @throws UnsupportedOperationException in the portable mode
     */
    public static Socket adopt(int fd) throws IOException {
        checkOwn();
        return Adoption.stream(fd);
    }

    /** As {@link #adopt}, for a descriptor that listens. */
    public static ServerSocket adoptListener(int fd) throws IOException {
        checkOwn();
        return Adoption.listener(fd);
    }

    private static void checkOwn() {
        if (!OWN) {
            throw Adoption.unsupported();
        }
    }

    /**
     * Who is at the other end of a Unix-domain socket.
     *
     * @throws IllegalArgumentException if it is a socket of another kind
     * @throws UnsupportedOperationException in the portable mode; there the option {@code
     *     jdk.net.ExtendedSocketOptions.SO_PEERCRED} has the names of user and group
     */
    public static Credentials peerCredentials(Socket socket) throws IOException {
        if (socket instanceof UnixSocket unix) {
            return unix.peerCredentials();
        }
        if (socket instanceof ChannelSocket) {
            throw new UnsupportedOperationException(
                    "in the portable mode there is only the option SO_PEERCRED");
        }
        throw new IllegalArgumentException("not a Unix-domain socket: " + socket);
    }

    // ---- waiting

    /**
     * Waits until a read of the socket would not wait: there is data, the end or an error. What a
     * {@link SocketStream} or another buffer holds is not looked at.
     *
     * @param timeout zero only looks
     * @return false if the time is over
     * @throws UnsupportedOperationException if it is none of jevent's sockets; in the portable mode
     *     only those of the Unix domain are
     */
    public static boolean waitRead(Socket socket, Duration timeout) throws IOException {
        return Readiness.read(socket, timeout);
    }

    /** As {@link #waitRead(Socket, Duration)}, until there is room to write or an error. */
    public static boolean waitWrite(Socket socket, Duration timeout) throws IOException {
        return Readiness.write(socket, timeout);
    }

    /** As {@link #waitRead(Socket, Duration)}, until an accept would not wait. */
    public static boolean waitRead(ServerSocket listener, Duration timeout) throws IOException {
        return Readiness.read(listener, timeout);
    }

    /** As {@link #waitRead(Socket, Duration)}, until there is a datagram. */
    public static boolean waitRead(DatagramSocket socket, Duration timeout) throws IOException {
        return Readiness.read(socket, timeout);
    }

    /** The JDK does not say which address it is. */
    private static BindException named(BindException e, SocketAddress address) {
        var named = new BindException(e.getMessage() + ": " + Addresses.text(address));
        named.initCause(e);
        return named;
    }
}
