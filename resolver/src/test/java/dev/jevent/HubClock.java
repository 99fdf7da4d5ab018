package dev.jevent;

import dev.jevent.internal.loop.Clock;

/** A clock that the test sets: the hub's own, and what is added to it. */
public final class HubClock implements Clock {

    private long added;

    /** Puts it into the hub of the caller. */
    public static HubClock install() {
        var clock = new HubClock();
        Hub.get().clock(clock);
        return clock;
    }

    /** Time passes at once. */
    public void add(java.time.Duration time) {
        added += time.toNanos();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() + added;
    }

    @Override
    public boolean pass(long nanos) {
        return false;
    }
}
