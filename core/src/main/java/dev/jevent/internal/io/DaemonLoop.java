package dev.jevent.internal.io;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

/**
 * The loop in which threads without a hub wait for sockets: plain platform threads and the JDK's
 * own virtual threads. It has a daemon thread of its own, made when the first of them must wait.
 *
 * <p>The other way is poll(2) on the caller's thread. It would spare the wake-up from one thread to
 * the other; but a virtual thread would hold its carrier meanwhile, and neither a {@code Timeout}
 * nor an interrupt nor a close could end the wait as they end every other one.
 */
public final class DaemonLoop {

    private static volatile @Nullable EventLoop loop;

    private DaemonLoop() {}

    /** It, made now if it is not there. */
    public static EventLoop get() {
        EventLoop l = loop;
        return l != null ? l : start();
    }

    /** Not in a static initializer: without descriptors it fails, and is tried again later. */
    private static synchronized EventLoop start() {
        EventLoop l = loop;
        if (l == null) {
            l = HubAccess.get().startDaemonLoop("jevent-io");
            loop = l;
        }
        return l;
    }
}
