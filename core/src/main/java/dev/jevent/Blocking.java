package dev.jevent;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.Settings;
import dev.jevent.internal.WorkerTask;
import dev.jevent.internal.Workers;

import java.util.concurrent.Callable;

/** What somebody waits for who has called {@link Jevent#blocking}. */
final class Blocking<T> extends WorkerTask {

    private static final long IDLE_NANOS = 5_000_000_000L;

    /** For the JDK's virtual threads, which have no hub. */
    private static final class OfNoHub {
        static final Workers WORKERS = newWorkers();
    }

    private final Callable<T> work;
    private final Hub hub; // null if the caller has none
    private final Waiter<T> waiter = Waiter.ofCurrent(); // throws what is pending

    private Blocking(Callable<T> work, Hub hub) {
        this.work = work;
        this.hub = hub;
    }

    static Workers newWorkers() {
        return new Workers(Settings.threads(), IDLE_NANOS);
    }

    static <T> T call(Callable<T> work) throws Exception {
        if (work == null) {
            throw new NullPointerException("a task to do");
        }
        if (!Thread.currentThread().isVirtual() && Hub.ofThread() == null) {
            return work.call();
        }
        if (Parker.current() instanceof RawGreenlet caller) {
            return call(work, caller.hub);
        }
        return new Blocking<>(work, null).await(OfNoHub.WORKERS);
    }

    private static <T> T call(Callable<T> work, Hub hub) {
        var task = new Blocking<>(work, hub);
        hub.onLoop(hub.core::ref);
        try {
            return task.await(hub.workers());
        } finally {
            hub.onLoop(hub.core::unref);
        }
    }

    private T await(Workers workers) {
        workers.submit(this);
        try {
            return waiter.get();
        } catch (Throwable e) {
            if (!waiter.ready() && !workers.takeOut(this)) {
                workers.interrupt(this);
            }
            throw e;
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
        for (; ; ) {
            try {
                end(value, error);
                return;
            } catch (OutOfMemoryError e) {
                Enduring.moment(); // the caller waits for this and for nothing else
            }
        }
    }

    private void end(T value, Throwable error) {
        if (error == null) {
            waiter.switchTo(value);
        } else if (!waiter.throwInto(error)
                && !(wasInterrupted() && Interruptions.isInterruption(error))) {
            report(error);
        }
    }

    private void report(Throwable error) {
        if (hub == null) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
        } else if (hub.core.isClosed()) {
            hub.handleError(this, error);
        } else {
            hub.core.failed(this, error);
        }
    }

    @Override
    public String toString() {
        return "Jevent.blocking(" + work + ")";
    }
}
