package dev.jevent.internal.jdk;

import java.io.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.FileChannel;

/** What the JDK does not tell: the number of an open file's descriptor. */
public final class FileDescriptors {

    private static final Class<?> CHANNEL = type("sun.nio.ch.FileChannelImpl");
    private static final MethodHandle NUMBER = find();

    private FileDescriptors() {}

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            return Void.class; // another JDK: no channel is one
        }
    }

    private static MethodHandle find() {
        try {
            var lookup = MethodHandles.lookup();
            var channel = MethodHandles.privateLookupIn(CHANNEL, lookup);
            MethodHandle field = channel.findGetter(CHANNEL, "fd", FileDescriptor.class);
            Class<?> util = Class.forName("sun.nio.ch.IOUtil");
            MethodHandle number =
                    MethodHandles.privateLookupIn(util, lookup)
                            .findStatic(
                                    util,
                                    "fdVal",
                                    MethodType.methodType(int.class, FileDescriptor.class));
            return MethodHandles.filterReturnValue(field, number)
                    .asType(MethodType.methodType(int.class, FileChannel.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // the JDK is closed to us or has changed: -1 is the answer
        }
    }

    /** The number; -1 if nobody can tell. The channel may be closed by then. */
    public static int of(FileChannel channel) {
        if (NUMBER == null || !CHANNEL.isInstance(channel)) {
            return -1;
        }
        try {
            return (int) NUMBER.invokeExact(channel);
        } catch (Throwable e) {
            throw new AssertionError(e); // it only reads a field
        }
    }
}
