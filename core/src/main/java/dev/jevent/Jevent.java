package dev.jevent;

import dev.jevent.internal.StackRoom;
import dev.jevent.util.RunInfo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The front door; mirrors {@code import gevent} and is meant for {@code import static
 * dev.jevent.Jevent.*}.
 *
 * <p>All methods may be called in greenlets, on any platform thread, and, where they need no hub,
 * in other virtual threads. Those that wait throw what is thrown into the caller: a {@link
 * GreenletExit} when it is killed, a {@link Timeout} when that is over, {@link Interrupted} when
 * its thread is interrupted. A duration must not be negative.
 */
public final class Jevent {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE >> 1);

    private Jevent() {}

    // ---- spawn

    /**
     * Makes a greenlet and lets it begin in the next turn of the loop. The caller goes on; it does
     * not give way. On a platform thread the greenlet runs when that thread waits in jevent.
     */
    public static <T> Greenlet<T> spawn(Callable<T> task) {
        return Hub.get().spawn(task);
    }

    /** As {@link #spawn(Callable)}, for a task without a result. */
    public static Greenlet<Void> spawn(Action task) {
        return Hub.get().spawn(task);
    }

    /** As {@link #spawn(Callable)}, but it begins after a while. */
    public static <T> Greenlet<T> spawnLater(Duration delay, Callable<T> task) {
        var greenlet = new Greenlet<T>(task);
        greenlet.startLater(delay);
        return greenlet;
    }

    /** As {@link #spawnLater(Duration, Callable)}, for a task without a result. */
    public static Greenlet<Void> spawnLater(Duration delay, Action task) {
        return spawnLater(delay, Greenlet.callable(task));
    }

    /** A greenlet without result and links, a little cheaper; its failure is reported. */
    public static RawGreenlet spawnRaw(Action task) {
        if (task == null) {
            throw new NullPointerException("a greenlet needs a task");
        }
        var greenlet = new RawTask(Hub.get(), task);
        greenlet.schedule();
        return greenlet;
    }

    // ---- main

    /**
     * Runs the body in a greenlet of the calling thread's hub, and the hub until the body has
     * ended: what a {@code main} or a test begins with, for only in a greenlet does every wait,
     * also one of the JDK's, let the others of the hub run. To be called as {@code Jevent.main(…)}:
     * a static import of this name is hidden by the {@code main} of a program.
     *
     * <pre>{@code
     * static void main() throws Exception {
     *     Jevent.main(() -> {
     *         spawn(() -> serve());
     *         client.send(request, BodyHandlers.ofString()); // of the JDK, gives way
     *     });
     * }
     * }</pre>
     *
     * <p>What is thrown into the calling thread meanwhile is thrown into the body instead: an
     * interrupt, a kill of the root, a {@link Timeout} around this call, a {@link LoopExit}. So the
     * body may clean up, and what it ends with is thrown from here. Ctrl-C ends the process as
     * ever, unless the body is run by {@code dev.jevent.signal.Shutdown}. Greenlets that the body
     * leaves behind go on when the thread waits in jevent the next time, and end with it.
     *
     * <p>In a greenlet it simply calls the body.
     *
     * @return what the body returns
     * @throws Exception what the body throws, the very same; it is not reported
     * @throws IllegalStateException in a virtual thread that is not a greenlet
     */
    public static <T> T main(Callable<T> body) throws Exception {
        return MainGreenlet.run(body);
    }

    /** As {@link #main(Callable)}, for a body without a result. */
    public static void main(Action body) throws Exception {
        Void ignored = MainGreenlet.run(Greenlet.callable(body));
    }

    // ---- who

    /** The hub of the caller; see {@link Hub#get()}. */
    public static Hub getHub() {
        return Hub.get();
    }

    /** The greenlet that calls; on a platform thread its hub's root greenlet. */
    public static RawGreenlet getCurrent() {
        if (Thread.currentThread().isVirtual() && Parker.current() instanceof RawGreenlet g) {
            return g;
        }
        return Hub.get().root(); // also in callbacks of the loop
    }

    // ---- signals

    /**
     * Runs the handler in a new greenlet of the caller's hub whenever the process gets the signal.
     * It does not keep a hub alive that has nothing else to do. HUP, INT and TERM do not come if
     * the process was started with them ignored, as {@code nohup} does with HUP: the JVM leaves
     * them so.
     *
     * @param signal its name, {@code "TERM"} for instance
     * @return what cancels it
     * @throws IllegalArgumentException if there is no such signal, or the JVM needs it for itself
     * @throws IllegalStateException in a greenlet or thread other than the hub's
     */
    public static SignalHandler signalHandler(String signal, Action handler) {
        return new SignalHandler(Hub.get(), signal, handler);
    }

    // ---- wait

    /** Sleeps; zero lets the others that are ready run first. */
    public static void sleep(Duration duration) {
        sleepNanos(nanos(duration));
    }

    /** Sleeps for so many milliseconds; zero lets the others that are ready run first. */
    public static void sleep(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("negative sleep: " + millis + " ms");
        }
        sleepNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void sleepNanos(long nanos) {
        Parker me = Parker.current();
        if (me instanceof Threads.ThreadParker && !Thread.currentThread().isVirtual()) {
            me = Hub.get().root(); // this thread has a hub now
        }
        StackRoom.operation();
        me.throwPending();
        if (nanos == 0) {
            me.yieldNow();
        } else {
            long end = me.nanoTimeIn(nanos);
            do {
                me.parkUntil(end);
                me.throwPending();
            } while (end - me.nanoTime() > 0);
            return;
        }
        me.throwPending();
    }

    /** Waits until the loop has nothing else to do. */
    public static void idle() {
        Idling.await(Hub.get());
    }

    /** Waits until all have ended. */
    public static void joinAll(Collection<? extends Greenlet<?>> greenlets) {
        for (Greenlet<?> g : List.copyOf(greenlets)) {
            g.join();
        }
    }

    /**
     * Waits until all have ended or the time is over.
     *
     * @return those that have ended, in the order of the collection
     */
    public static <G extends Greenlet<?>> List<G> joinAll(
            Collection<G> greenlets, Duration timeout) {
        List<G> all = List.copyOf(greenlets);
        wait(all, timeout, all.size());
        return all.stream().filter(g -> g.ready()).toList();
    }

    /**
     * Waits until all have ended, and throws the first failure at once; the others go on.
     *
     * @throws ExecutionException with what a greenlet failed with as the cause
     */
    public static void joinAllOrThrow(Collection<? extends Greenlet<?>> greenlets)
            throws ExecutionException {
        try (var ready = iwait(List.copyOf(greenlets))) {
            for (Greenlet<?> g : ready) {
                if (g.exception() != null) {
                    throw new ExecutionException(g.exception());
                }
            }
        }
    }

    /**
     * Waits until all are ready. To be called as {@code Jevent.wait(…)}: a static import of this
     * name is hidden by {@code Object.wait}.
     *
     * @return they, in the order in which they became ready
     */
    public static <W extends Waitable> List<W> wait(Collection<W> objects) {
        List<W> result = new ArrayList<>(objects.size());
        try (var ready = iwait(objects)) {
            ready.forEach(result::add);
        }
        return result;
    }

    /**
     * Waits until so many are ready or the time is over.
     *
     * @return those that are ready, in the order in which they became so
     */
    public static <W extends Waitable> List<W> wait(
            Collection<W> objects, Duration timeout, int count) {
        List<W> result = new ArrayList<>();
        try (var ready = new WaitIterator<>(objects, nanos(timeout), count)) {
            ready.forEach(result::add);
        }
        return result;
    }

    /** Goes through the objects as they become ready. */
    public static <W extends Waitable> WaitIterator<W> iwait(Collection<W> objects) {
        return new WaitIterator<>(objects, -1, objects.size());
    }

    /** As {@link #iwait(Collection)}, but ends when the time is over or so many were ready. */
    public static <W extends Waitable> WaitIterator<W> iwait(
            Collection<W> objects, Duration timeout, int count) {
        return new WaitIterator<>(objects, nanos(timeout), count);
    }

    // ---- what truly blocks

    /**
     * Does what would hold up the whole hub: reads a file, asks the operating system for a name,
     * calls native code. It runs on one of the hub's worker threads, at most {@code
     * -Djevent.threadpool} of them (10, or as many as there are processors), and the caller gives
     * way until it is done. On a platform thread that has no hub it runs at once and in place. The
     * task sees the caller's context class loader, but not his thread locals.
     *
     * <p>If the caller is killed, timed out or interrupted while it waits, a task that waits for a
     * worker never begins, one that runs is interrupted, and its result is dropped; the error of
     * such a task goes to the hub's error handler, unless the interrupt is what it tells of. A task
     * that takes no notice of the interrupt keeps its worker until it ends.
     *
     * @return what the task returns
     * @throws Exception what the task throws, the very same
     * @throws Interrupted if the caller is interrupted
     */
    public static <T> T blocking(Callable<T> task) throws Exception {
        return Blocking.call(task);
    }

    /** As {@link #blocking(Callable)}, for a task without a result. */
    public static void blocking(Action task) throws Exception {
        Blocking.call(Greenlet.callable(task));
    }

    // ---- end

    /** Kills a greenlet and does not wait for its end; {@link Greenlet#kill()} does. */
    public static void kill(RawGreenlet greenlet) {
        greenlet.killLater();
    }

    /** As {@link #kill(RawGreenlet)}, with another error or exception. */
    public static void kill(RawGreenlet greenlet, Throwable error) {
        greenlet.killLater(error);
    }

    /**
     * Kills all and waits until they have ended. Those that have not begun never begin, even if
     * they stand first in the queue.
     */
    public static void killAll(Collection<? extends Greenlet<?>> greenlets) {
        List<Greenlet<?>> all = List.copyOf(greenlets);
        killAllLater(all);
        joinAll(all);
    }

    /**
     * As {@link #killAll(Collection)}, but waits not longer than the time.
     *
     * @throws Timeout if some have not ended then
     */
    public static void killAll(Collection<? extends Greenlet<?>> greenlets, Duration timeout) {
        List<Greenlet<?>> all = List.copyOf(greenlets);
        killAllLater(all);
        wait(all, timeout, all.size());
        if (!all.stream().allMatch(g -> g.ready())) {
            throw new Timeout(timeout).traceHere();
        }
    }

    private static void killAllLater(List<Greenlet<?>> all) {
        Object self = Parker.JDK.greenlet(Thread.currentThread());
        boolean suicide = false;
        for (Greenlet<?> g : all) {
            if (g == self) {
                suicide = true;
            } else if (!g.ready()) {
                g.killLater();
            }
        }
        if (suicide) {
            throw new GreenletExit();
        }
    }

    // ---- timeouts

    /**
     * Runs the task, and throws a {@link Timeout} into it, and out of here, when the time is over.
     *
     * @param duration null means no limit
     */
    public static <T> T withTimeout(Duration duration, Callable<T> task) throws Exception {
        return Timeout.call(duration, task);
    }

    /** As {@link #withTimeout(Duration, Callable)}; answers the value when its time is over. */
    public static <T> T withTimeout(Duration duration, T timeoutValue, Callable<T> task)
            throws Exception {
        var timeout = new Timeout(duration);
        try {
            return timeout.call(task);
        } catch (Timeout t) {
            if (t == timeout) {
                return timeoutValue;
            }
            throw t;
        }
    }

    // ---- reports

    /**
     * Prints what every thread and every greenlet of every hub does, to the standard error output;
     * see {@link RunInfo}.
     */
    public static void printRunInfo() {
        RunInfo.print(System.err);
    }

    /**
     * Checked and in nanoseconds; what is longer than 146 years counts as that, so that added to
     * the time it is still later.
     */
    static long nanos(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + duration);
        }
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : Long.MAX_VALUE >> 1;
    }

    /** Waits for the loop to be idle. */
    private static final class Idling {
        static void await(Hub hub) {
            var waiter = new Waiter<Void>();
            Runnable callback = () -> waiter.switchTo(null);
            var phase = dev.jevent.internal.loop.Phases.Phase.IDLE;
            hub.core.phases().add(phase, callback);
            hub.core.ref();
            try {
                waiter.get();
            } finally {
                hub.core.unref();
                hub.core.phases().remove(phase, callback);
            }
        }
    }
}
