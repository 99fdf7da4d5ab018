package java.lang;

import jdk.internal.access.JavaIOFileDescriptorAccess;
import jdk.internal.access.SharedSecrets;

import sun.nio.ch.FileChannelImpl;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Called by {@code FileInputStream}, {@code FileOutputStream}, {@code RandomAccessFile} and {@code
 * FileChannelImpl}, into whose methods {@code dev.jevent.internal.jdk.StreamHooks} has put the
 * calls, before they read or write. A greenlet waits here, in its hub, until the pipe, terminal or
 * other device would not block it; then the JDK goes on as ever. For all other threads, and for
 * regular files, these methods do nothing.
 *
 * <p>Compiled into {@code java.base} and defined at run time. How to wait is said by {@link
 * #install}.
 */
public final class GreenletStreams {

    /** What {@link #write(FileChannelImpl, ByteBuffer)} answers if the JDK is to do it. */
    public static final int NOT_OURS = -2;

    /** A pipe with room takes this much without blocking: PIPE_BUF. */
    private static final int PIECE = 4096;

    private static final JavaIOFileDescriptorAccess NUMBERS =
            SharedSecrets.getJavaIOFileDescriptorAccess();

    private static final MethodHandle IS_OTHER; // neither a regular file nor a directory
    private static final MethodHandle IS_REGULAR;
    private static final MethodHandle OF_INPUT;
    private static final MethodHandle OF_OUTPUT;
    private static final MethodHandle OF_FILE;
    private static final MethodHandle OF_CHANNEL;
    private static final MethodHandle WRITE;
    private static final MethodHandle WRITE_TO_FILE;

    private static BiPredicate<FileDescriptor, Integer> awaitInput; // both set before any call
    private static BiPredicate<FileDescriptor, Integer> awaitOutput;
    private static Consumer<FileDescriptor> closed;

    static {
        try {
            var base = MethodHandles.lookup();
            var fd = FileDescriptor.class;
            var bytes = MethodType.methodType(void.class, byte[].class, int.class, int.class);
            Class<?> in = FileInputStream.class;
            var input = MethodHandles.privateLookupIn(in, base);
            OF_INPUT = input.findGetter(in, "fd", fd);
            Class<?> files = Class.forName("sun.nio.ch.UnixFileDispatcherImpl");
            IS_OTHER =
                    MethodHandles.privateLookupIn(files, base)
                            .findStatic(
                                    files, "isOther0", MethodType.methodType(boolean.class, fd));
            var kept = MethodType.methodType(boolean.class);
            IS_REGULAR = input.findVirtual(in, "isRegularFile", kept);
            Class<?> out = FileOutputStream.class;
            var output = MethodHandles.privateLookupIn(out, base);
            OF_OUTPUT = output.findGetter(out, "fd", fd);
            WRITE =
                    output.findVirtual(
                            out, "writeBytes", bytes.appendParameterTypes(boolean.class));
            Class<?> file = RandomAccessFile.class;
            var both = MethodHandles.privateLookupIn(file, base);
            OF_FILE = both.findGetter(file, "fd", fd);
            WRITE_TO_FILE = both.findVirtual(file, "writeBytes0", bytes);
            Class<?> channel = FileChannelImpl.class;
            OF_CHANNEL = MethodHandles.privateLookupIn(channel, base).findGetter(channel, "fd", fd);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private GreenletStreams() {}

    /**
     * Says how to wait. Both predicates get a descriptor and its number, on a thread that may wait
     * in a hub; they answer false if they cannot tell, so that the JDK blocks.
     *
     * @param isClosed told of each descriptor that was closed
     */
    public static void install(
            BiPredicate<FileDescriptor, Integer> input,
            BiPredicate<FileDescriptor, Integer> output,
            Consumer<FileDescriptor> isClosed) {
        awaitInput = input;
        awaitOutput = output;
        closed = isClosed;
    }

    /** Whether the caller is a greenlet, or a virtual thread that a greenlet has made. */
    private static boolean isGreen() {
        return Thread.currentThread() instanceof VirtualThread thread
                && GreenletSupport.scheduler(thread) != VirtualThread.defaultScheduler();
    }

    private static boolean isRegular(FileDescriptor fd) throws Throwable {
        return !fd.valid() || !(boolean) IS_OTHER.invokeExact(fd);
    }

    private static void awaitInput(FileDescriptor fd) {
        awaitInput.test(fd, NUMBERS.get(fd));
    }

    private static boolean awaitOutput(FileDescriptor fd) {
        return awaitOutput.test(fd, NUMBERS.get(fd));
    }

    /** Before so many bytes are read; nobody waits for none. */
    public static void read(FileInputStream stream, int bytes) {
        if (bytes > 0 && isGreen()) {
            try {
                var fd = (FileDescriptor) OF_INPUT.invokeExact(stream);
                if (fd.valid() && !(boolean) IS_REGULAR.invokeExact(stream)) {
                    awaitInput(fd);
                }
            } catch (Throwable e) {
                throw rethrow(e);
            }
        }
    }

    /** The same. */
    public static void read(RandomAccessFile file, int bytes) {
        if (bytes > 0 && isGreen()) {
            try {
                var fd = (FileDescriptor) OF_FILE.invokeExact(file);
                if (!isRegular(fd)) {
                    awaitInput(fd);
                }
            } catch (Throwable e) {
                throw rethrow(e);
            }
        }
    }

    /** Before a buffer is filled. */
    public static void read(FileChannelImpl channel, ByteBuffer to) {
        if (to != null && to.hasRemaining()) {
            read(channel);
        }
    }

    /** The same for many. */
    public static void read(FileChannelImpl channel, ByteBuffer[] to, int off, int len) {
        if (to != null && off >= 0 && len <= to.length - off) {
            for (int i = off; i < off + len; i++) {
                if (to[i] != null && to[i].hasRemaining()) {
                    read(channel);
                    return;
                }
            }
        }
    }

    private static void read(FileChannelImpl channel) {
        if (isGreen()) {
            try {
                var fd = (FileDescriptor) OF_CHANNEL.invokeExact(channel);
                if (!isRegular(fd)) {
                    awaitInput(fd);
                }
            } catch (InterruptedIOException e) {
                Thread.currentThread().interrupt(); // for the channel, which is closed by that
            } catch (Throwable e) {
                throw rethrow(e);
            }
        }
    }

    /** Before one byte is written. */
    public static void write(FileOutputStream stream) {
        if (isGreen()) {
            try {
                var fd = (FileDescriptor) OF_OUTPUT.invokeExact(stream);
                if (!isRegular(fd)) {
                    awaitOutput(fd);
                }
            } catch (Throwable e) {
                throw rethrow(e);
            }
        }
    }

    /** Before one byte is written. */
    public static void write(RandomAccessFile file) {
        if (isGreen()) {
            try {
                var fd = (FileDescriptor) OF_FILE.invokeExact(file);
                if (!isRegular(fd)) {
                    awaitOutput(fd);
                }
            } catch (Throwable e) {
                throw rethrow(e);
            }
        }
    }

    /** Writes everything, if that is for us; whether it was. */
    public static boolean write(FileOutputStream stream, byte[] b, int off, int len) {
        if (!isGreen() || !isRange(b, off, len)) {
            return false;
        }
        try {
            var fd = (FileDescriptor) OF_OUTPUT.invokeExact(stream);
            if (isRegular(fd)) {
                return false;
            }
            boolean append = NUMBERS.getAppend(fd);
            for (int done = 0; done < len; ) {
                int n = Math.min(PIECE, len - done);
                if (!awaitOutput(fd)) {
                    n = len - done;
                }
                WRITE.invokeExact(stream, b, off + done, n, append);
                done += n;
            }
            return true;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** Writes everything, if that is for us; whether it was. */
    public static boolean write(RandomAccessFile file, byte[] b, int off, int len) {
        if (!isGreen() || !isRange(b, off, len)) {
            return false;
        }
        try {
            var fd = (FileDescriptor) OF_FILE.invokeExact(file);
            if (isRegular(fd)) {
                return false;
            }
            for (int done = 0; done < len; ) {
                int n = Math.min(PIECE, len - done);
                if (!awaitOutput(fd)) {
                    n = len - done;
                }
                WRITE_TO_FILE.invokeExact(file, b, off + done, n);
                done += n;
            }
            return true;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    private static boolean isRange(byte[] b, int off, int len) {
        return b != null && off >= 0 && len > 0 && len <= b.length - off;
    }

    /**
     * Before a write: waits for room. What is larger than a piece is written in pieces, each of
     * which comes by here.
     *
     * @return how much was written; {@link #NOT_OURS} if the JDK is to write
     */
    public static int write(FileChannelImpl channel, ByteBuffer from) {
        if (!isGreen() || from == null) {
            return NOT_OURS;
        }
        try {
            var fd = (FileDescriptor) OF_CHANNEL.invokeExact(channel);
            if (isRegular(fd)) {
                return NOT_OURS;
            }
            int total = from.remaining();
            if (total <= PIECE) {
                if (total > 0) {
                    awaitOutput(fd);
                }
                return NOT_OURS;
            }
            while (from.hasRemaining()) {
                int n = Math.min(PIECE, from.remaining());
                n = channel.write(from.slice(from.position(), n));
                from.position(from.position() + n);
            }
            return total;
        } catch (InterruptedIOException e) {
            Thread.currentThread().interrupt(); // for the channel, which is closed by that
            return NOT_OURS;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** The same for many. */
    public static long write(FileChannelImpl channel, ByteBuffer[] from, int off, int len) {
        if (!isGreen() || from == null || off < 0 || len <= 0 || len > from.length - off) {
            return NOT_OURS;
        }
        try {
            if (isRegular((FileDescriptor) OF_CHANNEL.invokeExact(channel))) {
                return NOT_OURS;
            }
            long total = 0;
            for (int i = off; i < off + len; i++) {
                if (from[i].hasRemaining()) {
                    total += channel.write(from[i]);
                }
            }
            return total;
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** After a descriptor was closed. */
    public static void closed(FileDescriptor fd) {
        closed.accept(fd);
    }

    private static RuntimeException rethrow(Throwable e) {
        return GreenletStreams.<RuntimeException>sneaky(e); // an IOException, or what a kill throws
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
