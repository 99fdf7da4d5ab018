package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One epoll instance with the eventfd that wakes it; epoll(7), eventfd(2). All methods belong to
 * the thread that polls, except {@link #wakeup}, which any thread may call at any time.
 */
public final class Epoll implements AutoCloseable {

    /** Ready to be read; the same bits as in the kernel. */
    public static final int IN = 0x001;

    /** Ready to be written. */
    public static final int OUT = 0x004;

    /** An error; always reported. */
    public static final int ERR = 0x008;

    /** Both directions are shut down; always reported. */
    public static final int HUP = 0x010;

    /** The peer will send no more. */
    public static final int RDHUP = 0x2000;

    /** Reported once, until armed again. */
    public static final int ONESHOT = 1 << 30;

    /** Reported when it becomes ready, not while it is. */
    public static final int EDGE = 1 << 31;

    private static final int CTL_ADD = 1;
    private static final int CTL_DEL = 2;
    private static final int CTL_MOD = 3;
    private static final int CLOEXEC = 0x80000;
    private static final int NONBLOCK = 0x800;
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int EBADF = 9;
    private static final int EEXIST = 17;

    /**
     * As many as the loop runs before it looks again. The rest stays in the kernel's list, in its
     * order: whoever is told of an event then runs while his memory is still in the processor's
     * cache. With 1,024, and 1,000 busy connections, an echo took 4 % more.
     */
    public static final int MOST_EVENTS = 64;

    // struct epoll_event is packed on x86 and nowhere else
    private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int DATA = PACKED ? 4 : 8;
    private static final ValueLayout.OfInt INT_AT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG_AT = ValueLayout.JAVA_LONG_UNALIGNED;

    private static final MethodHandle CREATE =
            Native.quickWithErrno("epoll_create1", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle CTL =
            Native.quickWithErrno("epoll_ctl", FunctionDescriptor.of(INT, INT, INT, INT, POINTER));
    private static final MethodHandle WAIT_NOW =
            Native.quick("epoll_wait", FunctionDescriptor.of(INT, INT, POINTER, INT, INT));
    private static final MethodHandle WAIT =
            Native.blockingWithErrno(
                    "epoll_wait", FunctionDescriptor.of(INT, INT, POINTER, INT, INT));
    // nanoseconds; Linux 5.11 and glibc 2.35
    private static final MethodHandle WAIT_NANOS =
            Native.has("epoll_pwait2")
                    ? Native.blockingWithErrno(
                            "epoll_pwait2",
                            FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER, POINTER))
                    : null;
    private static final MethodHandle EVENTFD =
            Native.quickWithErrno("eventfd", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle WRITE =
            Native.quick("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle CLOSE =
            Native.quick("close", FunctionDescriptor.of(INT, INT));

    private static final VarHandle WAKERS;
    private static final int CLOSED = 1 << 31;

    static {
        try {
            WAKERS = MethodHandles.lookup().findVarHandle(Epoll.class, "wakers", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Arena arena = Arena.ofAuto(); // freed when nobody can call any more
    private final MemorySegment errno = Native.newErrno(arena);
    private final MemorySegment events = arena.allocate((long) MOST_EVENTS * EVENT_SIZE, 16);
    private final MemorySegment event = arena.allocate(16, 8);
    private final MemorySegment timespec = arena.allocate(16, 8);
    private final MemorySegment one = arena.allocate(8, 8);
    private final int epfd;
    private final int eventfd;
    private boolean nanosWork = WAIT_NANOS != null;

    @SuppressWarnings("UnusedVariable") // through its handle
    private int wakers; // any thread: how many are inside of wakeup(); CLOSED added by close()

    /**
     * Makes both descriptors.
     *
     * @throws IllegalStateException if the process has too many open files
     */
    public Epoll() {
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        try {
            epfd = check("epoll_create1", (int) CREATE.invokeExact(errno, CLOEXEC));
            eventfd = check("eventfd", (int) EVENTFD.invokeExact(errno, 0, CLOEXEC | NONBLOCK));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
        // each write is an edge: nobody has to read the counter back
        int failure = add(eventfd, IN | EDGE);
        if (failure != 0) {
            throw failure("epoll_ctl", failure);
        }
    }

    private int check(String call, int result) {
        if (result < 0) {
            throw failure(call, Native.errno(errno));
        }
        return result;
    }

    private static IllegalStateException failure(String call, int errno) {
        return new IllegalStateException(
                "cannot make a hub: " + call + " failed with errno " + errno);
    }

    /** The descriptor that {@link #wakeup} makes readable. */
    public int eventFd() {
        return eventfd;
    }

    /** Begins to watch a descriptor. 0 or errno. */
    public int add(int fd, int interest) {
        int failure = ctl(CTL_ADD, fd, interest);
        return failure == EEXIST ? ctl(CTL_MOD, fd, interest) : failure;
    }

    /** Changes what is watched, or begins to watch. 0 or errno. */
    public int modify(int fd, int interest) {
        int failure = ctl(CTL_MOD, fd, interest);
        return failure == ENOENT ? ctl(CTL_ADD, fd, interest) : failure;
    }

    /** Ends the watch; a descriptor that is closed or unknown is no error. */
    public void remove(int fd) {
        ctl(CTL_DEL, fd, 0);
    }

    /** As {@link #remove}, but on any thread, and also when this is closed already. */
    public void removeFromOutside(int fd) {
        boolean open = (int) WAKERS.getAndAdd(this, 1) >= 0; // as in wakeup()
        try {
            if (open) {
                int ignored =
                        (int)
                                CTL.invokeExact(
                                        Scratch.ofThread().errno,
                                        epfd,
                                        CTL_DEL,
                                        fd,
                                        MemorySegment.NULL);
            }
        } catch (Throwable e) {
            throw Native.unexpected(e);
        } finally {
            WAKERS.getAndAdd(this, -1);
        }
    }

    /** Whether an {@link #await} would find something. Any thread. */
    public boolean hasEvents() {
        boolean open = (int) WAKERS.getAndAdd(this, 1) >= 0; // as in wakeup()
        try {
            return open && PollCalls.poll(Scratch.ofThread(), new int[] {epfd, IN}) > 0;
        } finally {
            WAKERS.getAndAdd(this, -1);
        }
    }

    private int ctl(int operation, int fd, int interest) {
        event.set(INT_AT, 0, interest);
        event.set(LONG_AT, DATA, fd);
        try {
            int result = (int) CTL.invokeExact(errno, epfd, operation, fd, event);
            return result == 0 ? 0 : Native.errno(errno);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Waits until something is ready, somebody calls {@link #wakeup} or the time is over. A signal
     * may end it early.
     *
     * @param nanos 0 looks only; negative waits without end
     * @return how many events {@link #fd} and {@link #ready} can be asked for
     */
    public int await(long nanos) {
        try {
            int n;
            if (nanos == 0) {
                n = (int) WAIT_NOW.invokeExact(epfd, events, MOST_EVENTS, 0);
                return Math.max(n, 0);
            }
            if (nanos < 0) {
                n = (int) WAIT.invokeExact(errno, epfd, events, MOST_EVENTS, -1);
            } else if (nanosWork) {
                timespec.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000L);
                timespec.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000L);
                n =
                        (int)
                                WAIT_NANOS.invokeExact(
                                        errno,
                                        epfd,
                                        events,
                                        MOST_EVENTS,
                                        timespec,
                                        MemorySegment.NULL);
            } else {
                // rounded up: a timer is never early
                int millis = (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
                n = (int) WAIT.invokeExact(errno, epfd, events, MOST_EVENTS, millis);
            }
            return n >= 0 ? n : afterFailure(nanos);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    private int afterFailure(long nanos) {
        int failure = Native.errno(errno);
        if (failure == EINTR) {
            return 0;
        }
        if (nanosWork && nanos > 0 && failure != EBADF) {
            // a kernel older than the C library
            nanosWork = false;
            return await(nanos);
        }
        throw failure("epoll_wait", failure);
    }

    /** The descriptor of event {@code i} of the last {@link #await}. */
    public int fd(int i) {
        return (int) events.get(LONG_AT, (long) i * EVENT_SIZE + DATA);
    }

    /** What is ready, for event {@code i} of the last {@link #await}. */
    public int ready(int i) {
        return events.get(INT_AT, (long) i * EVENT_SIZE);
    }

    /** Ends an {@link #await}, the current or the next one. Any thread. */
    public void wakeup() {
        // Whoever has seen that it is open is counted, and close() waits for him: the number of a
        // closed descriptor may belong to another file, into which this would write.
        boolean open = (int) WAKERS.getAndAdd(this, 1) >= 0;
        try {
            if (open) {
                long ignored = (long) WRITE.invokeExact(eventfd, one, 8L);
            }
        } catch (Throwable e) {
            throw Native.unexpected(e);
        } finally {
            WAKERS.getAndAdd(this, -1);
        }
    }

    /** Closes both descriptors. Does nothing the second time. */
    @Override
    public void close() {
        if ((int) WAKERS.getAndBitwiseOr(this, CLOSED) < 0) {
            return;
        }
        while ((int) WAKERS.getVolatile(this) != CLOSED) {
            Thread.yield(); // until a wakeup that has begun has made its one system call
        }
        try {
            int ignored = (int) CLOSE.invokeExact(epfd);
            ignored = (int) CLOSE.invokeExact(eventfd);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
