package dev.jevent;

import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.TaskOf;
import dev.jevent.internal.jfr.Flight;
import dev.jevent.internal.loop.TimerEntry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A greenlet with a result: it can be joined, killed, linked to, and is a {@link Future}. Follows
 * {@code gevent.Greenlet}.
 *
 * <pre>{@code
 * Greenlet<String> g = spawn(() -> fetch(url));
 * String page = g.get();
 * }</pre>
 *
 * <pre>
 *   new --start()--> scheduled --its turn--> started --returns--> ready, successful, value()
 *                        |                      |----throws-----> ready, exception(); reported once
 *                        +--------kill()--------+---------------> ready, successful, no value
 * </pre>
 *
 * An error is stored, given to the hub's error handler once, and goes nowhere else: who spawned the
 * greenlet sees it in {@link #get}. Instead of passing a task one can extend this class and
 * override {@link #run()}.
 *
 * <p>All methods may be called from any thread.
 *
 * @param <T> the type of the result
 */
public class Greenlet<T> extends Links implements Future<T>, Waitable, AutoCloseable {

    private record Failure(Throwable error) {}

    private static final Failure NO_MEMORY =
            new Failure(new OutOfMemoryError("no memory to keep what the greenlet failed with"));

    /** What the Flight Recorder was told of the beginning. */
    private record Begun(Object told, Object task) {}

    private static final CopyOnWriteArraySet<Consumer<? super Greenlet<?>>> SPAWN_CALLBACKS =
            new CopyOnWriteArraySet<>();

    private SpawnSite site;
    private RawGreenlet parent; // until it ends: no chain of the dead
    private SpawnTree tree; // shared with its descendants; guarded by this until it is there
    // The task until it begins, then a Begun or null, and the result in the end, published by the
    // end of the links. One field, for there are many greenlets.
    private Object story;
    private TimerEntry beginning; // loop thread; while it waits for the time to begin

    /**
     * A greenlet of the current hub that will do the task; not started.
     *
     * @throws IllegalStateException in a virtual thread that is not a greenlet
     */
    public Greenlet(Callable<? extends T> task) {
        this(Hub.get(), task);
    }

    /** For subclasses that override {@link #run()}; not started. */
    @SuppressWarnings("this-escape")
    protected Greenlet() {
        super(Hub.get());
        born(this); // looks at its class only
    }

    Greenlet(Hub hub, Callable<? extends T> task) {
        super(hub);
        if (task == null) {
            throw new NullPointerException("a greenlet needs a task");
        }
        this.story = task;
        born((Object) task instanceof TaskOf t ? t.task() : task);
    }

    private void born(Object siteOf) {
        site = SpawnSite.of(siteOf);
        if (Parker.JDK.greenlet(Thread.currentThread()) instanceof RawGreenlet g) {
            parent = g;
            if (g instanceof Greenlet<?> spawner) {
                tree = spawner.tree();
            }
        }
    }

    // of Object: one of Void would have a bridge method, that is, one more frame on each stack
    private record ActionTask(Action action) implements Callable<Object>, TaskOf {
        @Override
        public Object task() {
            return action;
        }

        @Override
        public @Nullable Object call() throws Exception {
            action.run();
            return null;
        }
    }

    @SuppressWarnings("unchecked")
    static Callable<Void> callable(Action action) {
        if (action == null) {
            throw new NullPointerException("a greenlet needs a task");
        }
        return (Callable<Void>) (Callable<?>) new ActionTask(action); // it returns null only
    }

    /** What the greenlet does; its result is the greenlet's. Subclasses may override it. */
    protected T run() throws Exception {
        Callable<? extends T> t = takeTask();
        return t == null ? null : t.call();
    }

    /** It is not kept while it runs. */
    @SuppressWarnings("unchecked") // the constructor has put it there
    private Callable<? extends T> takeTask() {
        Object before = story;
        if (before instanceof Begun(Object told, Object task)) {
            story = new Begun(told, null);
            return (Callable<? extends T>) task;
        }
        story = null;
        return (Callable<? extends T>) before;
    }

    // ---- start

    /** Lets it begin in the next turn of the loop. Does nothing if it is started or ended. */
    public void start() {
        if (claim()) {
            tellSpawnCallbacks();
            begin();
        }
    }

    /** Lets it begin after a while. Does nothing if it is started or ended. */
    public void startLater(Duration delay) {
        long nanos = Jevent.nanos(delay);
        if (claim()) {
            tellSpawnCallbacks();
            beginLater(nanos);
        }
    }

    private void tellSpawnCallbacks() {
        try {
            Flight.spawned(this);
            if (!SPAWN_CALLBACKS.isEmpty()) {
                for (Consumer<? super Greenlet<?>> callback : SPAWN_CALLBACKS) {
                    callback.accept(this);
                }
            }
        } catch (Throwable e) {
            unclaim(); // it is not started, and may be
            throw e;
        }
    }

    @Override
    void waitsToBegin(@Nullable TimerEntry timer) {
        beginning = timer;
    }

    /** From now on the callback is told of every greenlet that is started, by who starts it. */
    public static void addSpawnCallback(Consumer<? super Greenlet<?>> callback) {
        SPAWN_CALLBACKS.add(callback);
    }

    /** Takes {@link #addSpawnCallback} back. */
    public static void removeSpawnCallback(Consumer<? super Greenlet<?>> callback) {
        SPAWN_CALLBACKS.remove(callback);
    }

    @Override
    void body() {
        if (Flight.recordsLives()) {
            story = new Begun(Flight.begun(), story);
        }
        Object result = null;
        Throwable error = null;
        try {
            result = run();
        } catch (Throwable e) {
            error = e;
        }
        error = translate(error);
        if (error != null) {
            result = failure(error);
            if (!(error instanceof GreenletExit)) {
                failed(error);
            }
        }
        finish(result);
    }

    /** It has failed; its own thread. */
    void failed(Throwable error) {
        hub.handleError(this, error);
    }

    /** It has ended, and its links were told. */
    void ended() {}

    private void finish(Object result) {
        Flight.ended(
                this,
                story instanceof Begun begun ? begun.told : null,
                result instanceof Failure f ? f.error : null);
        story = result;
        parent = null;
        markDead();
        end();
        ended();
    }

    @Override
    void neverBegan(Throwable error) {
        if (beginning != null) {
            hub.core.stop(beginning); // it would keep the hub alive until then
            beginning = null;
        }
        finish(failure(error));
    }

    /** It ends in any case, and who waits for that is told. */
    private static Failure failure(Throwable error) {
        try {
            return new Failure(error);
        } catch (OutOfMemoryError e) {
            return NO_MEMORY;
        }
    }

    @Override
    void abandoned(Throwable error) {
        if (!ready()) {
            finish(failure(error));
        }
    }

    // ---- the result

    /** Whether it ended without an error. One that was killed did. */
    public boolean successful() {
        return ready() && (!(story instanceof Failure f) || f.error instanceof GreenletExit);
    }

    /** Its result; null while it runs, and if it failed or was killed. */
    @SuppressWarnings("unchecked")
    public @Nullable T value() {
        return ready() && !(story instanceof Failure) ? (T) story : null;
    }

    /** What it failed with; null while it runs, and if it succeeded or was killed. */
    public @Nullable Throwable exception() {
        return successful() ? null : failure();
    }

    private @Nullable Throwable failure() {
        return ready() && story instanceof Failure f ? f.error : null;
    }

    /**
     * Waits until it has ended; its error, if any, is not thrown.
     *
     * @throws IllegalStateException if a greenlet joins itself
     * @throws Interrupted if the caller is interrupted
     * @throws LoopExit if nothing can ever end it
     */
    public void join() {
        join(-1);
    }

    /**
     * As {@link #join()}, but not longer than the time.
     *
     * @return whether it has ended
     */
    public boolean join(Duration timeout) {
        return join(Jevent.nanos(timeout));
    }

    boolean join(long nanos) {
        if (ready()) {
            return true;
        }
        if (Parker.JDK.greenlet(Thread.currentThread()) == this) {
            throw new IllegalStateException(this + " cannot wait for its own end");
        }
        var waiter = new Waiter<Void>();
        if (!addLink(Kind.WAITER, waiter)) {
            return true;
        }
        try {
            waiter.await(nanos);
        } finally {
            if (!ready()) {
                removeWaiter(waiter);
            }
        }
        return ready();
    }

    /**
     * Waits for the result.
     *
     * @throws ExecutionException with its error as the cause, if it failed
     * @throws CancellationException if it was killed
     * @throws InterruptedException if the caller is interrupted
     */
    @Override
    public T get() throws InterruptedException, ExecutionException {
        try {
            join();
        } catch (Interrupted e) {
            throw new InterruptedException();
        }
        return result();
    }

    /**
     * As {@link #get()}, but not longer than the time.
     *
     * @throws Timeout if the time is over
     */
    public T get(Duration timeout) throws InterruptedException, ExecutionException {
        boolean ended;
        try {
            ended = join(timeout);
        } catch (Interrupted e) {
            throw new InterruptedException();
        }
        if (!ended) {
            throw new Timeout(timeout).traceHere();
        }
        return result();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        boolean ended;
        try {
            ended = join(Math.max(0, unit.toNanos(timeout)));
        } catch (Interrupted e) {
            throw new InterruptedException();
        }
        if (!ended) {
            throw new TimeoutException(this + " has not ended in " + timeout + " " + unit);
        }
        return result();
    }

    /** The kill that ended it; null if it ended otherwise. */
    final @Nullable Throwable exit() {
        return failure() instanceof GreenletExit e ? e : null;
    }

    private T result() throws ExecutionException {
        Throwable error = failure();
        if (error instanceof GreenletExit) {
            var cancelled = new CancellationException(this + " was killed");
            cancelled.initCause(error);
            throw cancelled;
        }
        if (error != null) {
            throw new ExecutionException(error);
        }
        return value();
    }

    // ---- killing

    /**
     * Throws {@link GreenletExit} into it, wherever it waits, and waits until it has ended. One
     * that has not begun never begins. Never throws what the greenlet throws.
     */
    public void kill() {
        kill(new GreenletExit());
    }

    /** As {@link #kill()}, with another error or exception. */
    public void kill(Throwable error) {
        killLater(error);
        join();
    }

    /**
     * As {@link #kill(Throwable)}, but waits not longer than the time.
     *
     * @return whether it has ended
     */
    public boolean kill(Throwable error, Duration timeout) {
        long nanos = Jevent.nanos(timeout);
        killLater(error);
        return join(nanos);
    }

    /**
     * Kills it and waits until it has ended.
     *
     * @param mayInterruptIfRunning if false, only a greenlet that has not begun is killed
     * @return whether it ended by being killed
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (ready() || thread() != null && !mayInterruptIfRunning && hasBegun()) {
            return false;
        }
        kill(new GreenletExit("cancelled"));
        return isCancelled();
    }

    @Override
    public boolean isCancelled() {
        return failure() instanceof GreenletExit;
    }

    @Override
    public boolean isDone() {
        return ready();
    }

    /**
     * Kills it, unless it has ended, and waits until it has. So a greenlet that is opened in {@code
     * try (…)} does not outlive the block; to wait for its own end, join it inside.
     */
    @Override
    public void close() {
        if (!ready()) {
            CallerAccess.get().cleanUp(this::kill);
        }
    }

    // ---- links

    /** Calls back with this greenlet, in a greenlet of its own, when it has ended. */
    public void link(Consumer<? super Greenlet<T>> callback) {
        addOrTell(Kind.SPAWN, callback);
    }

    /** As {@link #link}, only if it succeeded. */
    public void linkValue(Consumer<? super Greenlet<T>> callback) {
        addOrTell(Kind.VALUE, callback);
    }

    /** As {@link #link}, only if it failed. */
    public void linkException(Consumer<? super Greenlet<T>> callback) {
        addOrTell(Kind.EXCEPTION, callback);
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        addOrTell(Kind.RAW, callback);
    }

    private void addOrTell(Kind kind, Object callback) {
        if (callback == null) {
            throw new NullPointerException("callback");
        }
        if (!addLink(kind, callback)) {
            tellLater(kind, callback, loaderFor(kind));
        }
    }

    @Override
    public void unlink(Object callback) {
        removeLink(callback);
    }

    /** Takes back all links; those who join are not told either, so use with care. */
    public void unlinkAll() {
        removeAllLinks();
    }

    @Override
    @SuppressWarnings("unchecked")
    void notifyLink(Kind kind, Object callback, ClassLoader loader) {
        if (kind == Kind.RAW) {
            ((Consumer<? super Waitable>) callback).accept(this);
        } else if (kind == Kind.SPAWN || successful() == (kind == Kind.VALUE)) {
            var c = (Consumer<? super Greenlet<T>>) callback;
            new RawTask(hub, () -> c.accept(this), loader).schedule();
        }
    }

    // ---- who and where

    @Override
    String defaultName(int number) {
        return "Greenlet-" + number;
    }

    /** Where it was spawned; for a lambda, where that was spawned for the first time. */
    public String spawnSite() {
        return site.toString();
    }

    /** The greenlet that spawned it, while this one lives; null if it was no greenlet. */
    public @Nullable RawGreenlet spawningGreenlet() {
        return parent;
    }

    /**
     * A map that this greenlet shares with all that it spawns, and they with theirs, from the first
     * greenlet of the tree on.
     */
    public Map<String, Object> treeLocals() {
        return tree().locals();
    }

    /** The same, empty if nobody has asked for it yet. */
    Map<String, Object> knownTreeLocals() {
        SpawnTree t = tree;
        return t == null ? Map.of() : t.locals();
    }

    private SpawnTree tree() {
        SpawnTree t = tree;
        if (t == null) {
            synchronized (this) {
                t = tree;
                if (t == null) {
                    t = new SpawnTree();
                    tree = t;
                }
            }
        }
        return t;
    }

    /** What a tree of greenlets has in common. */
    private static final class SpawnTree {
        private Map<String, Object> locals; // guarded by this

        synchronized Map<String, Object> locals() {
            if (locals == null) {
                locals = new ConcurrentHashMap<>();
            }
            return locals;
        }
    }
}
