package dev.jevent.lock;

import dev.jevent.internal.Waiting;

/** One who waits to enter a lock, or for a signal and then to enter. */
final class Entrant extends Waiting<Void> {

    /** Whether it enters together with others. */
    final boolean shares;

    /** Whether it stood in a condition and was moved to the lock's queue. Guarded by the guard. */
    boolean signalled;

    Entrant(boolean ofCurrent, boolean shares) {
        super(ofCurrent);
        this.shares = shares;
    }
}
