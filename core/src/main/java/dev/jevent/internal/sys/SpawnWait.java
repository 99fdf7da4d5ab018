package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Children: how they end, and signals to them; pidfd_open(2), waitid(2), kill(2). Whoever calls for
 * a process makes sure that it is a child that nobody has collected yet, else its number may be
 * another one's.
 */
public final class SpawnWait {

    /** It has not ended yet. */
    public static final int RUNS = Integer.MIN_VALUE;

    /** Somebody else has collected it: native code that waits for any child. */
    public static final int COLLECTED_BY_ANOTHER = 255;

    private static final int EPERM = 1;
    private static final int ESRCH = 3;
    private static final int EINVAL = 22;
    private static final int SIGCHLD = 17;
    private static final int P_PID = 1;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int CLD_EXITED = 1;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424; // on all machines
    private static final long SYS_PIDFD_OPEN = 434;
    private static final long PIDFD_SIGNAL_PROCESS_GROUP = 4; // Linux 6.9

    private static final int INFO_SIZE = 128; // siginfo_t
    private static final int CODE = 8;
    private static final int PID = 16;
    private static final int STATUS = 24;

    private static final FunctionDescriptor WAIT_TYPE =
            FunctionDescriptor.of(INT, INT, INT, POINTER, INT);
    private static final MethodHandle WAIT_NOW = Native.quickWithErrno("waitid", WAIT_TYPE);
    private static final MethodHandle WAIT = Native.blockingWithErrno("waitid", WAIT_TYPE);
    private static final MethodHandle KILL =
            Native.quickWithErrno("kill", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle SYSCALL =
            Native.quickWithErrno(
                    "syscall", FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG));
    private static final MethodHandle SIGNAL =
            Native.quick("signal", FunctionDescriptor.of(POINTER, INT, POINTER));
    private static final MethodHandle SIGACTION =
            Native.quick("sigaction", FunctionDescriptor.of(INT, INT, POINTER, POINTER));

    private static final boolean HAS_PIDFD;
    private static final boolean HAS_GROUPS;

    static {
        Scratch s = Scratch.ofThread();
        int fd = open(s, (int) ProcessHandle.current().pid());
        // The probes fail for another reason where the system knows them: this is no child, and 0
        // only asks.
        HAS_PIDFD = fd >= 0 && waitNow(s, P_PIDFD, fd, info()) != -EINVAL;
        HAS_GROUPS = fd >= 0 && signal(s, fd, 0, PIDFD_SIGNAL_PROCESS_GROUP) != -EINVAL;
        if (fd >= 0) {
            Fd.close(fd);
        }
        collectChildren();
    }

    private SpawnWait() {}

    /** Where SIGCHLD is ignored, which a process may inherit, the kernel keeps no exit status. */
    private static void collectChildren() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(256, 8); // its first field is the handler
            int failed = (int) SIGACTION.invokeExact(SIGCHLD, MemorySegment.NULL, action);
            if (failed == 0 && action.get(ValueLayout.JAVA_LONG, 0) == 1) {
                MemorySegment ignored =
                        (MemorySegment) SIGNAL.invokeExact(SIGCHLD, MemorySegment.NULL);
            }
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Whether a child can be waited for by its descriptor: Linux 5.4. */
    public static boolean hasPidfd() {
        return HAS_PIDFD;
    }

    /** A descriptor, close-on-exec, that is readable when the process has ended; or -errno. */
    public static int open(Scratch s, int pid) {
        return syscall(s, SYS_PIDFD_OPEN, pid, 0, 0, 0);
    }

    /** 0 or negative errno. */
    public static int signal(Scratch s, int pidfd, int signal) {
        return signal(s, pidfd, signal, 0);
    }

    private static int signal(Scratch s, int pidfd, int signal, long flags) {
        return syscall(s, SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, flags);
    }

    /**
     * Sends a signal to the group that the process leads, or led: its descriptor tells that group
     * from a later one of the same number. 0 or negative errno.
     *
     * @param pidfd negative if there is none
     */
    public static int signalGroup(Scratch s, int pidfd, int pid, int signal) {
        return pidfd >= 0 && HAS_GROUPS
                ? signal(s, pidfd, signal, PIDFD_SIGNAL_PROCESS_GROUP)
                : kill(s, -pid, signal);
    }

    /** Whether a member of the group lives; right after its leader was collected. */
    public static boolean hasMembers(Scratch s, int pidfd, int pid) {
        int result = signalGroup(s, pidfd, pid, 0);
        return result == 0 || result == -EPERM;
    }

    /** Whether the result of a signal says that there is nobody. */
    public static boolean isNobody(int result) {
        return result == -ESRCH;
    }

    /** 0 or negative errno. */
    public static int kill(Scratch s, int pid, int signal) {
        try {
            int result = (int) KILL.invokeExact(s.errno, pid, signal);
            return result >= 0 ? result : -s.errno();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    private static int syscall(Scratch s, long number, long a, long b, long c, long d) {
        try {
            long result = (long) SYSCALL.invokeExact(s.errno, number, a, b, c, d);
            return result >= 0 ? (int) result : -s.errno();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /**
     * Collects a child if it has ended.
     *
     * @param pidfd of it; negative if there is none
     * @return its exit code, or the negative number of the signal that has killed it; or {@link
     *     #RUNS}
     */
    public static int collect(Scratch s, int pidfd, int pid) {
        MemorySegment info = info();
        int type = pidfd >= 0 ? P_PIDFD : P_PID;
        int failure;
        do {
            failure = waitNow(s, type, pidfd >= 0 ? pidfd : pid, info);
        } while (failure == -Errno.EINTR);
        if (failure != 0) {
            return COLLECTED_BY_ANOTHER;
        }
        if (info.get(ValueLayout.JAVA_INT, PID) == 0) {
            return RUNS;
        }
        int status = info.get(ValueLayout.JAVA_INT, STATUS);
        return info.get(ValueLayout.JAVA_INT, CODE) == CLD_EXITED ? status : -status;
    }

    private static MemorySegment info() {
        return MemorySegment.ofArray(new long[INFO_SIZE / 8]);
    }

    private static int waitNow(Scratch s, int type, int id, MemorySegment info) {
        try {
            int result = (int) WAIT_NOW.invokeExact(s.errno, type, id, info, WEXITED | WNOHANG);
            return result >= 0 ? 0 : -s.errno();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Sleeps until the child has ended, and does not collect it. */
    public static void awaitEnd(int pid) {
        Scratch s = Scratch.ofThread();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, 8);
            int result;
            do {
                result = (int) WAIT.invokeExact(s.errno, P_PID, pid, info, WEXITED | WNOWAIT);
            } while (result < 0 && s.errno() == Errno.EINTR);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
