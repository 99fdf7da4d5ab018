package dev.jevent.internal.io;

import dev.jevent.Jevent;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.loop.EventLoop;

/**
 * What one may do with the world outside, without a wait, before the others of his hub have their
 * turn. Whoever finds what he wants at once never waits; so he gives way after a while, as with
 * {@code sleep(0)}. Counted is by the hub, over all that its greenlet does in a row: 64 system
 * calls, of which one that moves much counts as several. When nobody else stands in the hub's
 * queue, only as often as timers and I/O have to be looked at. Any thread; one that has no hub is
 * not counted.
 */
public final class Share {

    private static final HubAccess HUBS = HubAccess.get();
    private static final int BYTES_OF_A_CALL = 16 * 1024;

    private Share() {}

    /**
     * To be called before so many calls, by whoever could wait here as well; gives way if that is
     * due. What is thrown here has moved no data.
     */
    public static void take(int calls) {
        EventLoop loop = HUBS.currentLoop();
        if (loop != null && loop.inLoop()) {
            take(loop, calls);
        }
    }

    /** As {@link #take(int)}, for who knows that the loop is his, and that he runs on it. */
    static void take(EventLoop loop, int calls) {
        if (loop.served(calls)) {
            giveWay(loop);
        }
    }

    private static void giveWay(EventLoop loop) {
        // a callback of the loop cannot wait; on its thread the loop runs
        if (Thread.currentThread().isVirtual() || !loop.isRunning()) {
            Jevent.sleep(0);
        }
    }

    /** To be called after a call that has moved something. A negative number is an errno. */
    public static void moved(int bytes) {
        if (bytes >= BYTES_OF_A_CALL) {
            EventLoop loop = HUBS.currentLoop();
            if (loop != null && loop.inLoop()) {
                moved(loop, bytes);
            }
        }
    }

    /** As {@link #moved(int)}, for who knows that the loop is his, and that he runs on it. */
    static void moved(EventLoop loop, int bytes) {
        if (bytes >= BYTES_OF_A_CALL) {
            loop.moved(bytes / BYTES_OF_A_CALL);
        }
    }
}
