package dev.jevent.lock;

import dev.jevent.Interrupted;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * A condition of a lock: those who wait for a signal, the first first. A signal moves one to the
 * end of the lock's queue and wakes nobody; so who is woken has the lock already, and a signal
 * costs one switch and not two.
 *
 * <p>One who is killed, timed out or interrupted enters the lock again before that is thrown. If he
 * had been signalled, the signal goes on to the next.
 */
final class SignalQueue implements Condition {

    private final OwnedLock lock;
    private final WaitQueue<Void> waiters = new WaitQueue<>(); // guarded by the lock's guard

    SignalQueue(OwnedLock lock) {
        this.lock = lock;
    }

    // ---- await

    @Override
    public void await() throws InterruptedException {
        try {
            Entrant me = stand();
            int holds = lock.leaveWholly();
            try {
                me.get();
            } catch (Throwable e) {
                comeBackAndPassOn(me, holds);
                throw e;
            }
            lock.own(holds); // who gave it to us has not noted that
        } catch (Interrupted e) {
            throw QueuedLock.interruption(e);
        }
    }

    /**
     * An interrupt does not end the wait and is there afterwards; a kill or a timeout is thrown.
     */
    @Override
    public void awaitUninterruptibly() {
        boolean interrupted = false;
        Entrant me = null;
        int holds = 0;
        try {
            while (true) {
                try {
                    if (me == null) {
                        me = stand();
                        holds = lock.leaveWholly();
                    }
                    me.get();
                    lock.own(holds);
                    return;
                } catch (Interrupted e) {
                    interrupted = true;
                    Entrant again = me == null ? null : standAgain(me);
                    if (me != null && again == null) {
                        lock.comeBack(me, waiters, holds);
                        return; // it was signalled
                    }
                    me = again;
                } catch (Throwable e) {
                    if (me != null) {
                        comeBackAndPassOn(me, holds);
                    }
                    throw e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
        lock.checkHeld("await");
        HubAccess hub = HubAccess.get();
        long end = hub.nanoTime() + Math.max(0, nanos);
        awaitSignal(nanos);
        return end - hub.nanoTime();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return awaitSignal(unit.toNanos(time));
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the interface wants it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long now = System.currentTimeMillis(); // a date may be as long ago as to overflow
        long millis = deadline.getTime() <= now ? 0 : deadline.getTime() - now;
        return awaitSignal(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Whether it was signalled in time. */
    private boolean awaitSignal(long nanos) throws InterruptedException {
        try {
            Entrant me = stand();
            int holds = lock.leaveWholly();
            boolean handed;
            try {
                handed = HubAccess.get().await(me, Math.max(0, nanos));
            } catch (Throwable e) {
                comeBackAndPassOn(me, holds);
                throw e;
            }
            if (handed) {
                lock.own(holds);
                return true;
            }
            // the time may be over between the signal and the entry: that is in time
            return lock.comeBack(me, waiters, holds);
        } catch (Interrupted e) {
            throw QueuedLock.interruption(e);
        }
    }

    /** Before the lock is left, so that a signal that comes after that finds it. */
    private Entrant stand() {
        lock.checkHeld("await");
        lock.guard.lock();
        try {
            lock.checkMayWait();
            var me = new Entrant(true, false); // may throw what is pending
            waiters.add(me);
            return me;
        } finally {
            lock.guard.unlock();
        }
    }

    /** For one whose wait was broken off and who goes on in his place; null if signalled. */
    private Entrant standAgain(Entrant before) {
        lock.guard.lock();
        try {
            if (before.signalled) {
                return null;
            }
            var me = new Entrant(false, false);
            waiters.replace(before, me);
            return me;
        } finally {
            lock.guard.unlock();
        }
    }

    private void comeBackAndPassOn(Entrant me, int holds) {
        if (lock.comeBack(me, waiters, holds)) {
            signalFirst();
        }
    }

    // ---- signal

    @Override
    public void signal() {
        lock.checkHeld("signal");
        signalFirst();
    }

    @Override
    public void signalAll() {
        lock.checkHeld("signal");
        while (signalFirst()) {
            // the next; nobody comes meanwhile, for the caller has the lock
        }
    }

    private boolean signalFirst() {
        lock.guard.lock();
        try {
            Waiting<Void> first = waiters.poll();
            if (first == null) {
                return false;
            }
            ((Entrant) first).signalled = true;
            lock.waiters.add(first); // the caller has the lock and will look there when he leaves
            return true;
        } finally {
            lock.guard.unlock();
        }
    }
}
