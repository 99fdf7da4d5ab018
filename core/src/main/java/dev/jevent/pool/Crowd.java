package dev.jevent.pool;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import org.jspecify.annotations.Nullable;

import java.util.function.BooleanSupplier;

/**
 * Those who wait until a state of their group has come, and then go all at once: also if the state
 * has passed again before the first of them runs.
 */
final class Crowd {

    private final SpinLock lock; // of the group
    private final BooleanSupplier state; // asked under lock
    private @Nullable WaitQueue<Void> waiters; // guarded by lock

    Crowd(SpinLock lock, BooleanSupplier state) {
        this.lock = lock;
        this.state = state;
    }

    /** Waits; negative without end, zero not at all. Whether the state has come. */
    boolean await(long nanos) {
        Waiting<Void> me;
        WaitQueue<Void> mine;
        lock.lock();
        try {
            if (state.getAsBoolean()) {
                return true;
            }
            if (nanos == 0) {
                return false;
            }
            me = Waiting.ofTheCaller();
            if (waiters == null) {
                waiters = new WaitQueue<>();
            }
            mine = waiters;
            mine.add(me);
        } finally {
            lock.unlock();
        }
        boolean came = false;
        try {
            came = HubAccess.get().await(me, nanos);
        } finally {
            if (!came) {
                leave(mine, me);
            }
        }
        return came;
    }

    private void leave(WaitQueue<Void> mine, Waiting<Void> me) {
        lock.lock();
        try {
            if (waiters == mine) { // else it belongs to who has taken it
                mine.remove(me);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes all of them, if the state has come; to be let go without the lock. Under the lock. */
    @Nullable WaitQueue<Void> take() {
        if (waiters == null || !state.getAsBoolean()) {
            return null;
        }
        WaitQueue<Void> taken = waiters;
        waiters = null;
        return taken;
    }

    /** Not under the lock. */
    static void letGo(@Nullable WaitQueue<Void> taken) {
        if (taken != null) {
            for (Waiting<Void> w = taken.poll(); w != null; w = taken.poll()) {
                w.give(null); // false: it gave up, and there is nothing to pass on
            }
        }
    }
}
