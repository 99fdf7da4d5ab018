package dev.jevent;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.Workers;
import dev.jevent.internal.jdk.HubScheduler;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.jfr.Flight;
import dev.jevent.internal.loop.Clock;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.internal.loop.TimerEntry;
import dev.jevent.loop.Loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The greenlets of one platform thread and the loop that switches between them. That thread is the
 * <i>root greenlet</i>: while it waits in a call of jevent's it runs the loop in place, and nothing
 * of the hub runs while it does something else. A hub is made when a platform thread first needs
 * one. Follows {@code gevent.hub.Hub}.
 *
 * <p>Greenlets never leave their hub. To use more cores, use more threads, each with its hub; every
 * primitive works across hubs and threads.
 *
 * <p>Methods may be called from any thread unless they say otherwise.
 */
public final class Hub {

    private static final ThreadLocal<Hub> OF_THREAD = new ThreadLocal<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    static {
        HubAccess.install(new HubDoor());
    }

    final HubCore core;
    final Living living = new Living(); // loop thread
    final List<RawGreenlet> undelivered = new ArrayList<>(); // loop thread
    private final IdentityHashMap<RawGreenlet, Thread> pinned =
            new IdentityHashMap<>(); // loop thread
    private final Thread owner;
    private final Root root;
    private final Scheduler scheduler;
    private final Loop loop;
    private static final long GUESTS_NANOS = 20_000_000;

    private final int number = COUNT.getAndIncrement();
    private final Object registered;
    private volatile String name;
    private volatile ErrorHandler errorHandler = ErrorReport::print;
    private Waiter<Void> lastEnds; // loop thread: the root waits for the end of the last greenlet
    private volatile boolean destroyed;
    volatile boolean isLent; // a stand-in runs the loop, as the root waits in the JDK
    volatile boolean outlivesItsWork; // sleeps for ever rather than end
    private int idents; // guarded by this
    private Workers workers; // guarded by this; null if nothing has blocked yet

    private Hub(Thread owner) {
        Jdk jdk = Jdk.get(); // first of all: here it says what is wrong
        this.owner = owner;
        this.name = "hub-" + number;
        this.scheduler = new Scheduler(this);
        this.core = new HubCore(this, Polling.newPoll(), owner);
        this.root = new Root(this, owner);
        this.loop = new Loop(core);
        this.registered = jdk.register(name, this::threads);
        Watchdog.watch(this);
        Flight.hubCreated(this);
    }

    // ---- which hub

    /**
     * The hub of the calling thread: that of the greenlet, or the platform thread's own, which is
     * made if there is none.
     *
     * @throws IllegalStateException in a virtual thread that is not a greenlet: it has no hub
     */
    public static Hub get() {
        Thread thread = Thread.currentThread();
        if (thread.isVirtual()) {
            if (Parker.current() instanceof RawGreenlet g) {
                return g.hub;
            }
            throw new IllegalStateException(
                    "a virtual thread of the JDK has no hub; run this in a greenlet, or ask a hub"
                            + " that you have: hub.spawn(…)");
        }
        Hub hub = OF_THREAD.get();
        if (hub == null) {
            hub = new Hub(thread);
            OF_THREAD.set(hub);
            Jdk.get().atThreadEnd(hub::endOfThread);
        } else if (hub.isLent) {
            hub.root.ownTheLoop();
        }
        return hub;
    }

    /** The hub of the calling platform thread, or null. */
    static Hub ofThread() {
        return OF_THREAD.get();
    }

    /** The calling thread runs this hub's loop for a while. */
    void enter() {
        OF_THREAD.set(this);
    }

    /** The loop: timers, I/O, signals and callbacks. */
    public Loop loop() {
        return loop;
    }

    /** The greenlet that is the hub's own thread. */
    public RawGreenlet rootGreenlet() {
        return root;
    }

