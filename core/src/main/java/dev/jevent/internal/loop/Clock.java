package dev.jevent.internal.loop;

/**
 * Where a loop reads the time and how it lets time pass. Tests put in one of their own, so that
 * they never sleep.
 */
public interface Clock {

    /** The clock of the machine. */
    Clock SYSTEM = System::nanoTime;

    /** Nanoseconds since some moment; only differences mean anything. */
    long nanoTime();

    /**
     * Asked before the loop sleeps. A clock that is not the machine's may let the time pass at
     * once, and then answers true: the loop does not sleep, it only looks for what is ready.
     *
     * @param nanos how long the loop would sleep; negative means without end
     */
    default boolean pass(long nanos) {
        return false;
    }
}
