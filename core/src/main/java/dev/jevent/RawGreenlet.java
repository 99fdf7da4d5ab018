package dev.jevent;

import dev.jevent.internal.Locals;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.TimerEntry;

import org.jspecify.annotations.Nullable;

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

    // loop thread only, all that follows; there may be a million of these objects
    private boolean parked; // in park(), not continued yet
    private boolean queued; // stands in the queue
    private boolean polling; // in a JDK call that waits in the hub's epoll
    private Pending pending; // what is to be thrown from its next wait
    RawGreenlet previous; // among the hub's living
    RawGreenlet next;
    Locals locals; // written in its own thread; null: none
    private Object label; // the name it was given, or an Integer; guarded by this

    static {
        if (JDK != null) {
            JDK.entry(g -> ((RawGreenlet) g).main());
        }
    }

    RawGreenlet(Hub hub) {
        this.hub = hub;
    }

    // ---- life

    /** What it does; in its own thread. */
    void body() {}

    /** It was killed before it ran. Loop thread. */
    void neverBegan(Throwable error) {}

    /** Its hub was destroyed and will not continue it. */
    void abandoned(Throwable error) {}

    /** Gives it a thread and a place in the queue of its hub. Any thread. */
    final void schedule() {
        if (state != NEW) {
            return;
        }
        state = SCHEDULED;
        thread = JDK.newThread(hub.scheduler(), givenName(), this);
        if (hub.core.inLoop()) {
            enqueue();
        } else {
            hub.core.submit(new Beginning(this));
            endIfTheHubHas();
        }
    }

    /** It comes from another thread, and begins when its hub takes it. */
    private record Beginning(RawGreenlet greenlet) implements Runnable {
        @Override
        public void run() {
            greenlet.enqueue();
        }
    }

    private static final class BeginningTimer extends TimerEntry {
        private final RawGreenlet greenlet;

        BeginningTimer(RawGreenlet greenlet) {
            super(true);
            this.greenlet = greenlet;
        }

        @Override
        protected void due() {
            greenlet.enqueue();
        }
    }

    /** After a submit: either the hub's end finds the entry, or this sees the end. */
    private void endIfTheHubHas() {
        if (hub.core.isClosed()) {
            throwInLoop(new HubDestroyed(hub));
        }
    }

    /** Ends the greenlet that a queue entry or timer of a destroyed hub would have begun. */
    static void neverBegin(Object entry, HubDestroyed error) {
        RawGreenlet g =
                switch (entry) {
                    case RawGreenlet r -> r;
                    case Beginning b -> b.greenlet;
                    case BeginningTimer t -> t.greenlet;
                    case LaterBeginning l -> l.timer.greenlet;
                    default -> null;
                };
        if (g != null && !g.hasBegun()) {
            g.throwInLoop(error);
        }
    }

    /** As {@link #schedule}, after a while. Any thread. */
    final void scheduleLater(long nanos) {
        if (state != NEW) {
            return;
        }
        state = SCHEDULED;
        thread = JDK.newThread(hub.scheduler(), givenName(), this);
        var timer = new BeginningTimer(this);
        if (hub.core.inLoop()) {
            hub.core.start(timer, nanos);
        } else {
            hub.core.submit(new LaterBeginning(timer, nanos));
            endIfTheHubHas();
        }
    }

    private record LaterBeginning(BeginningTimer timer, long nanos) implements Runnable {
        @Override
        public void run() {
            timer.greenlet.hub.core.start(timer, nanos);
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
            return; // continued by the JDK before its turn came, or killed before it began
        }
        queued = false;
        if (state == STARTED) {
            int how = pinnedElsewhere() ? Jdk.RAN : JDK.resume(thread);
            if (how == Jdk.SUSPENDED) {
                queued = true; // somebody takes its stack trace
                hub.core.push(this);
            } else if (how == Jdk.NOT_RUNNABLE && polling) {
                LockSupport.unpark(thread); // its wait has a time, which is the JDK's to cancel
            }
        } else if (state == SCHEDULED) {
            if (hub.destroyed() && this instanceof Links) {
                throwInLoop(new HubDestroyed(hub)); // what tells of the end may still run
                return;
            }
            state = STARTED;
            hub.living.add(this);
            JDK.startAndRun(thread, hub.scheduler());
        }
    }

    /** See {@link dev.jevent.internal.loop.FdHandler#prefetch}. Any thread; changes nothing. */
    final int prefetch() {
        Thread t = thread;
        return t == null ? 0 : JDK.prefetch(t);
    }

    private boolean pinnedElsewhere() {
        return hub.hasPinned() && hub.handLoopToPinned(this, thread);
    }

    private void main() {
        try {
            body();
        } finally {
            state = DEAD;
            thread = null;
            locals = null;
            if (hub.core.inLoop()) {
                hub.ended(this);
            } else {
                hub.core.submit((Runnable) () -> hub.ended(this));
            }
        }
    }

    /** Who is told of its end shall see it: called before they are. */
    final void markDead() {
        state = DEAD;
    }

    /** For a virtual thread that was started by somebody else. In that thread. */
    final void adopt(Thread self) {
        thread = self;
        state = STARTED;
        JDK.adopt(self, this);
    }

    /** Whether it is started, perhaps waiting for its first turn, and has not ended. */
    public boolean started() {
        return (state == STARTED || state == SCHEDULED) && !dead();
    }

    /** Whether it has ended, or can never begin. */
    public boolean dead() {
        if (state == DEAD) {
            return true;
        }
        Thread t = thread; // of an adopted one nobody tells us the end
        return state == STARTED && t != null && t.getState() == Thread.State.TERMINATED;
    }

    final boolean hasBegun() {
        return state >= STARTED;
    }

    /** The hub that runs it. */
    public Hub hub() {
        return hub;
    }

    /** Its thread from its start to its end, else null. */
    public @Nullable Thread thread() {
        return thread;
    }

    /** Its name: the one it was given, or its kind and a number, which counts up in each hub. */
    public String name() {
        Object l;
        synchronized (this) {
            if (label == null) {
                label = hub.nextIdent();
            }
            l = label;
        }
        return l instanceof Integer number ? defaultName(number) : (String) l;
    }

    private @Nullable String givenName() {
        return label instanceof String s ? s : null;
    }

    String defaultName(int number) {
        return "RawGreenlet-" + number;
    }

    /** Gives it a name, which its thread bears too. */
    public void name(String name) {
        if (name == null) {
            throw new NullPointerException("name");
        }
        synchronized (this) {
            label = name;
        }
        Thread t = thread;
        if (t != null) {
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
        ownTheLoop();
        parked = true;
        if (!JDK.suspend(thread)) {
            hub.parkPinned(this, thread);
        }
        parked = false;
    }

    @Override
    void parkUntil(long end) {
        ownTheLoop();
        var timer = new UnparkTimer(this);
        hub.core.startAt(timer, end);
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
    void yieldNow() {
        ownTheLoop();
        queued = true;
        hub.core.push(this);
        park();
    }

    @Override
    void unpark() {
        if (hub.core.inLoop()) {
            unparkInLoop();
        } else {
            hub.core.submit(this);
        }
    }

    @Override
    boolean isGone() {
        return hub.core.isClosed();
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

    /** Whether it waits in jevent or in the hub's epoll, that is, where the hub knows of it. */
    final boolean waitsVisibly() {
        return parked || polling || queued;
    }

    // ---- what is thrown into it

    @Override
    Throwable takePending() {
        Pending p = pending;
        if (p != null && !p.isEmpty()) {
            return p.poll();
        }
        Thread t = thread;
        if (t != null && t.isInterrupted()) {
            Thread.interrupted();
            return p == null ? new Interrupted() : p.interruption();
        }
        return null;
    }

    private Pending pending() {
        if (pending == null) {
            pending = Pending.ofGreenlet();
        }
        return pending;
    }

    @Override
    void putBack(Throwable error) {
        pending().putBack(error);
    }

    @Override
    void gotValue() {
        Pending p = pending;
        if (p != null && !p.isEmpty()) {
            hub.onLoop(() -> hub.undelivered.add(this)); // perhaps its next wait is in the JDK
        }
    }

    @Override
    boolean revoke(Throwable error) {
        Pending p = pending;
        if (p == null) {
            return false;
        }
        boolean waited = p.remove(error);
        if (p.removeCause(error)) {
            Thread.interrupted(); // it was for this and for nobody else
        }
        return waited;
    }

    @Override
    Throwable interruptCause() {
        return pending == null ? null : pending.interruptCause;
    }

    @Override
    void throwLater(Throwable error, long since) {
        hub.onLoop(() -> throwInLoop(error, since));
    }

    /** Loop thread. */
    final void throwInLoop(Throwable error) {
        throwInLoop(error, 0);
    }

    private void throwInLoop(Throwable error, long since) {
        if (state == NEW || state == SCHEDULED) {
            state = DEAD;
            thread = null;
            neverBegan(error);
        } else if (state == STARTED) {
            pending().add(error, since);
            if (!deliver()) {
                hub.undelivered.add(this);
            }
        }
    }

    /**
     * Sees to it that what is pending is thrown from where it waits. Loop thread.
     *
     * @return false if it does not wait now; to be tried again after it ran
     */
    final boolean deliver() {
        Thread t = thread;
        if (state != STARTED || pending == null || pending.isEmpty() || t == null) {
            return true;
        }
        if (dead()) {
            return true; // was adopted: the thread of somebody else, which has ended
        }
        if (parked) {
            unparkInLoop();
            return true;
        }
        if (polling) {
            LockSupport.unpark(t);
            return true;
        }
        if (queued || !JDK.isWaiting(t) && !JDK.isPinned(t)) {
            return false;
        }
        // In a lock, a queue or a sleep of the JDK. What its InterruptedException stands for is
        // remembered, and said at the edge: the Timeout's scope or the greenlet's end.
        pending.pollForInterrupt();
        t.interrupt();
        return pending.isEmpty();
    }

    @Override
    long since() {
        return pending == null ? 0 : pending.since();
    }

    @Override
    void putUpShield() {
        ownTheLoop();
        pending().putUp();
    }

    @Override
    void takeDownShield() {
        ownTheLoop();
        pending.takeDown();
        if (!pending.isEmpty()) {
            hub.undelivered.add(this); // perhaps its next wait is in the JDK
        }
    }

    /** Goes on only when it runs on the loop, as nearly always it does. Own thread. */
    void ownTheLoop() {
        if (!hub.core.inLoop()) {
            hub.regainLoop(this, thread);
        }
    }

    /** Begins a JDK call that waits in the hub's epoll; throws what is pending. Own thread. */
    final void beginPolling() {
        Pending p = pending;
        if (p != null && (!p.isEmpty() || (p.interruptCause != null && thread.isInterrupted()))) {
            throwPending();
        }
        polling = true;
    }

    /** What a thread waited for in the hub's epoll is there. Loop thread. */
    static void polled(Thread thread) {
        if (JDK.greenlet(thread) instanceof RawGreenlet g && g.polling && !g.queued) {
            g.queued = true;
            g.hub.core.push(g); // continued by us, which costs less than by the JDK
        } else {
            LockSupport.unpark(thread);
        }
    }

    /** Ends it. Whether it had begun. */
    final boolean endPolling() {
        boolean was = polling;
        polling = false;
        return was;
    }

    /** What is to be thrown from the end of such a call; null if nothing. */
    final Throwable pendingAfterPolling() {
        return pending == null ? null : pending.poll();
    }

    /** Translates an interruption that stood for a kill or timeout into that. Own thread. */
    final Throwable translate(Throwable e) {
        Throwable cause = interruptCause();
        if (cause != null && cause != e && Interruptions.isInterruption(e)) {
            pending.interruptCause = null;
            cause.addSuppressed(e);
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
}
