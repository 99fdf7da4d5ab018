package dev.jevent.internal.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Makes it safe for a thread that is inside {@code synchronized} to run virtual threads.
 *
 * <p>HotSpot keeps the monitors that a platform thread has locked without contention in a small
 * array of that thread, its lock stack, and supposes that a thread which carries virtual threads
 * holds none: when one of these unmounts, the <em>whole</em> lock stack moves into its saved stack,
 * and when it is mounted again, its locks are laid over whatever the carrier holds by then, with no
 * check of the array's end. So a greenlet would take the monitors of its root for its own, two
 * would be in the same {@code synchronized} block, and after some such turns the JVM crashes.
 *
 * <p>A monitor that is inflated does not stand in the lock stack; its owner is the thread, and not
 * the carrier. And HotSpot inflates the oldest lock of a lock stack that is full. So one who has
 * entered as many new monitors as there are places has moved all older ones out of it, and when it
 * has left them the lock stack is empty.
 */
final class HeldMonitors {

    private static final int PLACES = 8; // LockStack::CAPACITY, JDK 21 to 26

    private static final VarHandle SEEN;

    @SuppressWarnings("UnusedVariable") // through its handle
    private static Object seen;

    static {
        try {
            SEEN =
                    MethodHandles.lookup()
                            .findStaticVarHandle(HeldMonitors.class, "seen", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private HeldMonitors() {}

    /** Inflates every monitor that the calling thread holds. */
    static void inflate() {
        enter(PLACES);
        SEEN.setOpaque((Object) null);
    }

    private static void enter(int places) {
        // a new one: one that is inflated already would take no place
        Object monitor = new Object();
        SEEN.setOpaque(monitor); // or the compiler omits a lock of what nobody else can see
        synchronized (monitor) {
            if (places > 1) {
                enter(places - 1);
            }
        }
    }
}
