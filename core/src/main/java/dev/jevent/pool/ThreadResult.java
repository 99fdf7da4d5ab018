package dev.jevent.pool;

import dev.jevent.event.AsyncResult;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.Enduring;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.WorkerTask;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/** What a task of a thread pool comes to, and the task. */
final class ThreadResult<T> extends AsyncResult<T> {

    private final ThreadPool pool;
    private final Callable<T> task;
    private final boolean reported; // an error; else somebody is going to see it for sure
    private final Work work = new Work();
    private final @Nullable EventLoop loop = HubAccess.get().currentLoop(); // of who has spawned it
    private boolean isRef; // written before it is submitted
    boolean hasPlace; // written before it is submitted

    ThreadResult(ThreadPool pool, Callable<T> task, boolean reported) {
        this.pool = pool;
        this.task = task;
        this.reported = reported;
    }

    private final class Work extends WorkerTask {
        @Override
        protected void perform() {
            T value = null;
            Throwable error = null;
            try {
                value = task.call();
            } catch (Throwable e) {
                error = e;
            }
            for (; ; ) {
                try {
                    end(value, error);
                    return;
                } catch (OutOfMemoryError e) {
                    Enduring.moment(); // somebody waits for this
                }
            }
        }

        private void end(@Nullable T value, @Nullable Throwable error) {
            if (error == null) {
                trySet(value);
                return;
            }
            boolean seen = trySetException(error) ? !reported : isOurs(error);
            if (!seen) {
                report(error);
            }
        }

        /** It was cancelled, and this tells of that. */
        private boolean isOurs(Throwable e) {
            return wasInterrupted() && CallerAccess.get().isInterruption(e);
        }

        @Override
        protected void left() {
            for (; ; ) {
                try {
                    pool.finished(ThreadResult.this);
                    return;
                } catch (OutOfMemoryError e) {
                    Enduring.moment();
                }
            }
        }

        @Override
        public String toString() {
            return "a task of a thread pool, " + task;
        }
    }

    private void report(Throwable error) {
        if (loop != null && !loop.poll().isClosed()) {
            loop.failed(work, error);
        } else {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
        }
    }

    WorkerTask work() {
        return work;
    }

    /** Its hub has something to wait for. */
    void ref() {
        if (loop != null) {
            onLoop(loop, loop::ref);
            isRef = true;
        }
    }

    void unref() {
        if (loop != null && isRef) {
            onLoop(loop, loop::unref);
        }
    }

    private static void onLoop(EventLoop loop, Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.submit(action);
        }
    }

    /** The task alone, for who wants to do it elsewhere. */
    Runnable toRunnable() {
        if (task instanceof Tasks.OfRunnable<?> r) {
            return r.runnable();
        }
        return () -> {
            try {
                task.call();
            } catch (Exception e) {
                throw CallerAccess.<RuntimeException>sneaky(e);
            }
        };
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            drop(mayInterruptIfRunning);
        }
        return cancelled;
    }

    /** The result is not wanted any more. Whether the task had not begun, and never will. */
    boolean drop(boolean mayInterrupt) {
        if (pool.workers().takeOut(work)) {
            pool.finished(this);
            return true;
        }
        if (mayInterrupt) {
            pool.workers().interrupt(work);
        }
        return false;
    }
}
