package dev.jevent.lock;

import dev.jevent.Interrupted;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.WaitQueue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * How the locks of this package are entered, and what a kill, a timeout and an interrupt do to one
 * who waits for that. Who enters, and when, the subclasses decide.
 *
 * <p>A lock that is given to one who waits is his from that moment on, though he runs later. So it
 * is never free while somebody waits.
 */
abstract class QueuedLock implements Lock {

    final SpinLock guard;
    final WaitQueue<Void> waiters; // guarded by guard
    private final boolean shared;

    QueuedLock(SpinLock guard, WaitQueue<Void> waiters, boolean shared) {
        this.guard = guard;
        this.waiters = waiters;
        this.shared = shared;
    }

    // ---- what the subclasses decide

    /** Enters if that needs no waiting, again or for the first time. */
    abstract boolean enter();

    /** Takes it for the caller, who does not hold it, if it is free. Under the guard. */
    abstract boolean takeIfFree();

    /** Notes that the caller, for whom it was taken, is inside. */
    abstract void entered();

    /** Throws if the caller would wait for himself. Under the guard. */
    void checkMayWait() {}

    /** Another one stands first in the queue now, perhaps. Without the guard. */
    void lookAgain() {}

    // ---- Lock

    /**
     * Enters; waits until it can. An interrupt does not end the wait and is there afterwards. A
     * kill or a timeout is thrown.
     */
    @Override
    public void lock() {
        if (!enter()) {
            lockInSpiteOfInterrupts();
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        try {
            throwIfInterrupted();
            acquire();
        } catch (Interrupted e) {
            throw interruption(e);
        }
    }

    @Override
    public boolean tryLock() {
        return enter();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        try {
            throwIfInterrupted();
            return enter() || acquire(unit.toNanos(time));
        } catch (Interrupted e) {
            throw interruption(e);
        }
    }

    /** As {@link #lock}, but an interrupt is thrown as {@link Interrupted}. */
    public void acquire() {
        if (enter()) {
            return;
        }
        Entrant me = takeOrQueue();
        if (me != null) {
            try {
                me.get();
            } catch (Throwable e) {
                leave(me);
                throw e;
            }
        }
        entered();
    }

    /**
     * As {@link #acquire()}, but waits not longer than the time; zero does not wait.
     *
     * @return whether it has entered
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean acquire(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        return enter() || acquire(nanos);
    }

    private boolean acquire(long nanos) {
        if (nanos <= 0) {
            return false;
        }
        Entrant me = takeOrQueue();
        if (me != null) {
            boolean handed = false;
            try {
                handed = HubAccess.get().await(me, nanos);
            } finally {
                if (!handed) {
                    leave(me);
                }
            }
            if (!handed) {
                return false;
            }
        }
        entered();
        return true;
    }

    // ---- waiting

    private void lockInSpiteOfInterrupts() {
        boolean interrupted = false;
        Entrant me = null;
        try {
            while (true) {
                try {
                    me = me == null ? takeOrQueue() : me;
                    if (me != null) {
                        me.get();
                    }
                    break;
                } catch (Interrupted e) {
                    interrupted = true;
                    if (me != null) {
                        me = takeOrQueueAgain(me);
                        if (me == null) {
                            break;
                        }
                    }
                }
            }
            entered();
        } catch (Throwable e) {
            leave(me);
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Null if it was free. */
    private Entrant takeOrQueue() {
        guard.lock();
        try {
            if (takeIfFree()) {
                return null;
            }
            checkMayWait();
            var me = new Entrant(true, shared); // may throw what is pending
            waiters.add(me);
            return me;
        } finally {
            guard.unlock();
        }
    }

    /** For one whose wait was broken off and who goes on in his place; null if it is free now. */
    private Entrant takeOrQueueAgain(Entrant before) {
        Entrant me;
        guard.lock();
        try {
            if (takeIfFree()) {
                return null; // then nobody stands in the queue any more
            }
            me = new Entrant(false, shared);
            standInsteadOf(before, me);
        } finally {
            guard.unlock();
        }
        lookAgain();
        return me;
    }

    /**
     * Under the guard. If the old one is not in the queue any more then it was its turn after it
     * had broken off: it stands first, and the giver finds it there when he is refused.
     */
    final void standInsteadOf(Entrant old, Entrant me) {
        if (!waiters.replace(old, me)) {
            waiters.addFirst(me);
        }
    }

    private void leave(Entrant me) {
        if (me == null) {
            return;
        }
        boolean stood;
        guard.lock();
        try {
            stood = waiters.remove(me);
        } finally {
            guard.unlock();
        }
        if (stood) {
            lookAgain();
        }
    }

    /** As the interface wants it at the entry of the calls that can be interrupted. */
    static void throwIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            var _ = new Entrant(true, false); // throws what it stands for, unless shielded
        }
    }

    static InterruptedException interruption(Interrupted e) {
        return new InterruptedException(e.getMessage());
    }
}
