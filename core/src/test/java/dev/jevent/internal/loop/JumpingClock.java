package dev.jevent.internal.loop;

/** Lets the time pass at once whenever a loop would sleep for a while. */
public final class JumpingClock implements Clock {

    public long now;

    /** How often the loop would have slept. */
    public int sleeps;

    public JumpingClock(long now) {
        this.now = now;
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public boolean pass(long nanos) {
        sleeps++;
        if (nanos > 0) {
            now += nanos;
        }
        return nanos > 0; // without end: it really sleeps
    }
}
