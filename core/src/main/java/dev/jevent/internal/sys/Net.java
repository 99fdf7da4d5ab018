package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;
import static dev.jevent.internal.sys.Native.POINTER;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The system calls of sockets; socket(7), ip(7), tcp(7), udp(7), unix(7). All descriptors made here
 * are non-blocking and close-on-exec, so that each call returns at once, and those that can fail
 * answer the negative errno. Nothing here allocates, but for addresses.
 *
 * <p>Every call needs a {@link Scratch} that nobody else uses meanwhile.
 */
public final class Net {

    /** A call receives at most so many bytes: a garbage collection waits for it. */
    public static final int MOST = 64 * 1024;

    /** A call sends at most so many; more at once than it receives is worth a tenth of the time. */
    public static final int MOST_SENT = 128 * 1024;

    /** The level of {@code SO_…} options. */
    public static final int SOL_SOCKET = 1;

    /** The level of {@code IP_…} options. */
    public static final int IPPROTO_IP = 0;

    /** The level of {@code TCP_…} options. */
    public static final int IPPROTO_TCP = 6;

    /** The level of {@code IPV6_…} options. */
    public static final int IPPROTO_IPV6 = 41;

    /** See socket(7). */
    public static final int SO_REUSEADDR = 2;

    /** See socket(7). */
    public static final int SO_LINGER = 13;

    /** The receiving half, for {@link #shutdown}. */
    public static final int SHUT_RD = 0;

    /** The sending half. */
    public static final int SHUT_WR = 1;

    /** The family of Unix-domain sockets, as {@link #SO_DOMAIN} tells it. */
    public static final int AF_UNIX = 1;

    /** The family of IPv4. */
    public static final int AF_INET = 2;

    /** The family of IPv6. */
    public static final int AF_INET6 = 10;

    /** A stream, as {@link #SO_TYPE} tells it. */
    public static final int SOCK_STREAM = 1;

    /** Datagrams. */
    public static final int SOCK_DGRAM = 2;

    /** Whether the descriptor is a stream or something else; see socket(7). */
    public static final int SO_TYPE = 3;

    /** The pending error, which is taken by asking. */
    public static final int SO_ERROR = 4;

    /** Whether it listens. */
    public static final int SO_ACCEPTCONN = 30;

    /** The family of the socket. */
    public static final int SO_DOMAIN = 39;

    /** For {@link #receive}: leaves the datagram where it is. */
    public static final int MSG_PEEK = 2;

    /** For {@link #receive}: the answer is how long the datagram was, even if it was cut. */
    public static final int MSG_TRUNC = 0x20;

    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;

    // A socket that a child has too may block, for both.
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SENDING = MSG_NOSIGNAL | MSG_DONTWAIT;
    private static final int IPV6_V6ONLY = 26;
    private static final long FIONREAD = 0x541B;

