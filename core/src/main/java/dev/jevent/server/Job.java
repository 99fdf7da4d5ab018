package dev.jevent.server;

import dev.jevent.Action;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.net.SocketException;

/**
 * What a server does for one connection or one datagram, wherever that is done: in a greenlet, in
 * the acceptor or on a thread. It begins once or never.
 *
 * <pre>
 *   waits --begin--> runs --end--> over
 *     '---------cancel-------------^
 * </pre>
 *
 * All methods may be called from any thread.
 */
abstract class Job implements Action {

    private static final int WAITS = 0;
    private static final int RUNS = 1;
    private static final int OVER = 2;

    final BaseServer<?> server;
    boolean hasPlace; // written by the acceptor before it is spawned
    volatile boolean stopsItsServer;
    private int state; // guarded by this
    private volatile @Nullable Thread runner; // while it runs; written under the lock
    private boolean killed; // guarded by this

    Job(BaseServer<?> server) {
        this.server = server;
    }

    /** What is to be done. */
    abstract void work() throws Exception;

    /** Gives back what it has; called once, at its end. */
    abstract void release();

    /** As {@link #release}, at once and from any thread, so that whoever waits in it goes on. */
    abstract void releaseNow();

    /** The server wants to end: if nothing is under way here, it may end at once. */
    void letGo() {}

    /** Whether the failure is a usual end. */
    boolean isUsual(Exception failure) {
        return false;
    }

    @Override
    public final void run() throws Exception {
        if (!begin()) {
            return;
        }
        try {
            work();
        } catch (Exception e) {
            if (!isUsual(e) && !wasInterrupted(e)) {
                throw e;
            }
        } finally {
            try {
                release();
            } finally {
                end();
            }
        }
    }

    private synchronized boolean begin() {
        if (state != WAITS) {
            return false;
        }
        state = RUNS;
        runner = Thread.currentThread();
        return true;
    }

    private void end() {
        boolean interrupted;
        synchronized (this) {
            state = OVER;
            runner = null;
            interrupted = killed && !isGreenlet(Thread.currentThread());
        }
        if (interrupted) {
            boolean ignored = Thread.interrupted(); // it was for this job and not for the thread
        }
        server.ended(this);
    }

    /** If it has not begun it never will. */
    final void cancel() {
        synchronized (this) {
            if (state != WAITS) {
                return;
            }
            state = OVER;
        }
        releaseNow();
        server.ended(this);
    }

    /** Ends it, also if it runs: a greenlet is killed, a thread interrupted. */
    final void kill() {
        boolean isThread = false;
        synchronized (this) {
            Thread t = runner;
            if (t != null) { // under the lock: it does not go on to another job meanwhile
                killed = true;
                isThread = !isGreenlet(t);
                if (isThread) {
                    t.interrupt();
                } else {
                    ((RawGreenlet) Jdk.get().greenlet(t)).killLater();
                }
            }
        }
        cancel();
        if (isThread) {
            releaseNow();
        }
    }

    private static boolean isGreenlet(Thread t) {
        return t.isVirtual() && Jdk.get().greenlet(t) instanceof RawGreenlet;
    }

    /** A thread that was told to end says so in the words of what it waited in. */
    private synchronized boolean wasInterrupted(Exception e) {
        return killed && (e instanceof SocketException || CallerAccess.get().isInterruption(e));
    }

    /** Whether the caller does it. */
    final boolean isCaller() {
        return runner == Thread.currentThread();
    }
}
