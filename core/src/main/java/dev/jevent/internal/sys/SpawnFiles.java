package dev.jevent.internal.sys;

import static dev.jevent.internal.sys.Native.INT;
import static dev.jevent.internal.sys.Native.POINTER;

import java.io.FileDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The files that a child is given; open(2), fcntl(2). All descriptors are close-on-exec. */
public final class SpawnFiles {

    /** For reading. */
    public static final int READ = 0;

    /** For reading and writing. */
    public static final int READ_WRITE = 2;

    /** For writing; what is there is lost. */
    public static final int WRITE = 1 | 0x40 | 0x200; // O_WRONLY, O_CREAT, O_TRUNC

    /** For writing at the end. */
    public static final int APPEND = 1 | 0x40 | 0x400; // O_APPEND

    private static final int O_CLOEXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int NEW_FILE = 0666; // without the umask

    private static final MethodHandle OPEN =
            Native.blockingWithErrno("open", FunctionDescriptor.of(INT, POINTER, INT, INT));
    private static final MethodHandle FCNTL =
            Native.quickWithErrno("fcntl", FunctionDescriptor.of(INT, INT, INT, INT));

    private SpawnFiles() {}

    /** The descriptor, or negative errno. May sleep: for a disk, or the other end of a FIFO. */
    public static int open(String path, int how) {
        Scratch s = Scratch.ofThread();
        byte[] name = path.getBytes(Spawn.charset());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment c = arena.allocate(name.length + 1L);
            c.copyFrom(MemorySegment.ofArray(name));
            int fd;
            do {
                fd = (int) OPEN.invokeExact(s.errno, c, how | O_CLOEXEC, NEW_FILE);
            } while (fd < 0 && s.errno() == Errno.EINTR);
            return fd >= 0 ? fd : -s.errno();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** Another number, at least 3, for the same open file; or negative errno. */
    public static int duplicate(int fd) {
        Scratch s = Scratch.ofThread();
        try {
            int result = (int) FCNTL.invokeExact(s.errno, fd, F_DUPFD_CLOEXEC, 3);
            return result >= 0 ? result : -s.errno();
        } catch (Throwable e) {
            throw Native.unexpected(e);
        }
    }

    /** The number of a descriptor of the JDK's; negative if it is closed. */
    public static int number(FileDescriptor descriptor) {
        if (descriptor == FileDescriptor.in) {
            return 0;
        }
        if (descriptor == FileDescriptor.out) {
            return 1;
        }
        if (descriptor == FileDescriptor.err) {
            return 2;
        }
        try {
            var number =
                    Class.forName("sun.nio.ch.IOUtil").getMethod("fdVal", FileDescriptor.class);
            number.setAccessible(true); // opened for the poller, too
            return (int) number.invoke(null, descriptor);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK does not tell the number of a file", e);
        }
    }
}
