package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.LONG;
import static dev.jevent.internal.sys.Native.POINTER;

import dev.jevent.internal.SpinLock;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * The system calls of files, pipes and terminals that the JDK does not make: reading what is in
 * memory already and opening without waiting. Any thread.
 */
public final class PipeCalls {

    /** For {@link #open}. */
    public static final int O_RDONLY = 0;

    /** For {@link #open}. */
    public static final int O_WRONLY = 1;

    /** No such file, or nobody is at the other end of a FIFO. */
    public static final int ENXIO = 6;

    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_NOCTTY = 0x100;
    private static final int RWF_NOWAIT = 8;

    private static final MethodHandle OPEN =
            Native.quickWithErrno("open", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle READ_NOW =
            Native.has("preadv2")
                    ? Native.quickWithErrno(
                            "preadv2", FunctionDescriptor.of(LONG, INT, POINTER, INT, LONG, INT))
                    : null;

    /** Where the kernel puts what it reads. One caller at a time. */
    private static final class Stage {
        static final int SIZE = 1 << 16;

        final Arena arena = Arena.ofAuto();
        final MemorySegment errno = Native.newErrno(arena);
        final MemorySegment vector = arena.allocate(16, 8); // struct iovec
        final MemorySegment bytes = arena.allocate(SIZE, 64);
        final ByteBuffer view = bytes.asByteBuffer();

        Stage() {
            vector.set(ValueLayout.ADDRESS, 0, bytes);
        }
    }

    private static final SpinLock LOCK = new SpinLock();
    private static final Stage[] IDLE = new Stage[8]; // guarded by LOCK
    private static int idle; // guarded by LOCK

    private PipeCalls() {}

    /** Whether {@link #readNow} can be called. */
    public static boolean canReadNow() {
        return READ_NOW != null;
    }

    private static Stage take() {
        LOCK.lock();
        try {
            if (idle > 0) {
                Stage stage = IDLE[--idle];
                IDLE[idle] = null;
                return stage;
            }
        } finally {
            LOCK.unlock();
        }
        return new Stage();
    }

    private static void give(Stage stage) {
        LOCK.lock();
        try {
            if (idle < IDLE.length) {
                IDLE[idle++] = stage;
            }
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Reads of a file what is in memory, up to 64 KiB, and does not wait for the disk. Bytes read,
     * 0 at the end of the file, or negative errno; {@link Errno#EAGAIN} if the disk is needed.
     */
    public static int readNow(int fd, long position, ByteBuffer to, int length) {
        Stage stage = take();
        try {
            long most = Math.min(length, Stage.SIZE);
            stage.vector.set(ValueLayout.JAVA_LONG, 8, most);
            int n =
                    (int)
                            (long)
                                    READ_NOW.invokeExact(
                                            stage.errno, fd, stage.vector, 1, position, RWF_NOWAIT);
            if (n < 0) {
                return -Native.errno(stage.errno);
            }
            to.put(to.position(), stage.view, 0, n);
            to.position(to.position() + n);
            return n;
        } catch (Throwable e) {
            throw Native.unexpected(e);
        } finally {
            give(stage);
        }
    }

    /**
     * Opens a FIFO, a terminal or a descriptor under {@code /proc}, non-blocking and close-on-exec;
     * never waits for the other end. The descriptor or negative errno.
     */
    public static int open(String path, int direction) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            MemorySegment errno = Native.newErrno(arena);
            int flags = direction | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
            int fd = (int) OPEN.invokeExact(errno, name, flags);
            return fd >= 0 ? fd : -Native.errno(errno);
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }
}
