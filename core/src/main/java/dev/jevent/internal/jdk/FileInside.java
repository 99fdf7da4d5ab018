package dev.jevent.internal.jdk;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.FileChannel;

/**
 * What files ask of the JDK's own file channels beyond their public API. Where the JVM is closed to
 * this the answers are "no", and everything works without, slower.
 */
public final class FileInside {

    private static final MethodHandle[] HANDLES = find();

    private FileInside() {}

    private static MethodHandle[] find() {
        try {
            Class<?> channel = Class.forName("sun.nio.ch.FileChannelImpl");
            Class<?> util = Class.forName("sun.nio.ch.IOUtil");
            var lookup = MethodHandles.privateLookupIn(channel, MethodHandles.lookup());
            return new MethodHandle[] {
                lookup.findVirtual(channel, "setUninterruptible", MethodType.methodType(void.class))
                        .asType(MethodType.methodType(void.class, FileChannel.class)),
                lookup.findGetter(channel, "fd", FileDescriptor.class)
                        .asType(MethodType.methodType(FileDescriptor.class, FileChannel.class)),
                lookup.findStatic(
                        util, "fdVal", MethodType.methodType(int.class, FileDescriptor.class))
            };
        } catch (ReflectiveOperationException | RuntimeException e) {
            return new MethodHandle[0]; // closed, or another JDK
        }
    }

    /** Lets no interrupt close the channel any more. Whether that is so. */
    public static boolean setUninterruptible(FileChannel channel) {
        if (HANDLES.length == 0 || !isOfTheJdk(channel)) {
            return false;
        }
        try {
            HANDLES[0].invokeExact(channel);
            return true;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The number of the channel's descriptor; -1 if it is not known. */
    public static int descriptor(FileChannel channel) {
        if (HANDLES.length == 0 || !isOfTheJdk(channel)) {
            return -1;
        }
        try {
            FileDescriptor fd = (FileDescriptor) HANDLES[1].invokeExact(channel);
            return (int) HANDLES[2].invokeExact(fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static boolean isOfTheJdk(FileChannel channel) {
        return channel.getClass().getName().equals("sun.nio.ch.FileChannelImpl");
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException r ? r : new IllegalStateException(e);
    }
}
