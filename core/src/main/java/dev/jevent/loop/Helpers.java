package dev.jevent.loop;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.OwnThread;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few daemon threads for what might hang, made when needed and gone some seconds after. An
 * executor of the JDK has locks, which greenlets and callbacks of one loop must not share; to hand
 * over to this takes none.
 */
final class Helpers {

    private static final int MOST = 4;
    private static final long IDLE_SECONDS = 10;

    private static final LinkedTransferQueue<Runnable> TASKS = new LinkedTransferQueue<>();
    private static final AtomicInteger THREADS = new AtomicInteger();

    private Helpers() {}

    /** Runs it soon, in order of arrival. The task must not throw. Any thread, never blocks. */
    static void run(Runnable task) {
        TASKS.put(task);
        if (!TASKS.isEmpty() && mayStart()) { // else an idle thread has taken it already
            startOne();
        }
    }

    private static void startOne() {
        boolean started = false;
        try {
            OwnThread.start("jevent-helper", Helpers::work);
            started = true;
        } finally {
            if (!started) {
                THREADS.decrementAndGet(); // the next task tries again, or another helper
            }
        }
    }

    private static boolean mayStart() {
        for (int n = THREADS.get(); n < MOST; n = THREADS.get()) {
            if (THREADS.compareAndSet(n, n + 1)) {
                return true;
            }
        }
        return false;
    }

    private static void work(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // there was no memory
            Enduring.failed(e);
        }
    }

    private static void work() {
        do {
            try {
                for (Runnable task; (task = TASKS.poll(IDLE_SECONDS, TimeUnit.SECONDS)) != null; ) {
                    work(task);
                }
            } catch (InterruptedException e) {
                // nobody has a reason to; it ends as if it had been idle
            } finally {
                THREADS.decrementAndGet();
            }
            // what was put after the last poll may have seen this thread alive
        } while (!TASKS.isEmpty() && mayStart());
    }
}
