package dev.jevent.internal;

import dev.jevent.Waiter;

/**
 * One who stands in a {@link WaitQueue}: a waiter with its place there.
 *
 * @param <T> what is waited for
 */
public class Waiting<T> extends Waiter<T> {

    Waiting<T> previous; // these three: guarded by the lock of the primitive
    Waiting<T> next;
    boolean standing;

    /** On which the caller waits already, see {@link Waiter#ofCurrent()}; or an empty one. */
    public Waiting(boolean ofCurrent) {
        super(ofCurrent);
    }

    /** One on which the caller waits already; throws instead what is pending for the caller. */
    public static <T> Waiting<T> ofTheCaller() {
        return new Waiting<>(true);
    }

    /**
     * Gives it the value and wakes it. For who has held the lock of a primitive: that has seen to
     * it that there is room on the stack.
     *
     * @return false if it has given up or has got one elsewhere: the value is still the caller's
     */
    public boolean give(T value) {
        return HubAccess.get().give(this, value);
    }

    /** As {@link #give}, with something that its wait throws. */
    public boolean fail(Throwable error) {
        return throwInto(error);
    }
}
