package dev.jevent;

/**
 * A hub's own thread, seen as a greenlet: while it waits it runs the loop, and when its wait is
 * over it takes its turn in the queue as everybody does.
 */
final class Root extends RawGreenlet {

    private final Thread owner;
    private final Pending errors = Pending.ofThread();
    private final Interruptor interruptor;
    private boolean waiting; // loop thread: park() is on the stack of the owner
    private boolean due; // loop thread: stands in the queue

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

    @Override
    void park() {
        waiting = true;
        interruptor.enter();
        try {
            if (!hub.core.run()) {
                throw hub.loopExit();
            }
        } finally {
            interruptor.leave();
            waiting = false;
            due = false;
        }
    }

    @Override
    void parkUntil(long end) {
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
            due = true;
            hub.core.push(this);
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

    @Override
    Throwable takePending() {
        Throwable p = errors.poll();
        return p == null && Thread.interrupted() ? errors.interruption() : p;
    }

    @Override
    void putBack(Throwable error) {
        errors.putBack(error);
    }

    @Override
    void throwLater(Throwable error, long since, boolean lasting) {
        errors.add(error, since, lasting);
        unpark();
    }

    @Override
    boolean revoke(Throwable error) {
        return errors.remove(error);
    }

    @Override
    long since() {
        return errors.since();
    }

    @Override
    void putUpShield() {
        errors.putUp();
    }

    @Override
    void takeDownShield() {
        errors.takeDown();
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
        due = true;
        hub.core.push(this);
        park();
    }
}
