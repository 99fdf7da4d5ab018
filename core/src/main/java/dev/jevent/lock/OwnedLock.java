package dev.jevent.lock;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;

import java.util.concurrent.locks.Condition;

/** A lock that one thread holds, once or several times, and that has conditions. */
abstract class OwnedLock extends QueuedLock implements Releasable {

    // Written by who holds it, without the guard: a thread that finds itself here has written that
    // itself, and one that finds anybody else, or nobody, knows enough.
    private Thread owner;
    private int holds; // the owner's

    OwnedLock(SpinLock guard, WaitQueue<Void> waiters) {
        super(guard, waiters, false);
    }

    /** The owner has left it: gives it to the first who waits. Without the guard. */
    abstract void giveOn();

    @Override
    final boolean enter() {
        Thread me = Thread.currentThread();
        if (owner == me) {
            holds = Math.incrementExact(holds);
            return true;
        }
        guard.lock();
        boolean free = takeIfFree();
        guard.unlock();
        if (free) {
            owner = me;
            holds = 1;
        }
        return free;
    }

    @Override
    final void entered() {
        own(1);
    }

    /** The caller, for whom it was taken, holds it so many times. */
    final void own(int times) {
        owner = Thread.currentThread();
        holds = times;
    }

    /**
     * Leaves it once; the last time, it goes to the first who waits.
     *
     * @throws IllegalMonitorStateException if the caller does not hold it
     */
    @Override
    public void unlock() {
        if (owner != Thread.currentThread()) {
            throw stranger("unlock");
        }
        StackRoom.operation();
        if (--holds == 0) {
            owner = null;
            giveOn();
        }
    }

    /** As {@link #unlock}. */
    @Override
    public void release() {
        unlock();
    }

    /** Whether the caller holds it. */
    public boolean isHeld() {
        return owner == Thread.currentThread();
    }

    /** How many times the caller holds it. */
    public int holdCount() {
        return isHeld() ? holds : 0;
    }

    @Override
    public Condition newCondition() {
        return new SignalQueue(this);
    }

    final void checkHeld(String what) {
        if (!isHeld()) {
            throw stranger(what);
        }
    }

    private IllegalMonitorStateException stranger(String what) {
        return new IllegalMonitorStateException(
                "cannot "
                        + what
                        + " in "
                        + Thread.currentThread()
                        + ", which does not hold "
                        + this
                        + "; only who has locked it can");
    }

    /** For a message: the holder was seen there a moment ago. */
    final String holder() {
        Thread t = owner;
        return t == null ? "not held" : "held by " + t;
    }

    // ---- for conditions

    /** Leaves it, however many times it is held; the answer is how many. */
    final int leaveWholly() {
        int times = holds;
        owner = null;
        giveOn();
        return times;
    }

    /**
     * Enters again one whose wait for a signal was broken off or is over; nothing disturbs that.
     *
     * @return whether it had been signalled before that
     */
    final boolean comeBack(Entrant was, WaitQueue<Void> condition, int times) {
        Entrant again = null;
        boolean signalled;
        guard.lock();
        try {
            signalled = was.signalled;
            if (!signalled) {
                condition.remove(was);
            }
            if (!takeIfFree()) {
                again = new Entrant(false, false);
                if (signalled) {
                    standInsteadOf(was, again);
                } else {
                    waiters.add(again);
                }
            }
        } finally {
            guard.unlock();
        }
        if (again != null) {
            enterUndisturbed(again);
        }
        own(times);
        return signalled;
    }

    private void enterUndisturbed(Entrant again) {
        try {
            HubAccess.get().awaitUndisturbed(again);
        } catch (Throwable e) { // LoopExit: nobody will ever unlock it
            guard.lock();
            waiters.remove(again);
            guard.unlock();
            throw e;
        }
    }
}
