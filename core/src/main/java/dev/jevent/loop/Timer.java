package dev.jevent.loop;

import dev.jevent.internal.loop.TimerEntry;

import java.time.Duration;

/**
 * Calls back after a while, once or again and again; never early. One that repeats keeps its beat:
 * what is late once is not late for ever, and beats that are missed altogether are one.
 */
public final class Timer extends Watcher {

    private final long after;
    private final long repeat;
    private final TimerEntry entry =
            new TimerEntry(false) {
                @Override
                protected void due() {
                    if (repeat > 0) {
                        Timer.this.loop.core.startAt(this, nextBeat(deadline()));
                    } else {
                        ended();
                    }
                    fire();
                }
            };

    /** From when it was due and not from now, so that it does not lag more and more. */
    private long nextBeat(long due) {
        long late = loop.core.now() - due;
        return due + (late < repeat ? repeat : (late / repeat + 1) * repeat);
    }

    Timer(Loop loop, Duration after, Duration repeat) {
        super(loop);
        if (after.isNegative() || repeat.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + after + ", " + repeat);
        }
        this.after = Loop.nanos(after);
        this.repeat = Loop.nanos(repeat);
    }

    @Override
    void begin() {
        loop.core.start(entry, after);
    }

    @Override
    void end() {
        loop.core.stop(entry);
    }

    /**
     * As {@link #start}, but counts its time, or its period if it has one, from now, also if it is
     * started already.
     */
    public void again(Runnable callback) {
        start(callback);
        again();
    }

    /** Counts its time, or its period if it has one, from now. Does nothing if it is stopped. */
    public void again() {
        loop.checkThread();
        if (active()) {
            loop.core.start(entry, repeat > 0 ? repeat : after);
        }
    }
}
