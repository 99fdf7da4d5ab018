package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * epoll(7) and poll(2) that never sleep, level-triggered, for those who ask about descriptors
 * instead of waiting in a hub. They answer the negative errno; results lie in arrays of the caller.
 */
public final class PollCalls {

    /** Begins to watch; for {@link #control}. */
    public static final int ADD = 1;

    /** Ends the watch. */
    public static final int DELETE = 2;

    /** Changes what is watched. */
    public static final int MODIFY = 3;

    private static final int EPOLL_CLOEXEC = 0x80000;

    // struct epoll_event is packed on x86 and nowhere else
    private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));
    private static final int WORDS = PACKED ? 3 : 4;
    private static final int DATA = PACKED ? 1 : 2;

    private static final MethodHandle CREATE =
            Native.quickWithErrno("epoll_create1", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle CONTROL =
            Native.quickWithErrno("epoll_ctl", FunctionDescriptor.of(INT, INT, INT, INT, POINTER));
    private static final MethodHandle WAIT =
            Native.quickWithErrno("epoll_wait", FunctionDescriptor.of(INT, INT, POINTER, INT, INT));
    private static final MethodHandle POLL =
            Native.quickWithErrno("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));

    private PollCalls() {}

    private static int result(Scratch s, int result) {
        return result >= 0 ? result : -s.errno();
    }

    /** A new epoll instance, close-on-exec. */
    public static int create(Scratch s) {
        try {
            return result(s, (int) CREATE.invokeExact(s.errno, EPOLL_CLOEXEC));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Adds, changes or deletes a descriptor; 0 or negative errno.
     *
     * @param tag comes back with each of its events
     */
    public static int control(Scratch s, int epoll, int operation, int fd, int events, int tag) {
        s.address.set(INT, 0, events);
        s.address.set(INT, 4L * DATA, fd);
        s.address.set(INT, 4L * (DATA + 1), tag);
        try {
            return result(s, (int) CONTROL.invokeExact(s.errno, epoll, operation, fd, s.address));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Room for so many events. */
    public static int[] newEvents(int n) {
        return new int[n * WORDS];
    }

    /** How many events there is room for. */
    public static int capacity(int[] events) {
        return events.length / WORDS;
    }

    /** How many events there are now, at most as many as there is room for. */
    public static int look(Scratch s, int epoll, int[] events) {
        try {
            return result(
                    s,
                    (int)
                            WAIT.invokeExact(
                                    s.errno,
                                    epoll,
                                    MemorySegment.ofArray(events),
                                    capacity(events),
                                    0));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The descriptor of an event that {@link #look} found. */
    public static int fd(int[] events, int i) {
        return events[i * WORDS + DATA];
    }

    /** The tag that was last given for it. */
    public static int tag(int[] events, int i) {
        return events[i * WORDS + DATA + 1];
    }

    /** What it is ready for: bits of {@link Epoll}. */
    public static int ready(int[] events, int i) {
        return events[i * WORDS];
    }

    /**
     * poll(2).
     *
     * @param polled two numbers for each: the descriptor, and what is wanted; the upper half of the
     *     latter is the answer
     */
    public static int poll(Scratch s, int[] polled) {
        try {
            return result(
                    s,
                    (int)
                            POLL.invokeExact(
                                    s.errno,
                                    MemorySegment.ofArray(polled),
                                    (long) polled.length / 2,
                                    0));
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
