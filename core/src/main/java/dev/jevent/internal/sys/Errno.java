package dev.jevent.internal.sys;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;

/** The numbers of errors, and the exceptions that java.net throws for them. */
public final class Errno {

    /** Interrupted by a signal. */
    public static final int EINTR = 4;

    /** Not ready yet. */
    public static final int EAGAIN = 11;

    /** No such file. */
    public static final int ENOENT = 2;

    /** Not permitted; a firewall says so. */
    public static final int EACCES = 13;

    /** An argument that makes no sense for this descriptor. */
    public static final int EINVAL = 22;

    /** Broken pipe: sent after the peer has closed. */
    public static final int EPIPE = 32;

    /** A name that is too long. */
    public static final int ENAMETOOLONG = 36;

    /** The kernel has no such call. */
    public static final int ENOSYS = 38;

    /** A protocol error; a connection that failed before it was accepted. */
    public static final int EPROTO = 71;

    /** This address family does not exist here. */
    public static final int EAFNOSUPPORT = 97;

    /** The local address is taken. */
    public static final int EADDRINUSE = 98;

    /** Not an address of this machine. */
    public static final int EADDRNOTAVAIL = 99;

    /** The network is down. */
    public static final int ENETDOWN = 100;

    /** No route to that network. */
    public static final int ENETUNREACH = 101;

    /** The peer gave up before it was accepted. */
    public static final int ECONNABORTED = 103;

    /** The peer has reset the connection. */
    public static final int ECONNRESET = 104;

    /** Not connected. */
    public static final int ENOTCONN = 107;

    /** The network's time limit. */
    public static final int ETIMEDOUT = 110;

    /** Nobody listens there. */
    public static final int ECONNREFUSED = 111;

    /** No route to that host. */
    public static final int EHOSTUNREACH = 113;

    /** A connection is being made. */
    public static final int EINPROGRESS = 115;

    private static final MethodHandle STRERROR =
            Native.quick("strerror", FunctionDescriptor.of(Native.POINTER, Native.INT));

    private Errno() {}

    /** What the C library says to it. */
    @SuppressWarnings("restricted") // a C string of unknown length
    public static String text(int errno) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Of a call on a socket that has no address in its arguments. */
    public static SocketException failure(int errno) {
        return new SocketException(errno == ECONNRESET ? "Connection reset" : text(errno));
    }

    /** Of bind and listen. */
    public static SocketException bindFailure(int errno, SocketAddress address) {
        String message = text(errno) + ": " + text(address);
        return switch (errno) {
            case EADDRINUSE, EADDRNOTAVAIL, EACCES, 1 -> new BindException(message);
            default -> new SocketException(message);
        };
    }

    /** Of connect. */
    public static IOException connectFailure(int errno, SocketAddress address) {
        String message = text(errno) + ": " + text(address);
        return switch (errno) {
            case EHOSTUNREACH -> new NoRouteToHostException(message);
            case ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EPROTO, ENOENT ->
                    new ConnectException(message);
            case EADDRINUSE, EADDRNOTAVAIL, EACCES, 1 -> new BindException(message);
            default -> new SocketException(message);
        };
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress
                ? address.toString().replaceFirst("^/", "")
                : address.toString();
    }
}
