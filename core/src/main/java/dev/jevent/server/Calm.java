package dev.jevent.server;

import dev.jevent.internal.HubAccess;

/** Lets something be said once, and again when nothing happened for five seconds. Any thread. */
final class Calm {

    private static final long ALL_WELL_NANOS = 5_000_000_000L;

    private boolean ever; // guarded by this
    private long last; // guarded by this

    /** Something happened: whether it is to be said. */
    synchronized boolean ends() {
        long now = HubAccess.get().nanoTime();
        boolean said = !ever || now - last > ALL_WELL_NANOS;
        ever = true;
        last = now;
        return said;
    }
}
