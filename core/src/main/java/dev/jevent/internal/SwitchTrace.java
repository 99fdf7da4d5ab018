package dev.jevent.internal;

import dev.jevent.internal.loop.EventLoop;

/**
 * Counts how often whoever runs on a loop gives way, and measures the longest stretch in between.
 * Begins while somebody runs, who is the first to be measured. Loop thread only.
 */
public final class SwitchTrace {

    private final EventLoop loop;
    private final boolean timed;
    private final boolean loopOnly;
    private boolean running = true; // somebody is between begins() and ends()
    private Object who;
    private long since;
    private long turn;
    private long switches;
    private long longest;
    private Object longestOf;

    /**
     * Begins to count, with the caller.
     *
     * @param timed whether stretches are measured, which needs a look at the clock for each
     * @param loopOnly a stretch ends when the loop comes round, not when the next one runs
     */
    public SwitchTrace(EventLoop loop, Object caller, boolean timed, boolean loopOnly) {
        this.loop = loop;
        this.timed = timed;
        this.loopOnly = loopOnly;
        this.who = caller;
        this.turn = loop.turns();
        this.since = now();
    }

    private long now() {
        return timed ? loop.now() : 0;
    }

    /** The next one runs. */
    public void begins(Object entry) {
        ends(); // the root, which gave way by running the loop
        if (!loopOnly || turn != loop.turns()) {
            turn = loop.turns();
            since = now();
        }
        who = entry;
        running = true;
    }

    /** Whoever runs has given way. */
    public void ends() {
        if (running) {
            running = false;
            switches++;
            measure();
        }
    }

    /** Ends the last stretch, that of the caller. */
    public void stop() {
        if (running) {
            running = false;
            measure();
        }
    }

    private void measure() {
        long stretch = now() - since;
        if (stretch > longest) {
            longest = stretch;
            longestOf = who;
        }
    }

    /** How often somebody gave way. */
    public long switches() {
        return switches;
    }

    /** The longest stretch in nanoseconds, on the clock of the loop. */
    public long longest() {
        return longest;
    }

    /** Who ran when it ended; null if there was none. */
    public Object longestOf() {
        return longestOf;
    }
}
