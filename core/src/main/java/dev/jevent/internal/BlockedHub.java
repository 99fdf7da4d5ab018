package dev.jevent.internal;

import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.RawGreenlet;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A hub has not turned for a while.
 *
 * @param greenlet who holds it; null if it is a thread that nobody tied to a greenlet
 * @param thread the thread of the greenlet
 * @param nanos for how long
 * @param stack of the thread, innermost frame first
 */
public record BlockedHub(
        Hub hub,
        @Nullable RawGreenlet greenlet,
        Thread thread,
        long nanos,
        List<StackTraceElement> stack) {

    /** The same, at its end. */
    public BlockedHub after(long total) {
        return new BlockedHub(hub, greenlet, thread, total, stack);
    }

    /** Who holds the hub, for a report. */
    public String who() {
        if (greenlet == null) {
            return "thread " + thread.getName();
        }
        return greenlet instanceof Greenlet<?> g
                ? g.name() + " (spawned at " + g.spawnSite() + ")"
                : greenlet.name();
    }
}