    private static final FunctionDescriptor INTS_TO_INT = FunctionDescriptor.of(INT, INT, INT, INT);
    private static final FunctionDescriptor BUFFER_TO_LONG =
            FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, LONG, LONG);
    private static final FunctionDescriptor ADDRESS_TO_INT =
            FunctionDescriptor.of(INT, INT, POINTER, INT);
    private static final FunctionDescriptor GET_ADDRESS =
            FunctionDescriptor.of(INT, INT, POINTER, POINTER);

    private static final MethodHandle SOCKET = Native.quickWithErrno("socket", INTS_TO_INT);
    private static final MethodHandle BIND = Native.quickWithErrno("bind", ADDRESS_TO_INT);
    private static final MethodHandle LISTEN =
            Native.quickWithErrno("listen", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle ACCEPT =
            Native.quickWithErrno(
                    "accept4", FunctionDescriptor.of(INT, INT, POINTER, POINTER, INT));
    private static final MethodHandle CONNECT = Native.quickWithErrno("connect", ADDRESS_TO_INT);
    private static final MethodHandle RECV = withoutAddress(45, 207);
    private static final MethodHandle SEND = withoutAddress(44, 206);
    private static final MethodHandle SHUTDOWN =
            Native.quickWithErrno("shutdown", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle CLOSE_AND_LINGER =
            Native.blockingWithErrno("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle SET_OPTION =
            Native.quickWithErrno(
                    "setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
    private static final MethodHandle GET_OPTION =
            Native.quickWithErrno(
                    "getsockopt", FunctionDescriptor.of(INT, INT, INT, INT, POINTER, POINTER));
    private static final MethodHandle LOCAL_ADDRESS =
            Native.quickWithErrno("getsockname", GET_ADDRESS);
    private static final MethodHandle REMOTE_ADDRESS =
            Native.quickWithErrno("getpeername", GET_ADDRESS);
    private static final MethodHandle PAIR =
            Native.quickWithErrno("socketpair", FunctionDescriptor.of(INT, INT, INT, INT, POINTER));
    private static final MethodHandle RECEIVE =
            Native.quickWithErrno(
                    "recvfrom",
                    FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, POINTER));
    private static final MethodHandle SEND_TO =
            Native.quickWithErrno(
                    "sendto", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT, POINTER, INT));
    private static final MethodHandle IOCTL =
            Native.quickWithErrno("ioctl", FunctionDescriptor.of(INT, INT, LONG, POINTER));

    private static final boolean IPV6 = hasIpv6();

    static {
        // Loaded now: when it is needed there may be no descriptor left to read a class with.
        Errno.text(Errno.EAGAIN);
    }

    private Net() {}

    /** recvfrom(2) or sendto(2) with no address, which are recv and send. */
    private static MethodHandle withoutAddress(int amd64, int aarch64) {
        MethodHandle call = Native.systemCallWithErrno(amd64, aarch64, BUFFER_TO_LONG);
        return MethodHandles.insertArguments(call, 5, 0L, 0L);
    }

    private static boolean hasIpv6() {
        if (Boolean.getBoolean("java.net.preferIPv4Stack")) {
            return false;
        }
        try {
            // the file is there and empty when the machine has no IPv6 address, not even ::1
            if (Files.readString(Path.of("/proc/net/if_inet6")).isEmpty()) {
                return false;
            }
        } catch (IOException e) {
            return false;
        }
        int fd = open(new Scratch(), AF_INET6, SOCK_STREAM);
        if (fd < 0) {
            return false;
        }
        Fd.close(fd);
        return true;
    }

    /** Whether sockets of both families can be made. */
    public static boolean ipv6() {
        return IPV6;
    }

    /** A TCP socket for IPv4, or for both families; or negative errno. */
    public static int socket(Scratch s, boolean ipv6) {
        return internet(s, ipv6, SOCK_STREAM);
    }

    /** A UDP socket for IPv4, or for both families; or negative errno. */
    public static int datagramSocket(Scratch s, boolean ipv6) {
        return internet(s, ipv6, SOCK_DGRAM);
    }

    /** A Unix-domain stream socket, or negative errno. */
    public static int unixSocket(Scratch s) {
        return open(s, AF_UNIX, SOCK_STREAM);
    }

    private static int internet(Scratch s, boolean ipv6, int type) {
        int fd = open(s, ipv6 ? AF_INET6 : AF_INET, type);
        if (fd >= 0 && ipv6) {
            int result = setOption(s, fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
            if (result < 0) {
                Fd.close(fd);
                return result;
            }
        }
        return fd;
    }

    private static int open(Scratch s, int family, int kind) {
        try {
            int type = kind | SOCK_NONBLOCK | SOCK_CLOEXEC;
            return result(s, (int) SOCKET.invokeExact(s.errno, family, type, 0));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Two Unix-domain stream sockets that are connected: {@link Fd#first} and {@link Fd#second}. 0
     * or negative errno.
     */
    public static int pair(Scratch s) {
        try {
            int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
            return result(s, (int) PAIR.invokeExact(s.errno, AF_UNIX, type, 0, s.value));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    private static int result(Scratch s, int result) {
        return result >= 0 ? result : -s.errno();
    }

    /** 0 or negative errno. */
    public static int bind(Scratch s, int fd, SocketAddress address, boolean ipv6) {
        int length = SocketAddressMemory.write(s.address, address, ipv6);
        if (length < 0) {
            return length;
        }
        try {
            return result(s, (int) BIND.invokeExact(s.errno, fd, s.address, length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** 0 or negative errno. */
    public static int listen(Scratch s, int fd, int backlog) {
        try {
            return result(s, (int) LISTEN.invokeExact(s.errno, fd, backlog));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The descriptor of the next connection, whose peer is {@link #address}; or negative errno. */
    public static int accept(Scratch s, int fd) {
        s.length(SocketAddressMemory.SIZE);
        try {
            return result(
                    s,
                    (int)
                            ACCEPT.invokeExact(
                                    s.errno,
                                    fd,
                                    s.address,
                                    s.length,
                                    SOCK_NONBLOCK | SOCK_CLOEXEC));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The address that the last {@link #accept} or {@link #receive} left in the scratch. */
    public static SocketAddress address(Scratch s) {
        return SocketAddressMemory.read(s.address, s.length());
    }

    /**
     * 0 or negative errno; {@link Errno#EINPROGRESS} is the usual one. Called again, it says how
     * the attempt goes on or went.
     */
    public static int connect(Scratch s, int fd, SocketAddress address, boolean ipv6) {
        int length = SocketAddressMemory.write(s.address, address, ipv6);
        if (length < 0) {
            return length;
        }
        try {
            return result(s, (int) CONNECT.invokeExact(s.errno, fd, s.address, length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Bytes received, 0 at the end of the stream, or negative errno. */
    public static int recv(Scratch s, int fd, byte[] b, int off, int len) {
        MemorySegment to = MemorySegment.ofArray(b).asSlice(off, len);
        try {
            return result(
                    s, (int) (long) RECV.invokeExact(s.errno, fd, to, (long) len, MSG_DONTWAIT));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Bytes sent, which may be less than asked for, or negative errno. */
    public static int send(Scratch s, int fd, byte[] b, int off, int len) {
        MemorySegment from = MemorySegment.ofArray(b).asSlice(off, len);
        try {
            return result(s, (int) (long) SEND.invokeExact(s.errno, fd, from, (long) len, SENDING));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Receives a datagram, whose sender is {@link #address}.
     *
     * @param flags {@link #MSG_PEEK} and {@link #MSG_TRUNC}, or 0
     * @return its length, or negative errno
     */
    public static int receive(Scratch s, int fd, byte[] b, int off, int len, int flags) {
        MemorySegment to = MemorySegment.ofArray(b).asSlice(off, len);
        s.length(SocketAddressMemory.SIZE);
        try {
            return result(
                    s,
                    (int)
                            (long)
                                    RECEIVE.invokeExact(
                                            s.errno,
                                            fd,
                                            to,
                                            (long) len,
                                            flags,
                                            s.address,
                                            s.length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Sends a datagram to an address; its length, or negative errno. */
    public static int sendTo(
            Scratch s, int fd, byte[] b, int off, int len, SocketAddress address, boolean ipv6) {
        MemorySegment from = MemorySegment.ofArray(b).asSlice(off, len);
        int length = SocketAddressMemory.write(s.address, address, ipv6);
        if (length < 0) {
            return length;
        }
        try {
            return result(
                    s,
                    (int)
                            (long)
                                    SEND_TO.invokeExact(
                                            s.errno,
                                            fd,
                                            from,
                                            (long) len,
                                            MSG_NOSIGNAL,
                                            s.address,
                                            length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Bytes that can be received at once, or negative errno. */
    public static int available(Scratch s, int fd) {
        try {
            int result = result(s, (int) IOCTL.invokeExact(s.errno, fd, FIONREAD, s.value));
            return result < 0 ? result : s.value();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** 0 or negative errno. */
    public static int shutdown(Scratch s, int fd, int half) {
        try {
            return result(s, (int) SHUTDOWN.invokeExact(s.errno, fd, half));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Closes it, and waits as long as {@link #SO_LINGER} says. */
    public static void closeAndLinger(int fd) {
        try {
            int ignored = (int) CLOSE_AND_LINGER.invokeExact(Scratch.ofThread().errno, fd);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Sets an option that is an int; 0 or negative errno. */
    public static int setOption(Scratch s, int fd, int level, int option, int value) {
        return setOption(s, fd, level, option, value, 0, 4);
    }

    /** Sets {@link #SO_LINGER}: seconds, or negative for none; 0 or negative errno. */
    public static int setLinger(Scratch s, int fd, int seconds) {
        int on = seconds >= 0 ? 1 : 0;
        return setOption(s, fd, SOL_SOCKET, SO_LINGER, on, Math.max(seconds, 0), 8);
    }

    private static int setOption(
            Scratch s, int fd, int level, int option, int first, int second, int length) {
        s.value(first, second);
        try {
            return result(
                    s, (int) SET_OPTION.invokeExact(s.errno, fd, level, option, s.value, length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Reads an option, for {@link #value}; 0 or negative errno. */
    public static int getOption(Scratch s, int fd, int level, int option) {
        s.length(8);
        try {
            return result(
                    s, (int) GET_OPTION.invokeExact(s.errno, fd, level, option, s.value, s.length));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The value that the last {@link #getOption} read. */
    public static int value(Scratch s) {
        return s.value();
    }

    /** The {@link #SO_LINGER} that the last {@link #getOption} read: seconds, or -1 for none. */
    public static int linger(Scratch s) {
        return s.value() == 0 ? -1 : s.secondValue();
    }

    /** The address that a socket is bound to; null if it has failed. */
    public static SocketAddress localAddress(Scratch s, int fd) {
        s.length(SocketAddressMemory.SIZE);
        try {
            int result = (int) LOCAL_ADDRESS.invokeExact(s.errno, fd, s.address, s.length);
            return result < 0 ? null : address(s);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The address that a socket is connected to; null if it is not. */
    public static SocketAddress remoteAddress(Scratch s, int fd) {
        s.length(SocketAddressMemory.SIZE);
        try {
            int result = (int) REMOTE_ADDRESS.invokeExact(s.errno, fd, s.address, s.length);
            return result < 0 ? null : address(s);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
