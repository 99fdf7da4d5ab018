package dev.jevent.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A piece of work for {@link Workers}.
 *
 * <pre>
 *   queued --its turn--> running ------------------------------> done
 *      |                    +--interrupt()--> interrupting --> interrupted --> done
 *      +--takeOut()--> taken out: never runs
 * </pre>
 */
public abstract class WorkerTask {

    static final int QUEUED = 0;
    static final int RUNNING = 1;
    static final int INTERRUPTING = 2;
    static final int INTERRUPTED = 3;
    static final int DONE = 4;
    static final int TAKEN_OUT = 5;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(WorkerTask.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // a worker is anybody's: what a library finds through it is what the one who asks would find
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    volatile int state;
    Thread worker; // written before it is running, read while it is
    WorkerTask previous; // in the queue, these three; guarded by the lock of the workers
    WorkerTask next;
    boolean standing;

    /** Not submitted yet. Made by who asks for it, whose context class loader it is done with. */
    protected WorkerTask() {}

    /** Does it, and tells who waits for it. On a worker. Never throws. */
    protected abstract void perform();

    /** The worker has left it, or found that it was taken out. On the worker. */
    protected void left() {}

    /** Whether {@link Workers#interrupt} has come while it ran. */
    protected final boolean wasInterrupted() {
        int s = state;
        return s == INTERRUPTING || s == INTERRUPTED;
    }

    final boolean step(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    final void runOn(Thread thread) {
        worker = thread;
        if (step(QUEUED, RUNNING)) {
            try {
                thread.setContextClassLoader(loader);
                perform();
            } finally {
                thread.setContextClassLoader(ClassLoader.getSystemClassLoader()); // keeps no other
                end();
            }
        }
        left();
    }

    /**
     * An interrupt is for this task alone: whoever interrupts has announced it by a compare-and-set
     * from running, so that it comes before this end, which waits for it and clears it, or not at
     * all.
     */
    private void end() {
        if (!step(RUNNING, DONE)) {
            while (state == INTERRUPTING) {
                Thread.onSpinWait();
            }
            state = DONE;
        }
        Thread.interrupted();
    }
}
