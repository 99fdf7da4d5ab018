package dev.jevent.socket;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.sys.Native;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Makes TCP sockets: jevent's own, which make their system calls directly, and in the portable mode
 * those of the JDK. Both are {@link Socket}s and {@link ServerSocket}s, and a greenlet that waits
 * in one gives way. Follows {@code gevent.socket}.
 *
 * <p>They may be used by greenlets of any hub and by any thread, by one reader and one writer at a
 * time; a second one who waits gets a {@link dev.jevent.ConcurrentObjectUseError} (not in the
 * portable mode). A kill, a {@link dev.jevent.Timeout} or an interrupt ends a wait and leaves the
 * socket open and usable; out of a write it leaves unsaid how much was sent. (In the portable mode
 * an interrupt closes it, and a kill is one.)
 */
public final class Sockets {

    /** How many connections wait to be accepted, unless said otherwise. */
    private static final int BACKLOG = 1024;

    private static final boolean OWN = Native.isAvailable() && !HubAccess.get().isPortable();

    private Sockets() {}

    /** A socket that is neither bound nor connected, to set options before it is. */
    public static Socket socket() throws IOException {
        return OWN ? new TcpSocket() : new Socket();
    }

    /** A listener that is not bound, to set options before it is. */
    public static ServerSocket serverSocket() throws IOException {
        return OWN ? new TcpServerSocket() : new ServerSocket();
    }

    /**
     * Connects. If the name has several addresses they are tried one after the other.
     *
     * @throws java.net.UnknownHostException if there is no such name
     * @throws java.net.ConnectException and other IOExceptions, of the first address, if none
     *     answers
     */
    public static Socket connect(String host, int port) throws IOException {
        return connect(InetSocketAddress.createUnresolved(host, port), Duration.ZERO);
    }

    /**
     * As {@link #connect(String, int)}, but gives up after a while.
     *
     * @param address a name that is {@linkplain InetSocketAddress#createUnresolved not resolved} is
     *     looked up
     * @param timeout for all attempts together, without the look-up; zero for none but the system's
     * @throws java.net.SocketTimeoutException if the time is over
     */
    public static Socket connect(SocketAddress address, Duration timeout) throws IOException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        if (!(address instanceof InetSocketAddress internet)) {
            throw new IllegalArgumentException("not an address of TCP: " + address);
        }
        InetAddress[] candidates =
                internet.isUnresolved()
                        ? InetAddress.getAllByName(internet.getHostString())
                        : new InetAddress[] {internet.getAddress()};
        long end = now() + nanos(timeout);
        IOException failure = null;
        for (int i = 0; i < candidates.length; i++) {
            int millis = timeout.isZero() ? 0 : millisUntil(end);
            if (millis < 0) {
                break;
            }
            Socket socket = socket();
            try {
                socket.connect(new InetSocketAddress(candidates[i], internet.getPort()), millis);
                return socket;
            } catch (IOException e) {
                socket.close();
                failure = joined(failure, e);
            }
        }
        throw failure;
    }

    private static long now() {
        EventLoop loop = HubAccess.get().currentLoop();
        return loop != null ? loop.now() : System.nanoTime();
    }

    private static long nanos(Duration timeout) {
        try {
            return Math.min(timeout.toNanos(), Long.MAX_VALUE >> 1);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE >> 1;
        }
    }

    /** Rounded up; at least 1, or -1 if it is over. */
    private static int millisUntil(long end) {
        long left = end - now();
        return left <= 0 ? -1 : (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
    }

    private static IOException joined(@Nullable IOException first, IOException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    /** As {@link #listen(SocketAddress, int)}, with a backlog of 1,024. */
    public static ServerSocket listen(SocketAddress address) throws IOException {
        return listen(address, BACKLOG);
    }

    /**
     * Listens. The wildcard address listens to IPv4 and IPv6, port 0 to one that is free.
     *
     * @param backlog how many connections may wait to be accepted; the system may allow fewer
     * @throws BindException if the address is taken, or none of this machine's
     */
    public static ServerSocket listen(SocketAddress address, int backlog) throws IOException {
        ServerSocket listener = serverSocket();
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

    /** The JDK does not say which address it is. */
    private static BindException named(BindException e, SocketAddress address) {
        var named = new BindException(e.getMessage() + ": " + address.toString().replace("/", ""));
        named.initCause(e);
        return named;
    }
}
