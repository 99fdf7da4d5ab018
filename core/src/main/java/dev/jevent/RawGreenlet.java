package dev.jevent;

import dev.jevent.internal.Locals;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.loop.TimerEntry;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A green thread: plain blocking code that gives way to the other greenlets of its hub where it may
 * wait, and nowhere else. It runs on a JDK virtual thread whose scheduler is the hub, so that
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

    private static final byte NEW = 0;
    private static final byte SCHEDULED = 1; // in the queue or on a timer for the first time
    private static final byte STARTED = 2;
    private static final byte DEAD = 3;

    private static final VarHandle STATE;

    static final byte NOT_POLLING = 0;
    static final byte FOR_EPOLL = 1; // in the hub's epoll
    static final byte FOR_TURN = 2; // in the hub's queue, to let others run
    static final byte FOR_JDK = 3; // in one of the JDK's pollers

    final Hub hub;
    private volatile Thread thread; // from the start to the end
    private volatile byte state; // from NEW to SCHEDULED by any thread, else by the loop thread

    // loop thread only, all that follows; there may be a million of these objects
    private boolean parked; // in park(), not continued yet
    private boolean queued; // stands in the queue
    private byte polling; // in a JDK call that waits: one of the following
    private Pending pending; // what is to be thrown from its next wait
    RawGreenlet previous; // among the hub's living
    RawGreenlet next;
    Locals locals; // written in its own thread; null: none
    private Object label; // the name it was given, or an Integer; guarded by this

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(RawGreenlet.class, "state", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
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

    /** Gives it a thread and a place in the queue of its hub, once. Any thread. */
    final void schedule() {
        if (claim()) {
            begin();
        }
    }

    /**
     * Of all that want to start it at the same time, one may: its next step is {@link #begin} or
     * {@link #beginLater}. A kill that is faster, on the loop, has ended it by then. Any thread.
     */
    final boolean claim() {
        StackRoom.section(); // for all that follows
        return state == NEW && STATE.compareAndSet(this, NEW, SCHEDULED);
    }

    /** Takes {@link #claim} back. */
    final void unclaim() {
        boolean ignored = STATE.compareAndSet(this, SCHEDULED, NEW);
    }

    final void begin() {
        boolean begun = false;
        try {
            if (makeThread()) {
                if (hub.core.inLoop()) {
                    enqueue();
                } else {
                    hub.core.submit(new Beginning(this));
                    endIfTheHubHas();
                }
            }
            begun = true;
        } finally {
            if (!begun) {
                notBegun();
            }
        }
    }

    /** There was no memory for it; so that it may be tried again. */
    private void notBegun() {
        if (!queued) {
            thread = null;
            unclaim();
        }
    }

    /** False if it was killed meanwhile: either this sees that, or the kill sees the thread. */
    private boolean makeThread() {
        thread = JDK.newThread(hub.scheduler(), givenName(), this);
        if (state == DEAD) {
            thread = null;
            return false;
        }
        return true;
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
            greenlet.waitsToBegin(null);
            greenlet.enqueue();
        }

        @Override
        protected boolean isDueAgain() {
            return true;
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

    /** As {@link #begin}, after a while. */
    final void beginLater(long nanos) {
        boolean begun = false;
        try {
            if (makeThread()) {
                var beginning = new LaterBeginning(new BeginningTimer(this), nanos);
                if (hub.core.inLoop()) {
                    beginning.run();
                } else {
                    hub.core.submit(beginning);
                    endIfTheHubHas();
                }
            }
            begun = true;
        } finally {
            if (!begun) {
                notBegun();
            }
        }
    }

    private record LaterBeginning(BeginningTimer timer, long nanos) implements Runnable {
        @Override
        public void run() {
            RawGreenlet g = timer.greenlet;
            if (g.state == SCHEDULED) { // else it was killed on the way here
                g.hub.core.start(timer, nanos);
                g.waitsToBegin(timer);
            }
        }
    }

    /** The timer that begins it runs from now on; null: no more. Loop thread. */
    void waitsToBegin(@Nullable TimerEntry timer) {}

    private void enqueue() {
        if (state == SCHEDULED && !queued) {
            hub.core.push(this);
            queued = true;
        }
    }

    /** It is this one's turn. Loop thread. */
    final void turn() {
        if (!queued) {
            return; // continued by the JDK before its turn came, or killed before it began
        }
        queued = false;
        if (state == STARTED) {
            int how = pinnedElsewhere() ? Jdk.RAN : JDK.resume(thread, false);
            if (how == Jdk.LARGE) {
                how = resumeIfThereIsRoom();
            }
            if (how == Jdk.SUSPENDED) {
                queued = true; // somebody takes its stack trace
                hub.core.push(this);
            } else if (how == Jdk.NOT_RUNNABLE && polling != NOT_POLLING) {
                LockSupport.unpark(thread); // its wait has a time, which is the JDK's to cancel
            }
        } else if (state == SCHEDULED) {
            if (hub.destroyed() && this instanceof Links) {
                throwInLoop(new HubDestroyed(hub)); // what tells of the end may still run
                return;
            }
            state = STARTED;
            hub.living.add(this);
            try {
                JDK.startAndRun(thread, hub.scheduler());
            } catch (OutOfMemoryError e) {
                notStarted(e);
            }
        }
    }

    /** There was no memory for the start of its thread. */
    private void notStarted(OutOfMemoryError error) {
        if (thread != null && thread.getState() == Thread.State.TERMINATED) {
            hub.living.remove(this);
            state = DEAD;
            thread = null;
            neverBegan(error);
        }
    }

    /**
     * Its stack is large, and the loop may run where less is left than when it gave way.
     *
     * @throws StackOverflowError then; it stays where it is in the queue
     */
    private int resumeIfThereIsRoom() {
        try {
            StackRoom.atLeast(JDK.stackOf(thread));
        } catch (StackOverflowError e) {
            hub.core.pushFirst(this);
            queued = true;
            throw e;
        }
        return JDK.resume(thread, true);
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
        try {
            if (!JDK.suspend(thread)) {
                hub.parkPinned(this, thread);
            }
        } finally {
            parked = false; // also if its stack cannot be put away
        }
        if (pending != null) {
            pending.hasParked = true;
        }
    }

    @Override
    void parkUntil(long end) {
        StackRoom.section();
        ownTheLoop();
        var timer = new UnparkTimer(this);
        hub.core.startAt(timer, end);
        try {
            park();
        } finally {
            if (timer.isActive()) {
                hub.core.stop(timer);
            }
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
        StackRoom.operation();
        ownTheLoop();
        hub.core.push(this);
        queued = true;
        park();
    }

    @Override
    void unpark() {
        if (hub.core.inLoop()) {
            unparkInLoop();
            return;
        }
        try {
            hub.core.submit(this);
        } catch (OutOfMemoryError e) {
            hub.core.wakeAllSoon(); // no wake-up is lost
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
            putIntoQueue();
        }
    }

    private void putIntoQueue() {
        try {
            hub.core.push(this);
            queued = true;
        } catch (OutOfMemoryError e) {
            hub.core.wakeAllSoon();
        }
    }

    /** A wake-up was lost, perhaps this one's. Loop thread. */
    final void wakeToLook() {
        Thread t = thread;
        if (parked) {
            unparkInLoop();
        } else if (polling == FOR_EPOLL && !queued && t != null) {
            LockSupport.unpark(t);
        }
    }

    /** Whether it waits in jevent or in the hub's epoll, that is, where the hub knows of it. */
    final boolean waitsVisibly() {
        return parked || polling == FOR_EPOLL || polling == FOR_TURN || queued;
    }

    // ---- what is thrown into it

    @Override
    Throwable takePending() {
        Pending p = pending;
        if (p != null && !p.isEmpty()) {
            return holdsBack(p) ? null : take(p);
        }
        Thread t = thread;
        if (p != null && p.owed) {
            payInterrupt(t, p);
        }
        if (t != null && t.isInterrupted()) {
            Thread.interrupted();
            return p == null ? new Interrupted() : p.interruption();
        }
        return null;
    }

    private Throwable take(Pending p) {
        Throwable error = p.poll();
        clearInterrupt(p);
        if (!p.isEmpty()) {
            list();
        }
        return error;
    }

    /** The interrupt status that jevent has set is not needed any more. Own thread. */
    private static void clearInterrupt(Pending p) {
        if (p.interrupting && p.anyTold() == null) {
            p.interrupting = false;
            boolean ignored = Thread.interrupted();
        }
    }

    /** While a class is initialised, whose initialiser waits: all waits until it has ended. */
    private boolean holdsBack(Pending p) {
        p.held = Initialisers.onStack();
        if (p.held) {
            list();
        }
        return p.held;
    }

    /** The hub shall try to deliver what is pending, for the next wait may be one of the JDK's. */
    private void list() {
        hub.onLoop(
                () -> {
                    Pending p = pending;
                    if (p != null && !p.listed) {
                        p.listed = true;
                        hub.undelivered.add(this);
                    }
                });
    }

    @Override
    Pending known() {
        return pending;
    }

    @Override
    Pending pending() {
        if (pending == null) {
            pending = Pending.ofGreenlet();
        }
        return pending;
    }

    @Override
    void putBack(Throwable error) {
        pending().putBack(error);
        list();
    }

    @Override
    boolean tellInstead(Throwable error) {
        boolean told = super.tellInstead(error);
        if (told) {
            list();
        }
        return told;
    }

    @Override
    void gotValue() {
        Pending p = pending;
        if (p != null && !p.isEmpty()) {
            list(); // perhaps its next wait is in the JDK
        }
    }

    @Override
    boolean revoke(Throwable error) {
        Pending p = pending;
        if (p == null) {
            return false;
        }
        boolean waited = p.remove(error);
        clearInterrupt(p);
        return waited;
    }

    @Override
    void throwLater(Throwable error, long since, boolean lasting) {
        hub.onLoop(() -> throwInLoop(error, since, lasting));
    }

    /** Loop thread. */
    final void throwInLoop(Throwable error) {
        throwInLoop(error, 0, false);
    }

    /** As {@link #throwInLoop(Throwable)}, from every wait. Loop thread. */
    final void throwInLoopForGood(Throwable error) {
        throwInLoop(error, 0, true);
    }

    private void throwInLoop(Throwable error, long since, boolean lasting) {
        if (state == NEW || state == SCHEDULED) {
            state = DEAD;
            thread = null;
            neverBegan(error);
        } else if (state == STARTED) {
            pending().add(error, since, lasting);
            if (!deliver()) {
                list();
            }
        }
    }

    /**
     * Sees to it that what is pending is thrown from where it waits. Loop thread.
     *
     * @return false if it does not wait now, or takes notice of nothing; to be tried again
     */
    final boolean deliver() {
        boolean done = tryToDeliver();
        if (done && pending != null) {
            pending.listed = false;
        }
        return done;
    }

    private boolean tryToDeliver() {
        Thread t = thread;
        Pending p = pending;
        if (state != STARTED || p == null || p.isEmpty() && !p.owed || t == null) {
            return true;
        }
        if (dead()) {
            return true; // was adopted: the thread of somebody else, which has ended
        }
        if (parked || polling != NOT_POLLING) {
            if (p.held) {
                return false;
            }
            if (parked) {
                unparkInLoop();
            } else {
                LockSupport.unpark(t);
            }
            return true;
        }
        if (queued || !JDK.isWaiting(t) && !JDK.isPinned(t)) {
            return false;
        }
        return JDK.isPinned(t) && Initialisers.onStackOf(t) || deliverInTheJdk(t, p);
    }

    /**
     * It waits in a lock, a queue or a sleep of the JDK. At first it is interrupted, so that who is
     * prepared for that cleans up. What that stood for stays pending: at the edge (the Timeout's
     * scope or the greenlet's end) it is thrown, and if the program swallows it and waits once
     * more, it is thrown from there where the JDK's code allows it. Elsewhere the interrupt is
     * repeated, with growing pauses: code that swallows it in a loop would do nothing else.
     */
    private boolean deliverInTheJdk(Thread t, Pending p) {
        StackTraceElement[] stack = t.getStackTrace();
        JdkWaits wait = JdkWaits.of(stack, JDK.parkNanos(t));
        if (wait == JdkWaits.UNTOUCHABLE) {
            return false;
        }
        if (p.owed) {
            payInterrupt(t, p);
            return p.isEmpty();
        }
        if (!p.isTold()) {
            p.tellUntold();
            interrupt(t, p);
            return false;
        }
        if (wait == JdkWaits.THROWABLE && JDK.throwFrom(t, p.peek())) {
            p.hasParked = true;
            if (p.poll() instanceof Timeout timeout) {
                timeout.setStackTrace(stack);
            }
            p.interrupting = false; // the wait has begun, so the status was cleared
            LockSupport.unpark(t);
            return p.isEmpty();
        }
        long now = hub.core.now();
        if (!p.pauses(now)) {
            hub.core.start(new Redelivery(p.isHopeful()), p.pauseFrom(now));
            interrupt(t, p);
        }
        return false;
    }

    private static void interrupt(Thread t, Pending p) {
        p.interrupting = true;
        t.interrupt();
    }

    private static void payInterrupt(Thread t, Pending p) {
        p.owed = false;
        t.interrupt();
    }

    /** The loop goes through those that are to be delivered to before it sleeps. */
    private static final class Redelivery extends TimerEntry {
        Redelivery(boolean ref) {
            super(ref);
        }

        @Override
        protected void due() {
            // that the loop is awake is enough
        }
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
            list(); // perhaps its next wait is in the JDK
        }
    }

    /** Goes on only when it runs on the loop, as nearly always it does. Own thread. */
    void ownTheLoop() {
        if (!hub.core.inLoop()) {
            hub.regainLoop(this, thread);
        }
    }

    // ---- calls of the JDK's that wait for a descriptor; own thread

    /** Begins one: {@link #FOR_EPOLL} or {@link #FOR_JDK}. */
    final void beginPolling(byte how) {
        polling = how;
    }

    /** Whether something is to be thrown from such a call. */
    final boolean hasForPolling() {
        Pending p = pending;
        if (p != null && p.owed) {
            payInterrupt(thread, p);
        }
        if (p == null || p.isEmpty() || holdsBack(p)) {
            return false;
        }
        if (p.isEmptyNow()) {
            list();
            return false;
        }
        return true;
    }

    /** What is to be thrown as itself. */
    final Throwable takeForPolling() {
        return take(pending);
    }

    /** What is to be told instead; null if all was told or thrown before. */
    final Throwable tellInPolling() {
        Throwable error = pending.tell();
        if (error != null) {
            list();
        }
        return error;
    }

    /** Its socket is about to be closed, by an interrupt; that is to throw this. */
    final void thrownByClose(Throwable error) {
        pending.thrownByClose = error;
        pending.interrupting = true;
    }

    /** Its socket is closed. What {@link #thrownByClose} was given last; null if nothing. */
    final Throwable takeThrownByClose() {
        Pending p = pending;
        if (p == null || p.thrownByClose == null) {
            return null;
        }
        Throwable error = p.thrownByClose;
        p.thrownByClose = null;
        p.interrupting = false;
        boolean ignored = Thread.interrupted();
        return error;
    }

    /** It is not for the epoll: it ends when all have run that stand in the queue. */
    final void pollForTurn() {
        hub.core.push(this);
        queued = true;
        polling = FOR_TURN;
    }

    /** What a thread waited for in the hub's epoll is there. Loop thread. */
    static void polled(Thread thread) {
        if (JDK.greenlet(thread) instanceof RawGreenlet g && g.polling == FOR_EPOLL && !g.queued) {
            g.putIntoQueue(); // continued by us, which costs less than by the JDK
        } else {
            LockSupport.unpark(thread);
        }
    }

    /** Ends it; what it was. Own thread. */
    final byte endPolling() {
        byte was = polling;
        polling = NOT_POLLING;
        if (pending != null) {
            pending.hasParked = true;
        }
        if (was == FOR_TURN && hub.core.inLoop()) {
            queued = false; // it may have ended before its turn came
        }
        return was;
    }

    /**
     * It spins in parks that return at once, for its thread is interrupted, and so holds its hub.
     * Takes the status away, so that it gives way. What jevent has pending for it needs no status;
     * if it was of somebody else, its next wait that is none of these finds it. Any thread.
     */
    final void stopSpinning(Thread t) {
        if (JDK.clearInterrupt(t)) {
            hub.core.submit(
                    (Runnable)
                            () -> {
                                Pending p = pending();
                                p.owed = p.anyTold() == null;
                                list();
                            });
        }
    }

    // ---- its end

    /**
     * What it ends with instead: what was told and not thrown as itself. Own thread.
     *
     * @param e what its body has thrown; null if it has returned
     */
    final Throwable translate(Throwable e) {
        Pending p = pending;
        Throwable told = p == null ? null : p.anyEverTold();
        if (told == null || told == e || e instanceof GreenletExit) {
            return e;
        }
        if (e != null && !Interruptions.comesOf(e, told)) {
            return e; // a failure of its own, in its clean-up perhaps: that is not lost
        }
        if (e != null) {
            told.addSuppressed(e);
        }
        return told;
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
        StackRoom.operation();
        throwLater(error);
    }
}
