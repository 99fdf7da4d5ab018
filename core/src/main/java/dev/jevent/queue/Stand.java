package dev.jevent.queue;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.Waiting;

import org.jspecify.annotations.Nullable;

/**
 * One who waits at an {@link Exchange}. A getter or peeker waits for an item; a putter brings one
 * and waits until it is taken in, and null is its answer then.
 */
class Stand extends Waiting<Object> {

    static final HubAccess HUBS = HubAccess.get();

    /** What a putter brings; null if it is none. */
    final @Nullable Object item;

    /** On which the caller waits already. Throws what is pending for the caller. */
    Stand(@Nullable Object item) {
        this(item, true);
    }

    Stand(@Nullable Object item, boolean ofCurrent) {
        super(ofCurrent);
        this.item = item;
    }

    /**
     * Decides what its wait ends with. Under the lock of the exchange, so that a hand-over is one
     * step for everybody else; who decides it wakes it without the lock.
     *
     * @return what is to be woken; null if it has given up, and the value is still the caller's
     */
    @Nullable Object decide(@Nullable Object outcome) {
        return HUBS.decide(this, outcome);
    }

    /** Whether it has neither given up nor been decided. */
    boolean isWaiting() {
        return HUBS.isAwaited(this);
    }
}
