package dev.jevent;

import dev.jevent.internal.SwitchTrace;
import dev.jevent.internal.Workers;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.Poll;
import dev.jevent.internal.loop.TimerEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The loop of a hub: what its entries mean. */
final class HubCore extends EventLoop {

    private static final long GRACE_NANOS = 20_000_000;
    private static final long GRACE_BEFORE_LOOP_EXIT_NANOS = 100_000_000; // that is for good

    private final Hub hub;
    int polls; // loop thread: JDK calls that wait in the loop's poll; each keeps it alive
    int joining; // loop thread: the root waits until nothing is left
    boolean turnAway; // loop thread: who runs is about to wait in the JDK, to let others run
    private int sinceDelivery; // loop thread: entries run
    private List<SwitchTrace> traces; // loop thread; replaced as a whole; null if there is none
    private volatile Throwable unreported; // any thread: for want of memory
    private volatile boolean closed; // written by the loop thread
    private volatile Thread hope; // written by the loop thread: who might wake it; null: nobody yet

    HubCore(Hub hub, Poll poll, Thread owner) {
        super(poll, owner);
        this.hub = hub;
    }

    @Override
    protected boolean dispatch(Object entry) {
        if (traces != null) {
            beginTraces(entry);
        }
        if (entry instanceof RawGreenlet g) {
            if (g instanceof Root root) {
                return root.rootTurn();
            }
            g.turn();
        } else {
            try {
                ((Runnable) entry).run(); // a callback, or the next piece of a virtual thread
            } catch (Throwable e) {
                failed(entry, e);
            }
        }
        if (!hub.undelivered.isEmpty() && ++sinceDelivery >= hub.undelivered.size()) {
            deliverAll();
        }
        if (traces != null) {
            endTraces(); // some may have begun in this entry
        }
        return false;
    }

    private void beginTraces(Object entry) {
        for (SwitchTrace t : traces) {
            t.begins(entry);
        }
    }

    private void endTraces() {
        for (SwitchTrace t : traces) {
            t.ends();
        }
    }

    /** Begins a trace of who gives way. Loop thread. */
    void add(SwitchTrace trace) {
        List<SwitchTrace> all = traces == null ? new ArrayList<>() : new ArrayList<>(traces);
        all.add(trace);
        traces = all;
    }

    /** Ends it. Loop thread. */
    void remove(SwitchTrace trace) {
        if (traces != null) {
            List<SwitchTrace> all = new ArrayList<>(traces);
            all.remove(trace);
            traces = all.isEmpty() ? null : all;
        }
    }

    /** Each time for as many as entries have run since the last time: linear, however many. */
    private void deliverAll() {
        sinceDelivery = 0;
        hub.undelivered.removeIf(RawGreenlet::deliver);
    }

    @Override
    protected void beforeRest() {
        if (traces != null) {
            endTraces();
        }
        if (!hub.undelivered.isEmpty()) {
            deliverAll();
        }
        if (unreported != null) {
            reportLate();
        }
    }

    @Override
    protected void arrived(Object entry) {
        if (entry instanceof RawGreenlet g) {
            g.unparkInLoop();
        } else {
            push(entry);
        }
    }

    @Override
    protected boolean lostTheLoop() {
        Thread me = Thread.currentThread();
        if (me != hub.owner()) {
            return false; // a stand-in that has done its work
        }
        submit((Runnable) () -> hub.handLoopTo(me, me));
        boolean interrupted = false;
        while (runner() != me) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            me.interrupt();
        }
        hub.root().askAgain();
        return true;
    }

    @Override
    protected long patience() {
        return joining == 0 && runner() == hub.owner() && !hub.outlivesItsWork
                ? Outsiders.patience()
                : 0;
    }

    @Override
    protected boolean staysAlive() {
        if (runner() != hub.owner() || hub.outlivesItsWork) {
            return true;
        }
        return (joining == 0 ? mayBeWoken() : Outsiders.waitsForIo(hub)) || somethingIsOnItsWay();
    }

    private boolean mayBeWoken() {
        Boolean known = Outsiders.known(hub);
        if (known != null) {
            return known;
        }
        Thread h = hope;
        if (h == null || !Outsiders.mightWake(h)) {
            h = Outsiders.findOne(hub);
        } else if (Workers.isWorker(h)) {
            Workers.tellWhenIdle(this);
            if (!Outsiders.mightWake(h)) {
                h = Outsiders.findOne(hub); // idle since a moment ago
            }
        }
        hope = h;
        return h != null;
    }

    /**
     * Whether the thread for whose sake the loop sleeps can wake nobody any more: then it has to
     * ask again. From the watchdog.
     *
     * @param closely whether to look at more than whether it lives
     */
    boolean hopesInVain(boolean closely) {
        Thread h = hope;
        return h != null && isAsleep() && !(closely ? Outsiders.mightWake(h) : h.isAlive());
    }

    /** Whether there is something to do, though the loop has said that there is nothing. */
    boolean somethingHasCome() {
        return !hasNothing() || somethingIsOnItsWay();
    }

    /**
     * A thread that has ended just now, or a notify, wakes a greenlet through a helper thread of
     * the JDK's, which nobody sees. So if one waits in a call of the JDK's, that gets a moment.
     */
    private boolean somethingIsOnItsWay() {
        if (!hub.living.anyInTheJdk()) {
            return false;
        }
        long grace = joining == 0 ? GRACE_BEFORE_LOOP_EXIT_NANOS : GRACE_NANOS;
        long end = System.nanoTime() + grace;
        for (long left = grace; left > 0 && hasNothing(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, Math.min(left, GRACE_NANOS / 8));
        }
        return !hasNothing();
    }

    @Override
    public void failed(Object context, Throwable error) {
        // reporting may wait for a lock that a greenlet holds: never on the loop itself
        try {
            new RawTask(hub, () -> hub.handleError(context, error)).schedule();
        } catch (Throwable e) {
            unreported = error; // the latest one is enough
        }
    }

    private void reportLate() {
        Throwable error = unreported;
        unreported = null;
        failed("the loop of " + hub, error);
    }

    @Override
    protected void wakeAll() {
        hub.root().unparkInLoop();
        hub.living.wakeAll();
    }

    /**
     * Whether nobody lives but virtual threads that the program has made itself, which are daemons.
     * No greenlet lives, so whoever waits in a call of the JDK's or for a time is one of them. Loop
     * thread, between two runs.
     */
    boolean hasOnlyGuests() {
        if (hub.living.size() > 0) {
            return false;
        }
        for (Object entry : entries()) {
            boolean guest = entry instanceof RawGreenlet g ? g.hasBegun() : isOfTheJdk(entry);
            if (!guest && !(entry instanceof Root)) {
                return false;
            }
        }
        return refs() - polls - countTimers(HubCore::isOfGuest) <= 0;
    }

    private static boolean isOfTheJdk(Object piece) {
        return piece.getClass().getPackageName().equals("java.lang");
    }

    private static boolean isOfGuest(TimerEntry timer) {
        return timer instanceof RawGreenlet.UnparkTimer || timer instanceof Hub.JdkTimer;
    }

    /** The hub is destroyed. */
    void close() {
        closed = true;
        shutDown();
    }

    boolean isClosed() {
        return closed;
    }
}
