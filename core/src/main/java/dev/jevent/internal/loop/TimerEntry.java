package dev.jevent.internal.loop;

/** Something that falls due. Loop thread only; one entry stands in at most one heap. */
public abstract class TimerEntry {

    static final int IDLE = -1;

    long deadline; // of the loop's clock, nanoseconds
    long order; // among equal deadlines, the first comes first
    int index = IDLE; // place in the heap
    final boolean ref; // whether it keeps the loop alive

    /**
     * A timer, not started.
     *
     * @param ref whether the loop stays alive for it
     */
    protected TimerEntry(boolean ref) {
        this.ref = ref;
    }

    /** Whether it is started and not due yet. */
    public final boolean isActive() {
        return index != IDLE;
    }

    /** When it is or was due, in the time of the loop's clock. */
    public final long deadline() {
        return deadline;
    }

    /** Whether {@link #due} is to be called again if there was no memory for what it does. */
    protected boolean isDueAgain() {
        return false;
    }

    /** Called on the loop when the time has come. Must not block. */
    protected abstract void due();
}
