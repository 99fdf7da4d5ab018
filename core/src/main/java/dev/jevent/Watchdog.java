package dev.jevent;

import dev.jevent.internal.BlockedHub;
import dev.jevent.internal.Enduring;
import dev.jevent.internal.Monitoring;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.Settings;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.internal.jdk.Signals;
import dev.jevent.internal.jfr.Flight;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread that looks at all hubs, twenty times a second. A hub that has not turned since
 * the last look, and whose thread carries a greenlet that is parked but pinned to it, gets a {@link
 * StandIn}. A hub that is held for too long is given to {@link Monitoring}, with the stack of the
 * greenlet that holds it, and again when it goes on; {@code -Djevent.monitor=MILLIS} starts that,
 * and so does {@code dev.jevent.util.Monitor}. Here nobody else's code runs and nothing is printed,
 * for a hub may be waiting to be rescued.
 *
 * <p>A hub is held if it has something to run and does not turn: because what it runs goes on and
 * on, or because its root greenlet does something else.
 */
final class Watchdog {

    private static final long PERIOD_NANOS = 50_000_000;
    private static final long SECOND_LOOK_MILLIS = 5;
    private static final int CLOSELY_EVERY = 20; // looks
    private static final Set<String> ENDS = Set.of("HUP", "INT", "TERM");
    private static final Watchdog INSTANCE = new Watchdog();

    private static final class Watched {
        final Hub hub;
        long turns = -1;
        int still; // looks without a turn
        int looks;
        long since; // when it was seen to turn for the last time
        BlockedHub reported; // null if it turns, or not yet
        volatile long ignoredTurn = -1; // any thread
        volatile Thread ignored; // any thread; written before ignoredTurn

        final RootWatch root;

        Watched(Hub hub) {
            this.hub = hub;
            this.root = new RootWatch(hub);
        }

        void turned(long turns, long now) {
            this.turns = turns;
            still = 0;
            since = now;
            reported = null;
        }
    }

    private final List<Watched> hubs = new CopyOnWriteArrayList<>();
    private final Monitoring monitoring = Monitoring.get();
    private Thread thread; // guarded by this

    private Watchdog() {
        Enduring.prepare();
        long millis = Settings.monitorMillis();
        if (millis > 0) {
            monitoring.maxBlockingNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            monitoring.start();
        }
        String signal = Settings.runInfoSignal();
        if (signal != null) {
            printRunInfoAt(signal);
        }
    }

    /** One that cannot be had is told of in a line; the program is to run all the same. */
    private static void printRunInfoAt(String signal) {
        try {
            String name = Signals.free(signal);
            if (ENDS.contains(name)) {
                throw new IllegalArgumentException(
                        "signal " + name + " ends the program; URG, WINCH and USR1 are free");
            }
            Signals.handle(name, Jevent::printRunInfo);
        } catch (IllegalArgumentException e) {
            System.err.println("jevent: -Djevent.runInfoSignal=" + signal + ": " + e.getMessage());
        }
    }

    static void watch(Hub hub) {
        INSTANCE.add(hub);
    }

    static void forget(Hub hub) {
        INSTANCE.hubs.removeIf(w -> w.hub == hub);
    }

    /** Those that are watched, the oldest first. */
    static List<Hub> hubs() {
        return INSTANCE.hubs.stream().map(w -> w.hub).toList();
    }

    /** The caller may hold its hub, or may not any more, until it gives way. On the hub's loop. */
    static void ignore(Hub hub, boolean ignore) {
        for (Watched w : INSTANCE.hubs) {
            if (w.hub == hub) {
                w.ignored = ignore ? Thread.currentThread() : null;
                w.ignoredTurn = ignore ? hub.core.turns() : -1;
            }
        }
    }

    private synchronized void add(Hub hub) {
        hubs.add(new Watched(hub));
        if (thread == null || !thread.isAlive()) {
            thread = OwnThread.start("jevent-watchdog", this::run);
        }
    }

    private void run() {
        load();
        boolean failing = false;
        for (; ; ) {
            Throwable failure = lookAtAll();
            if (failure != null && !failing) {
                Enduring.failed(failure); // once, and then it tries in silence
            }
            failing = failure != null;
        }
    }

    /** What it may need for the first time when there is no memory to load it. */
    private void load() {
        try {
            for (Watched w : hubs) {
                boolean ignored = w.hub.core.poll().isReady();
            }
        } catch (RuntimeException | Error e) {
            Enduring.failed(e);
        }
    }

    /**
     * One hub that it fails to look at keeps none from being rescued. The last failure, or null.
     */
    private @Nullable Throwable lookAtAll() {
        Throwable failure = null;
        try {
            long threshold = threshold();
            long period = threshold == 0 ? PERIOD_NANOS : threshold / 2;
            Thread.sleep(
                    Duration.ofNanos(
                            Math.clamp(period, Monitoring.MIN_PERIOD_NANOS, PERIOD_NANOS)));
            Flight.look();
            for (Watched w : hubs) {
                try {
                    look(w, threshold, System.nanoTime());
                } catch (RuntimeException | Error e) {
                    failure = e;
                }
            }
        } catch (InterruptedException e) {
            // nobody has a reason to; it watches on
        } catch (RuntimeException | Error e) {
            failure = e;
            Enduring.moment();
        }
        return failure;
    }

