package dev.jevent.internal.jdk;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.DatagramPacket;

/**
 * The room in a {@link DatagramPacket}, which is not its length: a packet that is received into
 * again has the room that it had before. The JDK's own sockets know it, and the public methods do
 * not tell it. Where the JDK is closed, a packet has as much room as its length says.
 */
public final class DatagramPackets {

    private static final @Nullable MethodHandle ROOM = find("getBufLength", int.class);
    private static final @Nullable MethodHandle SET_LENGTH =
            find("setLength", void.class, int.class);

    private DatagramPackets() {}

    private static @Nullable MethodHandle find(String name, Class<?> result, Class<?>... more) {
        try {
            Class<?> owner = Class.forName("sun.nio.ch.DatagramChannelImpl");
            var lookup = MethodHandles.privateLookupIn(owner, MethodHandles.lookup());
            return lookup.findStatic(
                    lookup.findClass(owner.getName() + "$DatagramPackets"),
                    name,
                    MethodType.methodType(result, DatagramPacket.class, more));
        } catch (ReflectiveOperationException e) {
            return null; // another JDK, or one that is closed to us
        }
    }

    /** How many bytes can be received into it. Under its lock. */
    public static int room(DatagramPacket p) {
        if (ROOM == null || SET_LENGTH == null) {
            return p.getLength();
        }
        try {
            return (int) ROOM.invokeExact(p);
        } catch (Throwable e) {
            throw new AssertionError(e); // it reads a field
        }
    }

    /** Sets its length, and leaves the room as it is. Under its lock. */
    public static void setLength(DatagramPacket p, int length) {
        if (ROOM == null || SET_LENGTH == null) {
            p.setLength(length);
            return;
        }
        try {
            SET_LENGTH.invokeExact(p, length);
        } catch (Throwable e) {
            throw new AssertionError(e); // it writes a field
        }
    }
}
