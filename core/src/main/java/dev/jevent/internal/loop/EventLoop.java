package dev.jevent.internal.loop;

import dev.jevent.internal.jdk.Jdk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The engine under a hub: one queue of what is to run, the timers, and a {@link Poll}. It knows
 * nothing of greenlets; {@link #dispatch} does.
 *
 * <p>A turn of the loop:
 *
 * <pre>
 *      +--> take what other threads sent
 *      |    run what stands in the queue now (what it adds waits for the next turn)
 *      |    every 64 entries or 100 µs: fire due timers, look for I/O     } so that nobody who spins
 *      |    queue empty: fire due timers, sleep until I/O, timer, wake-up } starves the others
 *      +----+
 * </pre>
 *
 * One thread at a time runs the loop, the <i>runner</i>. It is the hub's own thread, except while a
 * greenlet holds that thread and cannot let go of it: then a stand-in is the runner.
 *
 * <p>A wake-up is never lost: the sender adds its entry and then reads {@code asleep}; the loop
 * sets {@code asleep} and then looks for entries. Both are full fences, so that at least one of
 * them sees the other.
 */
public abstract class EventLoop {

    private static final VarHandle RUNNER;
    private static final VarHandle ASLEEP;
    private static final VarHandle TURNS;

    static {
        try {
            var lookup = MethodHandles.lookup();
            RUNNER = lookup.findVarHandle(EventLoop.class, "runner", Thread.class);
            ASLEEP = lookup.findVarHandle(EventLoop.class, "asleep", boolean.class);
            TURNS = lookup.findVarHandle(EventLoop.class, "turns", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int BATCH = 64;
    private static final long POLL_EVERY_NANOS = 100_000;

    private final Jdk jdk = Jdk.get();
    private final RunQueue queue = new RunQueue(); // loop thread
    private final TimerHeap timers = new TimerHeap(); // loop thread
    private final Inbound inbound = new Inbound(); // any thread
    private final Poll poll;
    private final Phases phases = new Phases(); // loop thread
    private Clock clock = Clock.SYSTEM; // loop thread

    @SuppressWarnings("UnusedVariable") // through its handle
    private Thread runner; // written by the runner and by the watchdog, read by any thread

    @SuppressWarnings("UnusedVariable") // through its handle
    private boolean asleep; // any thread

    private boolean running; // loop thread
    private long refs; // loop thread: what keeps the loop alive, timers included
    private int sinceLook; // loop thread: entries run since the last look at the poll
    private long lastLook; // loop thread
    private long turns; // written by the loop thread, read by the watchdog

    /**
     * A loop that the given thread runs.
     *
     * @param poll how it sleeps
     */
    protected EventLoop(Poll poll, Thread runner) {
        this.poll = poll;
        this.runner = runner;
    }

    /**
     * Runs one entry of the queue.
     *
     * @return true if {@link #run} has to return to its caller now
     */
    protected abstract boolean dispatch(Object entry);

    /** Takes an entry from another thread; to be put into the queue, or dealt with at once. */
    protected abstract void arrived(Object entry);

    /**
     * Called after an entry if another thread has become the runner meanwhile.
     *
     * @return true when the caller is the runner again; false if {@link #run} has to return
     */
    protected abstract boolean lostTheLoop();

    /**
     * Asked when nothing is left that the loop knows of.
     *
     * @return true to sleep nevertheless, because another thread may send something
     */
    protected abstract boolean staysAlive();

    /** Reports what a callback threw. Never throws. */
    public abstract void failed(Object context, Throwable error);

    // ---- any thread

    /** Whether the caller runs on the thread that runs this loop, in a greenlet or not. */
    public final boolean inLoop() {
        return jdk.carrier() == (Thread) RUNNER.getAcquire(this);
    }

    /** The thread that runs the loop now. */
    public final Thread runner() {
        return (Thread) RUNNER.getVolatile(this);
    }

    /** Makes another thread the runner; what the caller did to the loop happened before. */
    public final void setRunner(Thread thread) {
        RUNNER.setVolatile(this, thread);
    }

    /** Sends an entry to the loop, and wakes it. Never blocks. */
    public final void submit(Object entry) {
        inbound.add(entry);
        if ((boolean) ASLEEP.getVolatile(this) && ASLEEP.compareAndSet(this, true, false)) {
            poll.wakeup();
        }
    }

    /** How often the loop has turned; changes while it is alive and not asleep. */
    public final long turns() {
        return (long) TURNS.getOpaque(this);
    }

    /** Whether the loop sleeps until something happens. */
    public final boolean isAsleep() {
        return (boolean) ASLEEP.getVolatile(this);
    }

    // ---- loop thread

    /** How the loop sleeps. */
    public final Poll poll() {
        return poll;
    }

    /** What runs before and after each sleep. */
    public final Phases phases() {
        return phases;
    }

    /** The time in nanoseconds; only differences mean anything. */
    public final long now() {
        return clock.nanoTime();
    }

    /** Replaces the clock; timers that run keep their deadlines. */
    public final void setClock(Clock clock) {
        this.clock = clock;
    }

    /** Puts an entry at the end of the queue. */
    public final void push(Object entry) {
        queue.add(entry);
    }

    /** How many entries wait in the queue. */
    public final int queued() {
        return queue.size();
    }

    /** Starts a timer; a negative delay counts as none. */
    public final void start(TimerEntry timer, long delayNanos) {
        if (timer.isActive()) {
            timers.remove(timer);
        } else if (timer.ref) {
            refs++;
        }
        long delay = Math.clamp(delayNanos, 0, Long.MAX_VALUE >> 1);
        timers.add(timer, clock.nanoTime() + delay);
    }

    /** Stops a timer, if it runs. */
    public final void stop(TimerEntry timer) {
        if (timer.isActive()) {
            timers.remove(timer);
            if (timer.ref) {
                refs--;
            }
        }
    }

    /** Keeps the loop alive until {@link #unref}. */
    public final void ref() {
        refs++;
    }

    /** Takes {@link #ref} back. */
    public final void unref() {
        refs--;
    }

    /** How many things keep the loop alive. */
    public final long refs() {
        return refs;
    }

    /** Whether {@link #run} is on the stack of the runner. */
    public final boolean isRunning() {
        return running;
    }

    /**
     * Runs the loop on the calling thread.
     *
     * @return true if an entry asked to return; false if nothing is left that could ever happen, or
     *     if another thread has taken the loop for good
     */
    public final boolean run() {
        Thread me = Thread.currentThread();
        boolean outer = running;
        running = true;
        try {
            for (; ; ) {
                TURNS.setOpaque(this, turns + 1);
                if (!inbound.isEmpty()) {
                    takeInbound();
                }
                int n = Math.min(queue.size(), BATCH);
                if (n == 0) {
                    if (!rest()) {
                        return false;
                    }
                    continue;
                }
                for (int i = 0; i < n; i++) {
                    boolean leave = dispatch(queue.poll());
                    if ((Thread) RUNNER.getOpaque(this) != me && !lostTheLoop()) {
                        return leave;
                    }
                    if (leave) {
                        return true;
                    }
                    if (queue.isEmpty()) {
                        break; // somebody else ran the rest, or an entry took it away
                    }
                }
                sinceLook += n;
                if (sinceLook >= BATCH
                        || (turns & 7) == 0 && clock.nanoTime() - lastLook > POLL_EVERY_NANOS) {
                    look();
                }
            }
        } finally {
            if ((Thread) RUNNER.getOpaque(this) == me) {
                running = outer; // else it runs on, elsewhere
            }
        }
    }

    private void takeInbound() {
        for (Inbound.Node node = inbound.takeAll(); node != null; node = node.next) {
            arrived(node.entry);
        }
    }

    /** Timers and I/O, without sleeping. */
    private void look() {
        sinceLook = 0;
        lastLook = clock.nanoTime();
        phases.prepare(this);
        poll.await(0);
        phases.check(this);
        fireTimers(clock.nanoTime());
    }

    /** The queue is empty: sleeps until there is something to do. False if there never will be. */
    private boolean rest() {
        phases.prepare(this);
        long now = clock.nanoTime();
        fireTimers(now);
        boolean idle = phases.isIdle();
        if (queue.isEmpty() && inbound.isEmpty()) {
            if (refs <= 0 && !idle && !staysAlive()) {
                return false;
            }
            if (idle) {
                poll.await(0);
                if (queue.isEmpty() && inbound.isEmpty()) {
                    phases.idle(this);
                }
            } else {
                TimerEntry first = timers.first();
                sleep(first == null ? -1 : Math.max(0, first.deadline - now));
            }
            now = clock.nanoTime();
            fireTimers(now);
        }
        phases.check(this);
        sinceLook = 0;
        lastLook = now;
        return true;
    }

    private void sleep(long nanos) {
        ASLEEP.setVolatile(this, true);
        if (inbound.isEmpty()) {
            poll.await(nanos != 0 && clock.pass(nanos) ? 0 : nanos);
        }
        ASLEEP.setVolatile(this, false);
    }

    private void fireTimers(long now) {
        TimerEntry first = timers.first();
        if (first == null || first.deadline - now > 0) {
            return;
        }
        long last = timers.nextOrder(); // a timer started by a timer waits for the next turn
        do {
            timers.remove(first);
            if (first.ref) {
                refs--;
            }
            try {
                first.due();
            } catch (Throwable e) {
                failed(first, e);
            }
            first = timers.first();
        } while (first != null && first.deadline - now <= 0 && first.order < last);
    }

    /** Calls a callback of a user; what it throws is reported and goes no further. */
    public final void call(Object context, Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            failed(context, e);
        }
    }
}