    /** Zero if nobody wants to know. */
    private long threshold() {
        return monitoring.isRunning() || Flight.recordsBlocking()
                ? monitoring.maxBlockingNanos()
                : 0;
    }

    private void look(Watched w, long threshold, long now) throws InterruptedException {
        var core = w.hub.core;
        if (w.hub.isOrphan()) {
            OwnThread.start("jevent-end", w.hub::destroy); // this may call a user's code
            hubs.remove(w);
            return;
        }
        Thread runner = core.runner();
        if (runner instanceof StandIn && runner.getState() == Thread.State.TERMINATED) {
            StandIn.start(w.hub, StandIn.newThread(w.hub), runner); // it has died of something
            return;
        }
        w.root.look(now);
        if (core.hopesInVain(++w.looks % CLOSELY_EVERY == 0)) {
            core.submit((Runnable) () -> {}); // it wakes and asks again
        }
        long turns = core.turns();
        boolean running = core.isRunning();
        if (turns != w.turns || (running ? core.isAsleep() : core.queued() == 0)) {
            if (w.reported != null) {
                goesOn(w, now);
            }
            w.turned(turns, now);
            return;
        }
        w.still++;
        Thread mounted = Jdk.get().mounted(runner);
        if (running && mounted != null && Jdk.get().isPinned(mounted)) {
            rescue(w.hub, runner, mounted);
            return;
        }
        if (running && mounted != null && runner instanceof StandIn s && isStuck(s, mounted)) {
            rescueFrom(w.hub, s, mounted);
            return;
        }
        if (running && mounted != null && mounted.isInterrupted() && spins(mounted)) {
            if (Jdk.get().greenlet(mounted) instanceof RawGreenlet g) {
                g.stopSpinning(mounted);
            }
            return;
        }
        Thread shown = mounted != null ? mounted : runner;
        if (w.ignoredTurn == turns && w.ignored == shown || !runner.isAlive()) {
            w.turned(turns, now);
        } else if (threshold > 0
                && w.reported == null
                && w.still > 1 // if this thread or the process stood still, so did the hub
                && now - w.since >= threshold) {
            report(w, shown, now - w.since);
        }
    }

    /** Looked at twice: what only passes by is not there any more. */
    private static boolean isStuck(StandIn standIn, Thread mounted) throws InterruptedException {
        if (!standIn.isStuck(mounted)) {
            return false;
        }
        Thread.sleep(SECOND_LOOK_MILLIS);
        return standIn.isStuck(mounted);
    }

    /**
     * As {@link #rescue}. What holds the stand-in needs a class whose initialiser waits for its
     * turn of this very loop, so that it stays stuck until the loop runs again.
     */
    private static void rescueFrom(Hub hub, StandIn stuck, Thread mounted) {
        Thread standIn = StandIn.newThread(hub);
        hub.core.setRunner(standIn);
        if (stuck.isStuck(mounted)) {
            StandIn.start(hub, standIn, stuck);
        } else {
            hub.core.setRunner(stuck);
        }
    }

    /** Whether it parks, though it runs: then it uses up a permit to go on that it is given. */
    private static boolean spins(Thread mounted) throws InterruptedException {
        Jdk.get().givePermit(mounted);
        Thread.sleep(1);
        return !Jdk.get().hasPermit(mounted);
    }

    /**
     * First the loop is taken away from the runner, then the greenlet is looked at once more. If it
     * is still parked, it will see that the loop is not its thread's any more when it goes on, for
     * it leaves that state before it looks. If it is not, it may have seen either; the loop is
     * given back, and nobody else has touched it.
     */
    private static void rescue(Hub hub, Thread runner, Thread pinned) {
        Thread standIn = StandIn.newThread(hub);
        hub.core.setRunner(standIn);
        if (Jdk.get().isPinned(pinned)) {
            StandIn.start(hub, standIn, runner);
        } else {
            hub.core.setRunner(runner);
        }
    }

    private void report(Watched w, Thread shown, long nanos) {
        Object greenlet = Jdk.get().greenlet(shown);
        if (greenlet == null && shown == w.hub.owner()) {
            greenlet = w.hub.root();
        }
        w.reported =
                new BlockedHub(
                        w.hub,
                        (RawGreenlet) greenlet,
                        shown,
                        nanos,
                        List.of(shown.getStackTrace()));
        Flight.hubBlocked(w.reported);
        monitoring.blocked(w.reported);
    }

    private void goesOn(Watched w, long now) {
        BlockedHub over = w.reported.after(now - w.since);
        Flight.hubUnblocked(over);
        monitoring.unblocked(over);
    }
}
