package dev.jevent.loop;

import dev.jevent.internal.loop.TimerEntry;

import java.time.Duration;

/** Calls back after a while, once or again and again; never early. */
public final class Timer extends Watcher {

    private final long after;
    private final long repeat;
    private final TimerEntry entry =
            new TimerEntry(false) {
                @Override
                protected void due() {
                    if (repeat > 0) {
                        Timer.this.loop.core.start(this, repeat);
                    } else {
                        ended();
                    }
                    fire();
                }
            };

    Timer(Loop loop, Duration after, Duration repeat) {
        super(loop);
        if (after.isNegative() || repeat.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + after + ", " + repeat);
        }
        this.after = after.toNanos();
        this.repeat = repeat.toNanos();
    }

    @Override
    void begin() {
        loop.core.start(entry, after);
    }

    @Override
    void end() {
        loop.core.stop(entry);
    }

    /** Counts its time, or its period if it has one, from now. Does nothing if it is stopped. */
    public void again() {
        loop.checkThread();
        if (active()) {
            loop.core.start(entry, repeat > 0 ? repeat : after);
        }
    }
}
