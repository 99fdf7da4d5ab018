package dev.jevent.internal;

import dev.jevent.Hub;
import dev.jevent.Waiter;
import dev.jevent.internal.loop.EventLoop;

/**
 * What the packages above need of a hub and its users do not: {@code dev.jevent.Hub} puts it here
 * when it is initialised.
 */
public abstract class HubAccess {

    private static volatile HubAccess installed;

    private static final class Holder {
        static final HubAccess ACCESS = load();

        private static HubAccess load() {
            try {
                Class.forName("dev.jevent.Hub");
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
            return installed;
        }
    }

    /** Hubs make it. */
    protected HubAccess() {}

    /** The one and only. */
    public static HubAccess get() {
        return Holder.ACCESS;
    }

    /** Called once, by {@code Hub}. */
    public static void install(HubAccess access) {
        installed = access;
    }

    /** Whether this JVM runs in the portable mode, in which a loop knows no descriptors. */
    public abstract boolean isPortable();

    /** The loop of the caller's hub; null on a thread that has none. Makes no hub. */
    public abstract EventLoop currentLoop();

    /** A hub on a daemon thread of its own, which does nothing but run its loop for ever. */
    public abstract EventLoop startDaemonLoop(String name);

    /** As {@link Waiter#await(java.time.Duration)}, in nanoseconds; negative waits without end. */
    public abstract boolean await(Waiter<?> waiter, long nanos);

    /**
     * Whether a greenlet of the hub lives, and a thread that might wake it. On the hub's thread.
     */
    public abstract boolean mayBeWoken(Hub hub);
}
