package dev.jevent.internal.loop;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.jdk.Jdk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The engine under a hub: one queue of what is to run, the timers, and a {@link Poll}. It knows
 * nothing of greenlets; {@link #dispatch} does.
 *
 * <p>A turn of the loop:
 *
 * <pre>
 *      +--> take what other threads sent
 *      |    run what was woken by I/O, timers and other threads, at most 64 entries
 *      |    run what stands in the queue, at most 64 entries
 *      |    every 64 entries or 100 µs: fire due timers, look for I/O
 *      |    nothing to run: fire due timers, sleep until I/O, timer, wake-up
 *      +----+
 * </pre>
 *
 * Whoever spins or fills the queue starves nobody: what is woken from outside does not stand behind
 * the queue, and the queue gets its 64 entries however much is woken.
 *
 * <p>One thread at a time runs the loop, the <i>runner</i>. It is the hub's own thread, except
 * while a greenlet holds that thread and cannot let go of it: then a stand-in is the runner.
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
    // With many timers a loop that slept until the very next one would do nothing but sleep and
    // wake. Then it sleeps so long at least, and several share a wake-up; none is early.
    private static final int MANY_TIMERS = 256;
    private static final long SLACK_NANOS = 200_000;

    // So that who runs has 64 system calls at most, or 1 MiB, which take about 100 µs. With a
    // quarter of it 64 connections that send all they can got a fifth less through, with four times
    // as much 3 % more.
    private static final int SHARE = 64;
    private static final int SHARES_ALONE = 8;
    private static final long ALONE_NANOS = 1_000_000;
    private static final long SHORTAGE_NANOS = 2_000_000;

    private static final int GO_ON = 0;
    private static final int LEAVE = 1;
    private static final int OVER = 2;
    private static final long POLL_EVERY_NANOS = 100_000;

    private final Jdk jdk = Jdk.get();
    private final RunQueue queue = new RunQueue(); // loop thread: spawned, called back, given way
    private final RunQueue woken = new RunQueue(); // loop thread: by I/O, timers, other threads
    private RunQueue target = queue; // loop thread: where push() puts
    private final TimerHeap timers = new TimerHeap(); // loop thread
    private final Inbound inbound = new Inbound(); // any thread
    private final Poll poll;
    private final Phases phases = new Phases(); // loop thread
    private final List<Runnable> beforeEnd = new ArrayList<>(1); // loop thread
    private Clock clock = Clock.SYSTEM; // loop thread

    @SuppressWarnings("UnusedVariable") // through its handle
    private Thread runner; // written by the runner and by the watchdog, read by any thread

    @SuppressWarnings("UnusedVariable") // through its handle
    private boolean asleep; // any thread

    private volatile boolean missed; // any thread: see wakeAllSoon
    private Inbound.Node left; // loop thread: taken, but there was no memory for them; else null
    private int shortages; // loop thread: turns without memory, one after the other

    private boolean running; // loop thread
    private long refs; // loop thread: what keeps the loop alive, timers included
    private int sinceLook; // loop thread: entries run since the last look at the poll
    private long lastLook; // loop thread
    private int served; // loop thread: calls of who runs now that did not have to wait
    private int alone; // loop thread: shares in a row after which nobody else stood in the queue
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

    /**
     * How long nothing must have happened, in nanoseconds, before {@link #staysAlive} is asked:
     * that takes long, and most rests are short.
     */
    protected long patience() {
        return 0;
    }

    /** Called when nothing is to be run, before the loop sleeps. It may push something. */
    protected void beforeRest() {}

    /** Reports what a callback threw, now or as soon as there is memory. Never throws. */
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
        StackRoom.brief(); // what is sent is seen
        inbound.add(entry);
        wakeUp();
    }

    private void wakeUp() {
        if ((boolean) ASLEEP.getVolatile(this) && ASLEEP.compareAndSet(this, true, false)) {
            poll.wakeup();
        }
    }

    /** Somebody could not be put into the queue for want of memory. Any thread; takes none. */
    public final void wakeAllSoon() {
        missed = true;
        wakeUp();
    }

    /** See {@link #wakeAllSoon}: puts everybody into the queue who waits; they look why. */
    protected void wakeAll() {}

    /** How often the loop has turned; changes while it is alive and not asleep. */
    public final long turns() {
        return (long) TURNS.getOpaque(this);
    }

    /** What waits for its turn, as it is at about this moment. */
    public final List<Object> entries() {
        List<Object> entries = new ArrayList<>();
        woken.copyTo(entries);
        queue.copyTo(entries);
        return entries;
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

    /** How many timers that run are such. Loop thread. */
    public final int countTimers(Predicate<TimerEntry> such) {
        return timers.count(such);
    }

    /** The time when the loop looked last: some work of its greenlets ago, and never ahead. */
    public final long lastLook() {
        return lastLook;
    }

    /** Replaces the clock; timers that run keep their deadlines. */
    public final void setClock(Clock clock) {
        this.clock = clock;
        lastLook = clock.nanoTime();
    }

    /** Puts an entry at the end of the queue, or, in a timer or I/O handler, of the woken. */
    public final void push(Object entry) {
        target.add(entry);
    }

    /** Puts an entry at the end of the queue, wherever this is called. */
    public final void pushLast(Object entry) {
        queue.add(entry);
    }

    /** Puts back an entry that could not be run. */
    public final void pushFirst(Object entry) {
        woken.addFirst(entry);
    }

    /** Has this turn end with a look at timers and I/O. */
    public final void lookSoon() {
        sinceLook = BATCH;
    }

    /**
     * Counts system calls of who runs now, and which did not have to wait.
     *
     * @return whether it has had its share and shall give way; then this turn ends with a look at
     *     timers and I/O. Not yet if nobody waits that the loop knows of, and it has looked not
     *     long ago
     */
    public final boolean served(int calls) {
        served += calls;
        if (served < SHARE) {
            return false;
        }
        served = 0;
        if (hasNothing() && ++alone < SHARES_ALONE && now() - lastLook < ALONE_NANOS) {
            return false;
        }
        alone = 0;
        lookSoon();
        return true;
    }

    /** What who runs now has moved by his last call is worth so many more. */
    public final void moved(int calls) {
        served += calls;
    }

    /** How many entries wait for their turn. */
    public final int queued() {
        return queue.size() + woken.size();
    }

    /** Starts a timer; a negative delay counts as none. */
    public final void start(TimerEntry timer, long delayNanos) {
        long delay = Math.clamp(delayNanos, 0, Long.MAX_VALUE >> 1);
        startAt(timer, clock.nanoTime() + delay);
    }

    /** Starts a timer, due at a time of the loop's clock, which may have passed. */
    public final void startAt(TimerEntry timer, long deadline) {
        StackRoom.brief();
        boolean again = timer.isActive();
        if (again) {
            timers.remove(timer);
        }
        timers.add(timer, deadline);
        if (timer.ref && !again) {
            refs++;
        }
    }

    /** Stops a timer, if it runs. */
    public final void stop(TimerEntry timer) {
        if (timer.isActive()) {
            StackRoom.brief();
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

    /**
     * Whether something could be run now, if the loop ran. Any thread: what the loop's thread has
     * just done may be missing.
     */
    public final boolean isSomethingDue() {
        TimerEntry first = timers.first();
        return !hasNothing()
                || first != null && first.deadline - clock.nanoTime() <= 0
                || poll.isReady();
    }

    /** The runner has got the loop from one who was in {@link #run}, and is not in there itself. */
    public final void isNotRunning() {
        running = false;
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
        if (poll.isClosed()) {
            throw new IllegalStateException("the hub was destroyed: its loop cannot run any more");
        }
        StackRoom.loop(); // from here on it is whole, whatever happens
        HeldMonitors.inflate(); // the caller may be inside synchronized
        Thread me = Thread.currentThread();
        boolean outer = running;
        running = true;
        try {
            int how;
            do {
                how = turnOrTryAgain(me);
            } while (how == GO_ON);
            return how == LEAVE;
        } finally {
            if ((Thread) RUNNER.getOpaque(this) == me) {
                running = outer; // else it runs on, elsewhere
            }
        }
    }

    private int turnOrTryAgain(Thread me) {
        try {
            int how = turn(me);
            shortages = 0;
            return how;
        } catch (OutOfMemoryError e) {
            shortage(e);
            return (Thread) RUNNER.getOpaque(this) == me || lostTheLoop() ? GO_ON : OVER;
        }
    }

    /** All is whole, and what could not be done is tried again. */
    private void shortage(OutOfMemoryError error) {
        if (shortages++ == 0) {
            failed(this, error);
        } else {
            Enduring.moment(); // nothing but other threads can give memory back now
        }
    }

    /**
     * What waits for its turn, or a rest. A method of its own: the frame of {@link #run} lasts as
     * long as the program, and stays interpreted for long when its compiled code had to be given
     * up.
     */
    private int turn(Thread me) {
        TURNS.setOpaque(this, turns + 1);
        if (!inbound.isEmpty() || left != null) {
            takeInbound();
        }
        if (missed) {
            missed = false;
            wakeAll();
        }
        if (woken.isEmpty() && queue.isEmpty()) {
            return rest() ? GO_ON : OVER;
        }
        int how = runSome(woken, BATCH, me);
        if (how == GO_ON) {
            how = runSome(queue, BATCH, me);
        }
        // who leaves and comes back again and again looks too
        if ((how == GO_ON || how == LEAVE && (Thread) RUNNER.getOpaque(this) == me)
                && (sinceLook >= BATCH
                        || (turns & 7) == 0 && clock.nanoTime() - lastLook > POLL_EVERY_NANOS)) {
            look();
        }
        return how;
    }

    /** Runs what stands in the queue now; what that adds waits for the next turn. */
    private int runSome(RunQueue entries, int most, Thread me) {
        int n = Math.min(entries.size(), most);
        sinceLook += n;
        for (int i = 0; i < n; i++) {
            served = 0;
            boolean leave = dispatch(entries.poll());
            if ((Thread) RUNNER.getOpaque(this) != me && !lostTheLoop()) {
                return leave ? LEAVE : OVER;
            }
            if (leave) {
                return LEAVE;
            }
            if (n > entries.size() + i + 1) {
                break; // a stand-in has run some of them
            }
        }
        return GO_ON;
    }

    private void takeInbound() {
        if (left != null) {
            Inbound.Node again = left;
            left = null;
            take(again);
        }
        if (left == null) {
            take(inbound.takeAll());
        }
    }

    private void take(Inbound.Node first) {
        Inbound.Node node = first;
        target = woken;
        try {
            for (; node != null; node = node.next) {
                arrived(node.entry);
            }
        } catch (OutOfMemoryError e) {
            left = node; // there is room when some of the queue have run
        } finally {
            target = queue;
        }
    }

    /** Timers and I/O, without sleeping. */
    private void look() {
        sinceLook = 0;
        lastLook = clock.nanoTime();
        phases.prepare(this);
        poll.await(0);
        deliver();
        phases.check(this);
        fireTimers(clock.nanoTime());
    }

    /** Nothing is to be run: sleeps until there is. False if there never will be. */
    private boolean rest() {
        beforeRest();
        phases.prepare(this);
        long now = clock.nanoTime();
        fireTimers(now);
        boolean idle = phases.isIdle();
        if (hasNothing()) {
            // Asked again after staysAlive: a thread may have sent something before it was gone,
            // and the look at a greenlet's stack may have put it into the queue.
            boolean slept = refs <= 0 && !idle && nap(untilNextTimer(now));
            if (!slept && refs <= 0 && !staysAlive() && hasNothing()) {
                return false;
            }
            if (!slept && hasNothing()) {
                sleep(idle ? 0 : untilNextTimer(clock.nanoTime()));
            }
            if (idle && hasNothing()) {
                phases.idle(this);
            }
            now = clock.nanoTime();
            fireTimers(now);
        } else if (now - lastLook > POLL_EVERY_NANOS) {
            poll.await(0); // timers that are due each time do not keep I/O away
            deliver();
        } else {
            phases.check(this);
            return true;
        }
        phases.check(this);
        sinceLook = 0;
        lastLook = now;
        return true;
    }

    /**
     * Sleeps for a little, before it is asked whether there is any use in it.
     *
     * @param most the time until the next timer; negative if there is none
     * @return whether that was all: something has come, or a timer is due; false to ask
     */
    private boolean nap(long most) {
        long patience = patience();
        if (patience <= 0 || clock != Clock.SYSTEM) {
            return false;
        }
        if (most >= 0 && most <= patience) {
            sleep(most);
            return true;
        }
        sleep(patience);
        return !hasNothing();
    }

    /** Negative if there is none. */
    private long untilNextTimer(long now) {
        TimerEntry first = timers.first();
        if (first == null) {
            return -1;
        }
        long left = Math.max(0, first.deadline - now);
        return left == 0 || timers.size() < MANY_TIMERS || clock != Clock.SYSTEM
                ? left
                : Math.max(left, SLACK_NANOS);
    }

    /** Whether nothing stands in the queue and nothing was sent. */
    public final boolean hasNothing() {
        return woken.isEmpty() && queue.isEmpty() && inbound.isEmpty() && left == null && !missed;
    }

    private void sleep(long nanos) {
        if (nanos == 0) {
            poll.await(0);
        } else {
            ASLEEP.setVolatile(this, true);
            try {
                if (inbound.isEmpty() && !missed) {
                    poll.await(clock.pass(nanos) ? 0 : nanos);
                }
            } finally {
                ASLEEP.setRelease(this, false); // who sees it late wakes us for nothing
            }
        }
        deliver(); // awake: the watchdog sees a handler that blocks, and nobody wakes us for it
    }

    private void deliver() {
        target = woken;
        try {
            poll.deliver();
        } finally {
            target = queue;
        }
    }

    private void fireTimers(long now) {
        TimerEntry first = timers.first();
        if (first == null || first.deadline - now > 0) {
            return;
        }
        target = woken;
        long last = timers.nextOrder(); // a timer started by a timer waits for the next turn
        try {
            do {
                timers.remove(first);
                if (first.ref) {
                    refs--;
                }
                fire(first);
                first = timers.first();
            } while (first != null && first.deadline - now <= 0 && first.order < last);
        } finally {
            target = queue;
        }
    }

    private void fire(TimerEntry timer) {
        try {
            timer.due();
        } catch (OutOfMemoryError e) {
            failed(timer, e);
            if (!timer.isActive() && timer.isDueAgain()) {
                start(timer, SHORTAGE_NANOS); // it has just been in the heap: there is room
            }
        } catch (Throwable e) {
            failed(timer, e);
        }
    }

    /**
     * Calls a callback of a user; what it throws is reported and goes no further.
     *
     * @return false if it threw something
     */
    public final boolean call(Object context, Runnable callback) {
        try {
            callback.run();
            return true;
        } catch (Throwable e) {
            failed(context, e);
            return false;
        }
    }

    // ---- the end

    /** Gives away everything that waits for its turn or its time; the loop is empty then. */
    public final void drain(Consumer<Object> entries, Consumer<TimerEntry> dueLater) {
        do {
            for (Inbound.Node n = inbound.takeAll(); n != null; n = n.next) {
                entries.accept(n.entry);
            }
            while (!woken.isEmpty() || !queue.isEmpty()) {
                entries.accept(woken.isEmpty() ? queue.poll() : woken.poll());
            }
            for (TimerEntry t = timers.first(); t != null; t = timers.first()) {
                stop(t);
                dueLater.accept(t);
            }
        } while (!hasNothing());
    }

    /** Has something done before the loop is shut down. */
    public final void onShutDown(Runnable action) {
        beforeEnd.add(action);
    }

    /** Gives back what the loop has of the operating system; it does not run again. */
    public final void shutDown() {
        if (!poll.isClosed()) {
            for (Runnable action : beforeEnd) {
                call(action, action);
            }
            poll.close();
        }
    }
}
