package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The system calls of files that the JDK does not make. Any thread. */
public final class FileCalls {

    private static final int O_PATH = 0x200000;
    private static final int O_CLOEXEC = 0x80000;

    private static final MethodHandle OPEN =
            Native.blockingWithErrno("open", FunctionDescriptor.of(INT, POINTER, INT));

    private FileCalls() {}

    /**
     * A handle for whatever is there, links followed. The thing itself is not opened: a FIFO does
     * not wait and a device does not notice. What it is can be seen, and it can be opened, as
     * {@code /proc/self/fd/N}, whatever becomes of its name meanwhile.
     *
     * @param path in UTF-8
     * @return the descriptor, to be closed; or negative errno
     */
    public static int openPath(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            MemorySegment errno = Native.newErrno(arena);
            int fd = (int) OPEN.invokeExact(errno, name, O_PATH | O_CLOEXEC);
            return fd >= 0 ? fd : -Native.errno(errno);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
