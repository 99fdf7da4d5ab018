package dev.jevent.lock;

/** What {@link Held} gives back. */
interface Releasable {
    void release();
}
