package dev.jevent;

import dev.jevent.internal.StackRoom;

/**
 * A hub's own thread, seen as a greenlet: while it waits it runs the loop, and when its wait is
 * over it takes its turn in the queue as everybody does. While it waits in a call of the JDK's, its
 * hub may be run by a stand-in, see {@link RootWatch}.
 */
final class Root extends RawGreenlet {

    private final Thread owner;
    private final Pending errors = Pending.ofThread();
    private final Interruptor interruptor;
    private boolean waiting; // loop thread: park() is on the stack of the owner
    private boolean due; // loop thread: stands in the queue
    volatile int timeouts; // written by the owner: how many of its own run

    Root(Hub hub, Thread owner) {
        super(hub);
        this.owner = owner;
        this.interruptor = new Interruptor(this);
        this.locals = CallerDoor.ofThread();
    }

    @Override
    public Thread thread() {
        return owner;
    }

    @Override
    public boolean started() {
        return true;
    }

    @Override
    public boolean dead() {
        return !owner.isAlive();
    }

    @Override
    String defaultName(int number) {
        return "root of " + hub.name();
    }

    @Override
    boolean isGone() {
        return false; // a thread lives on without its hub
    }

    /** Takes the loop back, if it was lent to a stand-in. Own thread. */
    @Override
    void ownTheLoop() {
        if (hub.isLent && Thread.currentThread() == owner) {
            hub.takeLoopBack();
        }
    }

    @Override
    void park() {
        StackRoom.operation();
        ownTheLoop();
        waiting = true;
        interruptor.enter();
        try {
            if (!hub.core.run()) {
                throw hub.loopExit();
            }
        } finally {
            interruptor.leave();
            errors.hasParked = true;
            waiting = false;
            due = false;
        }
    }

    @Override
    void parkUntil(long end) {
        StackRoom.operation();
        ownTheLoop();
        var timer = new UnparkTimer(this);
        hub.core.startAt(timer, end);
        try {
            park();
        } finally {
            hub.core.stop(timer);
        }
    }

    @Override
    void unparkInLoop() {
        if (waiting && !due) {
            try {
                hub.core.push(this);
                due = true;
            } catch (OutOfMemoryError e) {
                hub.core.wakeAllSoon();
            }
        }
    }

    /**
     * Its turn has come: whether the loop has to return. Not while a stand-in runs the loop, for
     * then this thread is held by a greenlet; it is asked again when it has the loop back.
     */
    boolean rootTurn() {
        return due && hub.core.runner() == owner;
    }

    /** The owner has the loop back. */
    void askAgain() {
        if (due) {
            hub.core.push(this);
        }
    }

    // What is pending is also looked at by the watchdog, while this thread is away: under the lock.

    @Override
    Throwable takePending() {
        synchronized (errors) {
            if (errors.isEmpty()) {
                return Thread.interrupted() ? errors.interruption() : null;
            }
            Throwable error = errors.poll();
            clearInterrupt();
            if (error == null) {
                hub.core.submit(this); // what lasts is thrown from the wait that begins
            }
            return error;
        }
    }

    @Override
    void putBack(Throwable error) {
        synchronized (errors) {
            errors.putBack(error);
        }
    }

    @Override
    void throwLater(Throwable error, long since, boolean lasting) {
        errors.add(error, since, lasting);
        unpark();
    }

    /** Whether something is to be thrown into it, perhaps behind a shield. Any thread. */
    boolean hasPending() {
        return errors.hasAny();
    }

    /** The interrupt status that was set for what is pending is not needed any more. */
    private void clearInterrupt() {
        if (errors.interrupting && errors.anyTold() == null) {
            errors.interrupting = false;
            boolean ignored = Thread.interrupted();
        }
    }

    /**
     * The thread waits in a call of the JDK's: what is to be thrown into it ends that call as an
     * interrupt, if anything can; and again, with pauses, if that was swallowed. From the watchdog.
     */
    void interruptForPending(long now) {
        synchronized (errors) {
            if (errors.isEmpty()) {
                return;
            }
            if (!errors.isTold()) {
                errors.tellUntold();
            } else if (errors.pauses(now)) {
                return;
            } else {
                errors.pauseFrom(now);
            }
            errors.interrupting = true;
            owner.interrupt();
        }
    }

    @Override
    boolean revoke(Throwable error) {
        synchronized (errors) {
            boolean waited = errors.remove(error);
            clearInterrupt();
            return waited;
        }
    }

    @Override
    long since() {
        synchronized (errors) {
            return errors.since();
        }
    }

    @Override
    void putUpShield() {
        synchronized (errors) {
            errors.putUp();
        }
    }

    @Override
    void takeDownShield() {
        synchronized (errors) {
            errors.takeDown();
        }
    }

    @Override
    Pending known() {
        return errors;
    }

    @Override
    Pending pending() {
        return errors;
    }

    @Override
    boolean tellInstead(Throwable error) {
        return errors.tellInstead(error); // nobody delivers to it in calls of the JDK's
    }

    @Override
    void yieldNow() {
        StackRoom.operation();
        ownTheLoop();
        hub.core.push(this);
        due = true;
        park();
    }
}
