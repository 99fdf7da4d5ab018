package dev.jevent;

import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.TimerEntry;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * A green thread: plain blocking code that gives way to the other greenlets of its hub wherever it
 * waits, and nowhere else. It runs on a JDK virtual thread whose scheduler is the hub, so that
 * {@link Thread#currentThread()}, thread locals, {@code synchronized}, debuggers and stack traces
 * work as ever.
 *
 * <p>This class is the bare thread, without a result and without links: what {@link
 * Jevent#spawnRaw} makes, what {@link Jevent#getCurrent()} answers for a hub's own thread (the root
 * greenlet), and what a virtual thread becomes that somebody starts inside a greenlet. {@link
 * Greenlet} is what a program usually has. Follows {@code greenlet.greenlet} as gevent uses it.
 *
 * <p>{@link #killLater()} and the accessors may be called from any thread.
 */
public class RawGreenlet extends Parker {

    private static final int NEW = 0;
    private static final int SCHEDULED = 1; // stands in the queue or on a timer for the first time
    private static final int STARTED = 2;
    private static final int DEAD = 3;

    final Hub hub;
    private volatile Thread thread; // from the start to the end
    private volatile byte state; // written by the spawner, then by the loop thread

    // loop thread only, all that follows
    private boolean parked; // in park(), not continued yet
    private boolean queued; // stands in the queue
    private boolean polling; // in a JDK call that waits in the hub's epoll
    private Thread pinnedOn; // in park(), on a carrier it could not leave
    private Throwable pending; // to be thrown from the next wait
    private ArrayDeque<Throwable> morePending;
    private Throwable interruptCause;
    RawGreenlet previous; // among the hub's living
    RawGreenlet next;

    private int ident;
    private String name;

    RawGreenlet(Hub hub) {
        this.hub = hub;
    }

    // ---- life

    /** What it does; in its own thread. */
    void body() {}

    /** Called in its own thread when it has ended, and by the loop if it never began. */
    void ended() {}

    /** Gives it a thread and a place in the queue of its hub. Any thread. */
    final void schedule() {
        if (state != NEW) {
            return;
        }
        state = SCHEDULED;
        thread = JDK.newThread(hub.scheduler(), name, this::main);
        if (hub.core.inLoop()) {
            enqueue();
        } else {
            hub.core.submit((Runnable) this::enqueue);
        }
    }

    /** As {@link #schedule}, after a while. Loop thread. */
    final TimerEntry scheduleLater(long nanos) {
        state = SCHEDULED;
        thread = JDK.newThread(hub.scheduler(), name, this::main);
        var timer = new StartTimer(this);
        hub.onLoop(() -> hub.core.start(timer, nanos));
        return timer;
    }

    private static final class StartTimer extends TimerEntry {
        private final RawGreenlet greenlet;

        StartTimer(RawGreenlet greenlet) {
            super(true);
            this.greenlet = greenlet;
        }

        @Override
        protected void due() {
            greenlet.enqueue();
        }
    }

    private void enqueue() {
        if (state == SCHEDULED && !queued) {
            queued = true;
            hub.core.push(this);
        }
    }

    /** It is this one's turn. Loop thread. */
    final void turn() {
        if (!queued) {
            return; // continued by the JDK before its turn came
        }
        queued = false;
        if (state == SCHEDULED) {
            state = STARTED;
            hub.living.add(this);
            JDK.startAndRun(thread, this, hub.scheduler());
        } else if (pinnedOn != null) {
            Thread carrier = pinnedOn;
            pinnedOn = null;
            hub.handLoopTo(carrier, thread);
        } else if (state == STARTED && JDK.resume(thread) == Jdk.SUSPENDED) {
            queued = true; // somebody takes its stack trace
            hub.core.push(this);
        }
    }

    private void main() {
        try {
            body();
        } finally {
            state = DEAD;
            if (hub.core.inLoop()) {
                hub.living.remove(this);
            } else {
                hub.core.submit((Runnable) () -> hub.living.remove(this));
            }
            ended();
            thread = null;
        }
    }

    /** For a virtual thread that was started by somebody else. In that thread. */
    final void adopt(Thread self) {
        thread = self;
        state = STARTED;
        JDK.adopt(self, this);
    }

    /** Whether it has begun and not ended. */
    public boolean started() {
        return state == STARTED || state == SCHEDULED;
    }

    /** Whether it has ended, or can never begin. */
    public boolean dead() {
        return state == DEAD;
    }

    /** The hub that runs it. */
    public Hub hub() {
        return hub;
    }

    /** Its thread from its start to its end, else null. */
    public Thread thread() {
        return thread;
    }

    /** Its name: the one it was given, or its kind and a number that counts from 0 in each hub. */
    public String name() {
        String n = name;
        if (n == null) {
            synchronized (this) {
                if (ident == 0) {
                    ident = hub.nextIdent();
                }
            }
            n = defaultName(ident - 1);
        }
        return n;
    }

    String defaultName(int number) {
        return "RawGreenlet-" + number;
    }

    /** Gives it a name, which its thread bears too. */
    public void name(String name) {
        this.name = name;
        Thread t = thread;
        if (t != null && name != null) {
            t.setName(name);
        }
    }

    @Override
    public String toString() {
        return name();
    }

    // ---- waiting

    @Override
    void park() {
        Thread self = thread;
        if (!hub.core.inLoop()) {
            regainLoop(self);
        }
        parked = true;
        if (!JDK.suspend(self)) {
            parkPinned(self);
        }
        parked = false;
    }

    /**
     * This thread holds the hub's thread and cannot let go of it. The loop goes on in a stand-in,
     * which gives it back when it is this one's turn.
     */
    private void parkPinned(Thread self) {
        pinnedOn = JDK.carrier();
        StandIn.takeOver(hub);
        awaitLoop(self);
    }

    /**
     * It was pinned in a call of the JDK's, the watchdog let a stand-in run the loop, and now it
     * goes on: asks for the loop, so that again one at a time runs.
     */
    private void regainLoop(Thread self) {
        Thread carrier = JDK.carrier();
        hub.core.submit((Runnable) () -> hub.handLoopTo(carrier, self));
        awaitLoop(self);
    }

    private void awaitLoop(Thread self) {
        boolean interrupted = false;
        while (!hub.core.inLoop()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
                hub.core.submit((Runnable) this::unparkInLoop); // it has a reason to look
            }
        }
        if (interrupted) {
            self.interrupt();
        }
    }

    @Override
    void park(long nanos) {
        if (!hub.core.inLoop()) {
            regainLoop(thread);
        }
        var timer = new UnparkTimer(this);
        hub.core.start(timer, nanos);
        park();
        if (timer.isActive()) {
            hub.core.stop(timer);
        }
    }

    static final class UnparkTimer extends TimerEntry {
        private final RawGreenlet greenlet;

        UnparkTimer(RawGreenlet greenlet) {
            super(true);
            this.greenlet = greenlet;
        }

        @Override
        protected void due() {
            greenlet.unparkInLoop();
        }
    }

    @Override
    long nanoTime() {
        return hub.core.now();
    }

    @Override
    void unpark() {
        if (hub.core.inLoop()) {
            unparkInLoop();
        } else {
            hub.core.submit(this);
        }
    }

    /**
     * Loop thread. Does nothing unless it is parked: between its look at what it waits for and its
     * park nothing else runs on the loop, so that it will see by itself what has changed.
     */
    void unparkInLoop() {
        if (parked && !queued) {
            queued = true;
            hub.core.push(this);
        }
    }

    // ---- what is thrown into it

    @Override
    Throwable takePending() {
        if (pending != null) {
            return nextPending();
        }
        Thread t = thread;
        if (t != null && t.isInterrupted()) {
            Thread.interrupted();
            return takeInterruptCause();
        }
        return null;
    }

    private Throwable nextPending() {
        Throwable p = pending;
        if (p != null) {
            pending = morePending == null ? null : morePending.poll();
        }
        return p;
    }

    private Throwable takeInterruptCause() {
        Throwable cause = interruptCause;
        interruptCause = null;
        return cause != null ? cause : new Interrupted();
    }

    @Override
    void putBack(Throwable error) {
        if (pending != null) {
            if (morePending == null) {
                morePending = new ArrayDeque<>(2);
            }
            morePending.addFirst(pending);
        }
        pending = error;
    }

    @Override
    void revoke(Throwable error) {
        if (pending == error) {
            nextPending();
        } else if (morePending != null) {
            morePending.remove(error);
        }
        if (interruptCause == error) {
            interruptCause = null;
            Thread.interrupted(); // it was for this and for nobody else
        }
    }

    @Override
    Throwable interruptCause() {
        return interruptCause;
    }

    @Override
    void throwLater(Throwable error) {
        hub.onLoop(() -> throwInLoop(error));
    }

    /** Loop thread. */
    final void throwInLoop(Throwable error) {
        if (state == DEAD) {
            return;
        }
        if (state != STARTED) {
            state = DEAD;
            thread = null;
            neverBegan(error);
            return;
        }
        if (pending == null) {
            pending = error;
        } else {
            if (morePending == null) {
                morePending = new ArrayDeque<>(2);
            }
            morePending.add(error);
        }
        if (!deliver()) {
            hub.undelivered.add(this);
        }
    }

    /** It was killed before it ran. Loop thread. */
    void neverBegan(Throwable error) {}

    /**
     * Sees to it that what is pending is thrown from where it waits. Loop thread.
     *
     * @return false if it does not wait now; to be tried again after it ran
     */
    final boolean deliver() {
        if (state != STARTED || pending == null) {
            return true;
        }
        if (parked) {
            unparkInLoop();
            return true;
        }
        if (polling) {
            LockSupport.unpark(thread);
            return true;
        }
        Thread t = thread;
        if (t == null || queued || !JDK.isWaiting(t)) {
            return false;
        }
        // In a lock, a queue or a sleep of the JDK. What its InterruptedException stands for is
        // remembered, and said at the edge: the Timeout's scope or the greenlet's end.
        interruptCause = nextPending();
        t.interrupt();
        return pending == null;
    }

    /** Begins a JDK call that waits in the hub's epoll; throws what is pending. Own thread. */
    final void beginPolling() {
        Thread t = thread;
        if (pending != null || (interruptCause != null && t.isInterrupted())) {
            throw Parker.<RuntimeException>sneaky(takePending());
        }
        polling = true;
    }

    /** Ends it. Whether it had begun. */
    final boolean endPolling() {
        boolean was = polling;
        polling = false;
        return was;
    }

    /** What is to be thrown from the end of such a call; null if nothing. */
    final Throwable pendingAfterPolling() {
        return nextPending();
    }

    /** Whether it waits in jevent or in the hub's epoll, that is, where the hub knows of it. */
    final boolean waitsVisibly() {
        return parked || polling || queued;
    }

    /** Translates an interruption that stood for a kill or timeout into that. Own thread. */
    final Throwable translate(Throwable e) {
        Throwable cause = interruptCause;
        if (cause != null && Interruptions.isInterruption(e)) {
            interruptCause = null;
            if (cause != e) {
                cause.addSuppressed(e);
            }
            return cause;
        }
        return e;
    }

    /**
     * Throws {@link GreenletExit} into it where it waits, or where it waits next, and does not wait
     * for that. One that has not begun never begins.
     */
    public void killLater() {
        killLater(new GreenletExit());
    }

    /** As {@link #killLater()}, with another error or exception. To itself, throws it at once. */
    public void killLater(Throwable error) {
        if (error == null) {
            throw new NullPointerException("error");
        }
        if (JDK.greenlet(Thread.currentThread()) == this) {
            throw Parker.<RuntimeException>sneaky(error);
        }
        throwLater(error);
    }

    /** Its hub was destroyed and will not continue it. */
    void abandoned(Throwable error) {}

    final boolean hasBegun() {
        return state >= STARTED;
    }

    /** Goes to the end of the queue. Own thread. */
    @Override
    void yieldNow() {
        if (!hub.core.inLoop()) {
            regainLoop(thread);
        }
        queued = true;
        hub.core.push(this);
        park();
    }
}
