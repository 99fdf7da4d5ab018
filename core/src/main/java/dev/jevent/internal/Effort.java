package dev.jevent.internal;

import dev.jevent.Jevent;
import dev.jevent.internal.loop.EventLoop;

/**
 * Counts the work on something whose size others choose, in bytes, so that whoever does it in a
 * greenlet gives way about every {@link #ROW} bytes, unless the hub has turned meanwhile. When
 * nobody waits for a turn, giving way would only bring him back: then he goes on, and has the hub
 * look at timers and I/O a millisecond after its last look. Elsewhere than on a hub's thread it
 * does nothing.
 *
 * <p>Who can stop between two pieces of work calls {@link #add} and {@link #pause}, and is killed
 * there; who is in the middle of something calls {@link #did}, which throws nothing. For one thread
 * at a time.
 */
public final class Effort {

    /** How much is done in a row. */
    public static final int ROW = 64 * 1024;

    /** What a call costs in any case, however few bytes it moves. */
    public static final int CALL = 64;

    private static final int ROWS_ALONE = 8;
    private static final long ALONE_NANOS = 1_000_000;
    private static final HubAccess HUBS = HubAccess.get();

    private int done;
    private int alone; // rows in which nobody else was there
    private long turn = -1; // of the hub, when this gave way last

    /** Work that has begun just now. */
    public Effort() {}

    /** So much was done. */
    public void add(int bytes) {
        done = (int) Math.min(Integer.MAX_VALUE, (long) done + bytes);
    }

    /** Before the next piece: gives way if it is time, as {@code Jevent.sleep(0)}. */
    public void pause() {
        if (done >= ROW) {
            giveWay(true);
        }
    }

    /**
     * So much was done: gives way if it is time. A kill, a timeout or an interrupt is thrown by the
     * next wait.
     */
    public void did(int bytes) {
        add(bytes);
        if (done >= ROW) {
            giveWay(false);
        }
    }

    private void giveWay(boolean mayThrow) {
        done = 0;
        EventLoop loop = HUBS.currentLoop();
        // a callback of the loop cannot wait; on its thread the loop runs
        if (loop == null
                || !loop.inLoop()
                || loop.isRunning() && !Thread.currentThread().isVirtual()) {
            return;
        }
        if (loop.turns() == turn || turn < 0) {
            if (isAlone(loop)) {
                return;
            }
            loop.lookSoon();
            if (mayThrow) {
                Jevent.sleep(0);
            } else {
                HUBS.giveWay();
            }
        }
        turn = loop.turns();
    }

    private boolean isAlone(EventLoop loop) {
        if (loop.hasNothing()
                && ++alone < ROWS_ALONE
                && loop.now() - loop.lastLook() < ALONE_NANOS) {
            return true;
        }
        alone = 0;
        return false;
    }
}
