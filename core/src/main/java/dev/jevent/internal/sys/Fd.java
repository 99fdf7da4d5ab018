package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The system calls that any descriptor has: a socket, a pipe, a terminal. Those that can fail
 * answer the negative errno. A call needs a {@link Scratch} that nobody else uses meanwhile.
 */
public final class Fd {

    /** There is something to read, or the end; see poll(2). */
    public static final int POLLIN = 1;

    /** Something can be written. */
    public static final int POLLOUT = 4;

    /** An error is pending. */
    public static final int POLLERR = 8;

    /** The other side has hung up. */
    public static final int POLLHUP = 16;

    /** This is no open descriptor. */
    public static final int POLLNVAL = 32;

    private static final int O_NONBLOCK = 0x800;
    private static final int O_ACCMODE = 3;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private static final FunctionDescriptor BUFFER =
            FunctionDescriptor.of(LONG, INT, POINTER, LONG);

    private static final MethodHandle READ = Native.quickWithErrno("read", BUFFER);
    private static final MethodHandle WRITE = Native.quickWithErrno("write", BUFFER);
    private static final MethodHandle CLOSE =
            Native.quick("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle PIPE =
            Native.quickWithErrno("pipe2", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle POLL =
            Native.quickWithErrno("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));
    private static final MethodHandle FCNTL =
            Native.quickWithErrno("fcntl", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle SEND_FILE =
            Native.blockingWithErrno(
                    "sendfile", FunctionDescriptor.of(LONG, INT, INT, POINTER, LONG));

    private Fd() {}

    private static int result(Scratch s, int result) {
        return result >= 0 ? result : -s.errno();
    }

    /** Bytes read, 0 at the end, or negative errno. The descriptor must not block. */
    public static int read(Scratch s, int fd, byte[] b, int off, int len) {
        MemorySegment to = MemorySegment.ofArray(b).asSlice(off, len);
        try {
            return result(s, (int) (long) READ.invokeExact(s.errno, fd, to, (long) len));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Bytes written, or negative errno. The descriptor must not block. */
    public static int write(Scratch s, int fd, byte[] b, int off, int len) {
        MemorySegment from = MemorySegment.ofArray(b).asSlice(off, len);
        try {
            return result(s, (int) (long) WRITE.invokeExact(s.errno, fd, from, (long) len));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Closes it; the number is free afterwards, whatever happens. */
    public static void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * A pipe; {@link #first} is the end to read from and {@link #second} the one to write to. Both
     * are non-blocking and close-on-exec. 0 or negative errno.
     */
    public static int pipe(Scratch s) {
        try {
            return result(s, (int) PIPE.invokeExact(s.errno, s.value, O_NONBLOCK | O_CLOEXEC));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The first of the two descriptors that the last call left in the scratch. */
    public static int first(Scratch s) {
        return s.value();
    }

    /** The second one. */
    public static int second(Scratch s) {
        return s.secondValue();
    }

    /** Whether it is open and does not block. */
    public static boolean isNonBlocking(Scratch s, int fd) {
        int flags = control(s, fd, F_GETFL, 0);
        return flags >= 0 && (flags & O_NONBLOCK) != 0;
    }

    /** What it was opened for: 0 to read, 1 to write, 2 both. It is open. */
    public static int direction(Scratch s, int fd) {
        return control(s, fd, F_GETFL, 0) & O_ACCMODE;
    }

    /**
     * Makes it block or not. That belongs to the open file and not to the descriptor: whoever has a
     * duplicate, another process perhaps, sees the change. 0 or negative errno.
     */
    public static int nonBlocking(Scratch s, int fd, boolean on) {
        int flags = control(s, fd, F_GETFL, 0);
        if (flags < 0) {
            return flags;
        }
        int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        return wanted == flags ? 0 : control(s, fd, F_SETFL, wanted);
    }

    /** Programs that are started from now on do not inherit it. 0 or negative errno. */
    public static int closeOnExec(Scratch s, int fd) {
        return control(s, fd, F_SETFD, FD_CLOEXEC);
    }

    /** Another number for the same open file, close-on-exec; or negative errno. */
    public static int duplicate(Scratch s, int fd) {
        return control(s, fd, F_DUPFD_CLOEXEC, 0);
    }

    private static int control(Scratch s, int fd, int command, int argument) {
        try {
            return result(s, (int) FCNTL.invokeExact(s.errno, fd, command, argument));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** What of the events is there now, and errors; does not wait. Or negative errno. */
    public static int poll(Scratch s, int fd, int events) {
        s.value(fd, events); // struct pollfd: fd, and two shorts, of which the second is the answer
        try {
            int result = result(s, (int) POLL.invokeExact(s.errno, s.value, 1L, 0));
            return result < 0 ? result : s.secondValue() >>> 16;
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Copies from a file to a socket, in the kernel. What is not in memory yet is read from the
     * disk meanwhile. Bytes copied, 0 at the end of the file, or negative errno.
     */
    public static int sendFile(Scratch s, int out, int in, long offset, int count) {
        s.longValue(offset);
        try {
            return result(
                    s, (int) (long) SEND_FILE.invokeExact(s.errno, out, in, s.value, (long) count));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