    Root root() {
        return root;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** {@code hub-0} and so on, unless it was given another name. */
    public String name() {
        return name;
    }

    /** Gives the hub a name, for reports. */
    public void name(String name) {
        this.name = name;
    }

    @Override
    public String toString() {
        return name;
    }

    /** The threads for what truly blocks. */
    synchronized Workers workers() {
        if (workers == null) {
            workers = Blocking.newWorkers();
        }
        return workers;
    }

    private synchronized void endWorkers() {
        if (workers != null) {
            workers.endNow();
        }
    }

    synchronized int nextIdent() {
        return idents++;
    }

    // ---- spawning

    /** As {@link Jevent#spawn(Callable)}, in this hub. */
    public <T> Greenlet<T> spawn(Callable<T> task) {
        checkAlive();
        var greenlet = new Greenlet<>(this, task);
        greenlet.start();
        return greenlet;
    }

    /** As {@link Jevent#spawn(Action)}, in this hub. */
    public Greenlet<Void> spawn(Action task) {
        return spawn(Greenlet.callable(task));
    }

    // ---- the loop's thread

    /** Runs it on the loop: now, if that is here, or soon. */
    void onLoop(Runnable action) {
        if (core.inLoop()) {
            action.run();
        } else {
            core.submit(action);
        }
    }

    /** Another thread runs the loop from now on. Loop thread, at the end of an entry. */
    void handLoopTo(Thread runner, Thread waiting) {
        if (runner == owner) {
            root.askAgain(); // its turn may have come while this thread was held
        }
        core.setRunner(runner);
        LockSupport.unpark(waiting);
    }

    /**
     * The greenlet waits in a call of jevent's and cannot let go of the hub's thread. A stand-in
     * runs the loop until it is the greenlet's turn. On the greenlet's thread.
     */
    void parkPinned(RawGreenlet greenlet, Thread self) {
        pinned.put(greenlet, Jdk.get().carrier());
        boolean taken = false;
        try {
            StandIn.takeOver(this);
            taken = true;
        } finally {
            if (!taken) {
                pinned.remove(greenlet);
            }
        }
        awaitLoop(greenlet, self);
    }

    boolean hasPinned() {
        return !pinned.isEmpty();
    }

    /** Gives the loop to the thread that the greenlet is pinned to, if it is. Loop thread. */
    boolean handLoopToPinned(RawGreenlet greenlet, Thread waiting) {
        Thread carrier = pinned.remove(greenlet);
        if (carrier != null) {
            handLoopTo(carrier, waiting);
        }
        return carrier != null;
    }

    /**
     * The greenlet was pinned in a call of the JDK's, the watchdog let a stand-in run the loop, and
     * now it goes on: it asks for the loop, so that again one at a time runs. On its thread.
     */
    void regainLoop(RawGreenlet greenlet, Thread self) {
        Thread carrier = Jdk.get().carrier();
        core.submit((Runnable) () -> handLoopTo(carrier, self));
        awaitLoop(greenlet, self);
    }

    /**
     * The root was away in a call of the JDK's, a stand-in runs the loop, and now the root is back:
     * it waits until what runs there gives way. On the root's thread.
     */
    void takeLoopBack() {
        core.submit((Runnable) () -> handLoopTo(owner, owner));
        boolean interrupted = false;
        while (core.runner() != owner) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        core.isNotRunning();
        isLent = false;
        if (interrupted) {
            owner.interrupt();
        }
    }

    private void awaitLoop(RawGreenlet greenlet, Thread self) {
        boolean interrupted = false;
        while (!core.inLoop()) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
                core.submit((Runnable) greenlet::unparkInLoop); // it has a reason to look
            }
        }
        if (interrupted) {
            self.interrupt();
        }
    }

    /**
     * Waits until nothing is left to do: no greenlet is ready or waits for a timer or for I/O.
     *
     * @throws IllegalStateException if called from another thread than the hub's own
     */
    public void join() {
        join(-1);
    }

    /**
     * As {@link #join()}, but not longer than the time.
     *
     * @return whether there was nothing left to do; false if the time ended it
     */
    public boolean join(Duration timeout) {
        return join(Jevent.nanos(timeout));
    }

    private boolean join(long nanos) {
        checkOwner("join");
        checkAlive();
        var waiter = new Waiter<Void>();
        TimerEntry timer =
                new TimerEntry(false) {
                    @Override
                    protected void due() {
                        waiter.switchTo(null);
                    }
                };
        if (nanos >= 0) {
            core.start(timer, nanos);
        }
        try {
            core.joining++;
            waiter.await(-1);
            return false;
        } catch (LoopExit e) {
            return true;
        } finally {
            core.joining--;
            core.stop(timer);
        }
    }

    /**
     * As {@link #join()}, but does not wait for virtual threads that the program has made itself,
     * as {@code java} does not. When the last greenlet ends the wait begins anew, and is a short
     * one from then on: nobody tells when only such threads are left.
     */
    void joinGreenlets() {
        while (!core.hasOnlyGuests()) {
            if (living.size() == 0) {
                if (join(GUESTS_NANOS)) {
                    return;
                }
                continue;
            }
            lastEnds = new Waiter<>();
            try {
                core.joining++;
                lastEnds.get();
            } catch (LoopExit e) {
                return;
            } finally {
                core.joining--;
                lastEnds = null;
            }
        }
    }

    /** A greenlet does not live any more. Loop thread. */
    void ended(RawGreenlet greenlet) {
        living.remove(greenlet);
        if (lastEnds != null && living.size() == 0) {
            lastEnds.switchTo(null);
        }
    }

    /** What the root is told when nothing can happen any more. */
    LoopExit loopExit() {
        return new LoopExit(Explanation.of(this));
    }

    // ---- errors

    /**
     * Sets who is told of what nobody catches. The default prints it to the standard error output.
     */
    public void errorHandler(ErrorHandler handler) {
        errorHandler = handler;
    }

    /** Who is told of what nobody catches. */
    public ErrorHandler errorHandler() {
        return errorHandler;
    }

    /** Tells the error handler. In a greenlet, not in a callback. Never throws. */
    void handleError(Object context, Throwable error) {
        try {
            Flight.failed(context, error);
            errorHandler.handle(context, error);
        } catch (Throwable e) {
            printAfter(e, context, error);
        }
    }

    private static void printAfter(Throwable handlers, Object context, Throwable error) {
        try {
            if (handlers != error) {
                error.addSuppressed(handlers);
            }
            ErrorReport.print(context, error);
        } catch (Throwable e) {
            // there is no memory to say more
        }
    }

    // ---- the end

    /**
     * Kills the greenlets that live, with {@link HubDestroyed}, lets them end for at most a second
     * and gives back what the hub has of the operating system. Greenlets that do not end are never
     * continued; those who join them get {@link HubDestroyed} as their failure. Does nothing the
     * second time.
     *
     * <p>A hub ends so with its thread, by itself, and tells of the greenlets that did not. After
     * the end of its thread this may be called from any thread, and no greenlet runs any more.
     *
     * @throws IllegalStateException if called from another thread while the hub's own lives
     */
    public void destroy() {
        if (!destroyed && !isOrphan()) {
            checkOwner("destroy");
            if (core.isRunning()) {
                throw new BlockingSwitchOutError(); // in a callback of the loop
            }
        }
        List<RawGreenlet> ignored = destroyNow(false);
    }

    /** Its thread has ended, and this came too late to do it there. */
    boolean isOrphan() {
        return Thread.currentThread() != owner && !owner.isAlive();
    }

    /** Answers the greenlets that have not ended. */
    private List<RawGreenlet> destroyNow(boolean isEndOfThread) {
        boolean orphan = isOrphan();
        synchronized (this) {
            if (destroyed) {
                return List.of();
            }
            destroyed = true;
        }
        if (orphan) {
            core.setRunner(Jdk.get().carrier()); // its own thread does nothing any more
            try {
                return end();
            } finally {
                core.setRunner(owner);
            }
        }
        List<RawGreenlet> left = List.of();
        boolean interrupted = Thread.interrupted(); // this has to come to its end
        try {
            interrupted |= killAll();
        } finally {
            OF_THREAD.remove();
            if (!isEndOfThread) { // else the JDK goes through what is to be done at the end
                Jdk.get().atThreadEnd(null);
            }
            left = end();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return left;
    }

    /** Its thread has done all that it had to do, and ends. */
    private void endOfThread() {
        root.ownTheLoop();
        List<RawGreenlet> left = destroyNow(true);
        if (!left.isEmpty()) {
            System.getLogger("dev.jevent")
                    .log(System.Logger.Level.WARNING, Explanation.ofTheEnd(this, left));
        }
    }

    /** Gives everything back. Those that live are not continued. Answers them. */
    private List<RawGreenlet> end() {
        Watchdog.forget(this);
        Flight.hubDestroyed(this);
        endWorkers();
        Workers.forget(core);
        Jdk.get().forget(registered);
        core.close();
        var error = new HubDestroyed(this);
        core.drain(e -> RawGreenlet.neverBegin(e, error), t -> RawGreenlet.neverBegin(t, error));
        List<RawGreenlet> left = living.all();
        for (RawGreenlet g : left) {
            g.abandoned(error);
        }
        return left;
    }

    /** Each is told once, so that it may wait while it cleans up. Whether it was interrupted. */
    private boolean killAll() {
        long end = System.nanoTime() + 1_000_000_000L;
        Set<RawGreenlet> told = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean interrupted = false;
        while ((living.size() > 0 || core.queued() > 0) && System.nanoTime() - end < 0) {
            for (RawGreenlet g : living.all()) {
                if (told.add(g)) {
                    g.throwInLoop(new HubDestroyed(this));
                }
            }
            try {
                join(10_000_000L);
            } catch (Interrupted e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /** Whether {@link #destroy} was called. */
    public boolean destroyed() {
        return destroyed;
    }

    private void checkOwner(String what) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    what + " belongs to the thread of " + this + ", " + owner.getName());
        }
        root.ownTheLoop();
    }

    private void checkAlive() {
        if (core.isClosed()) {
            throw new IllegalStateException(this + " was destroyed");
        }
    }

    Thread owner() {
        return owner;
    }

    /** Replaces the clock of timers and timeouts; for tests. On the hub's thread. */
    void clock(Clock clock) {
        core.setClock(clock);
    }

    private Stream<Thread> threads() {
        // from any thread, while the list changes: what it shows may be a moment old
        return living.all().stream().map(RawGreenlet::thread).filter(t -> t != null);
    }

    /** What the virtual threads of this hub take for the JDK's scheduler. */
    static final class Scheduler extends HubScheduler {
        final Hub hub;

        Scheduler(Hub hub) {
            this.hub = hub;
        }

        @Override
        public void execute(Runnable piece) {
            EventLoop core = hub.core;
            if (core.inLoop()) {
                if (!swallow) {
                    core.push(piece);
                }
            } else {
                core.submit(piece);
            }
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            var wait = new JdkWait(hub, command);
            long nanos = unit.toNanos(delay);
            hub.onLoop(() -> hub.core.start(wait.timer, nanos));
            return wait;
        }
    }

    /** When a timed wait of the JDK's is over. */
    static final class JdkTimer extends TimerEntry {
        private final Runnable command;

        JdkTimer(Runnable command) {
            super(true);
            this.command = command;
        }

        @Override
        protected void due() {
            command.run();
        }
    }

    private static final class JdkWait extends HubScheduler.TimedWait {
        final Hub hub;
        final TimerEntry timer;

        JdkWait(Hub hub, Runnable command) {
            this.hub = hub;
            this.timer = new JdkTimer(command);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            hub.onLoop(() -> hub.core.stop(timer));
            return true;
        }
    }
}
