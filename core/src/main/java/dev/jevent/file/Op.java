package dev.jevent.file;

import dev.jevent.Waiter;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.Settings;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.WorkerTask;
import dev.jevent.internal.Workers;
import dev.jevent.internal.io.Share;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * One operation on a worker thread that is never interrupted, since an interrupt would close the
 * file. Whoever waits for it and is killed, timed out or interrupted leaves at once; if it has not
 * begun it never does, else it goes on alone, and may be awaited again by the next one.
 *
 * <p>The threads belong to all hubs together: {@link #FILES}, as many as {@code
 * -Djevent.threadpool} says, for what the disk does in its time; {@link #STREAMS}, as many as are
 * needed, for what may wait for somebody else, and for closing: with a limit, one stream might keep
 * the thread that the one it waits for needs.
 */
final class Op<T> extends WorkerTask {

    private static final HubAccess HUBS = HubAccess.get();
    private static final long IDLE_NANOS = 5_000_000_000L;
    private static final int HAND_OVER = 4; // as many system calls take about as long

    static final Workers FILES = new Workers(Settings.threads(), IDLE_NANOS);
    static final Workers STREAMS = new Workers(Integer.MAX_VALUE, IDLE_NANOS);

    private final Callable<T> work;
    private final SpinLock lock = new SpinLock();
    private volatile boolean done; // written under lock
    private volatile @Nullable Waiter<Void> waiter; // of who waits now
    private @Nullable T result; // written before done
    private @Nullable Throwable failure; // written before done
    private @Nullable Consumer<T> undo; // guarded by lock

    private Op(Callable<T> work) {
        this.work = work;
    }

    /** Begins it, whether or not something is pending for the caller, who need not wait. */
    static <T> Op<T> start(Workers workers, Callable<T> work) {
        var op = new Op<>(work);
        workers.submit(op);
        return op;
    }

    /** Does it on a worker of {@link #FILES}; a thread without a hub does it in place. */
    static <T> T file(Callable<T> work) throws IOException {
        return file(work, null);
    }

    /**
     * As {@link #file(Callable)}.
     *
     * @param undo takes the result back, if the caller has gone meanwhile
     */
    static <T> T file(Callable<T> work, @Nullable Consumer<T> undo) throws IOException {
        return isWithoutHub() ? inPlace(work) : run(FILES, work, undo, null);
    }

    /** Does it on a worker and waits. */
    static <T> T run(
            Workers workers,
            Callable<T> work,
            @Nullable Consumer<T> undo,
            @Nullable Consumer<Op<T>> stray)
            throws IOException {
        var op = new Op<>(work);
        Share.take(HAND_OVER);
        op.waiter = Waiter.ofCurrent(); // throws what is pending before anything begins
        workers.submit(op);
        boolean ended = false;
        try {
            op.sleep();
            ended = true;
        } finally {
            if (!ended && !workers.takeOut(op)) {
                op.abandon(undo, stray);
            }
        }
        return op.outcome();
    }

    /** Whether the caller is a platform thread that holds up nobody but itself. */
    static boolean isWithoutHub() {
        return !Thread.currentThread().isVirtual() && HUBS.currentLoop() == null;
    }

    static <T> T inPlace(Callable<T> work) throws IOException {
        try {
            return work.call();
        } catch (Throwable e) {
            throw CallerAccess.<RuntimeException>sneaky(e);
        }
    }

    @Override
    protected void perform() {
        T value = null;
        Throwable error = null;
        try {
            value = work.call();
        } catch (Throwable e) {
            error = e;
        }
        lock.lock();
        result = value;
        failure = error;
        done = true; // before the look at who waits, who looks at it after he said that he waits
        Consumer<T> late = undo;
        lock.unlock();
        if (late != null && error == null) {
            late.accept(value);
        }
        Waiter<Void> w = waiter;
        if (w != null) {
            w.switchTo(null);
        }
    }

    private void abandon(@Nullable Consumer<T> undo, @Nullable Consumer<Op<T>> stray) {
        lock.lock();
        boolean over = done;
        if (!over) {
            this.undo = undo;
        }
        lock.unlock();
        if (!over && stray != null) {
            stray.accept(this);
        } else if (over && undo != null && failure == null) {
            undo.accept(result);
        }
    }

    boolean isDone() {
        return done;
    }

    /** Whether it is over and has thrown. */
    boolean hasFailed() {
        return done && failure != null;
    }

    /**
     * Waits for it and answers its result. One at a time; if the caller is thrown out, the next one
     * may.
     */
    T await() throws IOException {
        Share.take(HAND_OVER); // it may be over already
        Waiter<Void> w = Waiter.ofCurrent();
        waiter = w;
        if (done) {
            w.switchTo(null);
        }
        sleep();
        return outcome();
    }

    /** Waits until it is over and takes no notice of how it went. */
    void settle() {
        Waiter<Void> w = Waiter.ofCurrent();
        waiter = w;
        if (done) {
            w.switchTo(null);
        }
        sleep();
    }

    /** The one who waits for it gets this instead; it goes on. */
    void disturb(IOException e) {
        Waiter<Void> w = waiter;
        if (w != null) {
            w.throwInto(e);
        }
    }

    private void sleep() {
        EventLoop loop = HUBS.currentLoop();
        if (loop != null) {
            onLoop(loop, loop::ref);
        }
        try {
            waiter.get();
        } finally {
            if (loop != null) {
                onLoop(loop, loop::unref);
            }
        }
    }

    static void onLoop(EventLoop loop, Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.submit(action);
        }
    }

    private T outcome() {
        if (failure != null) {
            throw CallerAccess.<RuntimeException>sneaky(failure);
        }
        return result;
    }

    @Override
    public String toString() {
        return "file operation " + work;
    }
}
