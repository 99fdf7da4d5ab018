package dev.jevent.internal.sys;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How this package calls the C library: method handles of three kinds, and where errno goes.
 *
 * <ul>
 *   <li>{@link #quick}: a call that never sleeps. The thread stays a Java thread meanwhile, so that
 *       a garbage collection waits for it, heap memory may be passed, and it costs least.
 *   <li>{@link #quickWithErrno}: the same, and its first argument says where errno is kept.
 *   <li>{@link #blockingWithErrno}: a call that may sleep.
 * </ul>
 *
 * The memory for errno is one segment a thread: nothing can switch greenlets between the call and
 * the look at the segment.
 */
public final class Native {

    /** A C {@code int}. */
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /** A C {@code long}, {@code size_t} or {@code ssize_t} on 64-bit Linux. */
    public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /** A pointer. */
    public static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Native() {}

    /** Whether this package's system calls exist here: Linux on a 64-bit machine. */
    public static boolean isAvailable() {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch");
        return os.equals("Linux") && (arch.equals("amd64") || arch.equals("aarch64"));
    }

    /** Whether the C library has the function. */
    public static boolean has(String name) {
        return LIBC.find(name).isPresent();
    }

    /** A call that never sleeps. */
    public static MethodHandle quick(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(address(name), type, Linker.Option.critical(true));
    }

    /** A call that never sleeps; errno goes to the segment that is its first argument. */
    public static MethodHandle quickWithErrno(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                address(name),
                type,
                Linker.Option.captureCallState("errno"),
                Linker.Option.critical(true));
    }

    /**
     * A system call that never sleeps; errno goes to the segment that is its first argument. The C
     * library's own function for it is a point where a thread may be cancelled, which costs two
     * atomic instructions a call in a process with threads; this goes around that.
     *
     * @param amd64 its number there, a part of Linux's interface that does not change
     * @param aarch64 its number there
     */
    static MethodHandle systemCallWithErrno(int amd64, int aarch64, FunctionDescriptor arguments) {
        MethodHandle call =
                LINKER.downcallHandle(
                        address("syscall"),
                        arguments.insertArgumentLayouts(0, LONG),
                        Linker.Option.firstVariadicArg(1),
                        Linker.Option.captureCallState("errno"),
                        Linker.Option.critical(true));
        boolean intel = System.getProperty("os.arch").equals("amd64");
        return MethodHandles.insertArguments(call, 1, (long) (intel ? amd64 : aarch64));
    }

    /** A call that may sleep; errno goes to the segment that is its first argument. */
    public static MethodHandle blockingWithErrno(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(address(name), type, Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment address(String name) {
        return LIBC.find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    }

    /** Memory for errno, freed with the arena. */
    public static MemorySegment newErrno(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    /** What the last call with this segment left in errno. */
    public static int errno(MemorySegment captured) {
        return (int) ERRNO.get(captured, 0L);
    }

    /** What cannot happen: a method handle threw what it does not declare. */
    public static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof RuntimeException runtime) {
            return runtime;
        }
        return new IllegalStateException(e);
    }
}
