package dev.jevent.internal;

import dev.jevent.Hub;
import dev.jevent.Timeout;
import dev.jevent.Waiter;
import dev.jevent.internal.loop.EventLoop;

import java.time.Duration;

/**
 * What the packages above need of a hub and its users do not: {@code dev.jevent.Hub} puts it here
 * when it is initialised.
 */
public abstract class HubAccess {

    private static volatile HubAccess installed;

    private static final class Holder {
        static final HubAccess ACCESS = load();

        private static HubAccess load() {
            try {
                Class.forName("dev.jevent.Hub");
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
            return installed;
        }
    }

    /** Hubs make it. */
    protected HubAccess() {}

    /** The one and only. */
    public static HubAccess get() {
        return Holder.ACCESS;
    }

    /** Called once, by {@code Hub}. */
    public static void install(HubAccess access) {
        installed = access;
    }

    /** Whether this JVM runs in the portable mode, in which a loop knows no descriptors. */
    public abstract boolean isPortable();

    /** The loop of the caller's hub; null on a thread that has none. Makes no hub. */
    public abstract EventLoop currentLoop();

    /** A hub on a daemon thread of its own, which does nothing but run its loop for ever. */
    public abstract EventLoop startDaemonLoop(String name);

    /** As {@link Waiter#await(Duration)}, in nanoseconds; negative waits without end. */
    public abstract boolean await(Waiter<?> waiter, long nanos);

    /** As {@link #await(Waiter, long)}, until a time of {@link #nanoTime}. */
    public abstract boolean awaitUntil(Waiter<?> waiter, long end);

    /**
     * As {@link dev.jevent.Jevent#sleep(long)} with zero, and throws nothing: a kill, a timeout or
     * an interrupt is thrown by the next wait.
     */
    public abstract void giveWay();

    /** Waits until it is done; a kill, a timeout or an interrupt is thrown by the next wait. */
    public abstract void awaitUndisturbed(Waiter<?> waiter);

    /** For {@link #isCutSince}. */
    public abstract int cuts();

    /**
     * Whether the caller was killed since it got this from {@link #cuts}, or is in a timeout that
     * is over.
     */
    public abstract boolean isCutSince(int cuts);

    /** The clock that the caller's timed waits follow. */
    public abstract long nanoTime();

    /**
     * The same, or when the caller's hub looked at it last, which costs nothing to ask; for what
     * may be wrong by as much as the hub's greenlets can do in a row.
     */
    public abstract long coarseNanoTime();

    /**
     * In nanoseconds; what is longer than 292 years counts as that.
     *
     * @throws IllegalArgumentException if negative
     */
    public abstract long nanos(Duration duration);

    /** What a call throws whose time is over, with the stack trace of the caller. */
    public abstract Timeout timeout(Duration duration);

    /**
     * As {@link Waiter#switchTo}, but wakes nobody yet; for who holds the lock of a primitive.
     *
     * @return what {@link #wake} needs, without the lock; null if the value came too late
     */
    public abstract Object decide(Waiter<?> waiter, Object value);

    /** As {@link Waiter#switchTo}, for who has seen to it that there is room on the stack. */
    public abstract <T> boolean give(Waiter<T> waiter, T value);

    /** Wakes the one whose wait was decided. */
    public abstract void wake(Object decided);

    /**
     * As {@link Waiter#clear} and the first step of {@link Waiter#get} in one, and a full fence:
     * the caller waits from now on, and calls {@code get} and in any case {@link #endWait}.
     *
     * @return false if somebody else waits
     */
    public abstract boolean beginWait(Waiter<?> waiter);

    /** Ends it; does nothing if it has ended by itself, as nearly always. */
    public abstract void endWait(Waiter<?> waiter);

    /** As {@link dev.jevent.internal.loop.FdHandler#prefetch}, of the greenlet that waits. */
    public abstract int prefetch(Waiter<?> waiter);

    /** Whether somebody waits on this, undecided. */
    public abstract boolean isAwaited(Waiter<?> waiter);

    /** The calling thread ends: the hub that it has made, if any, is destroyed. */
    public abstract void endOfThread();

    /**
     * Waits until no greenlet can go on, and nothing else that keeps the hub alive is left but
     * virtual threads that the program has made itself. On the hub's thread.
     */
    public abstract void joinGreenlets(Hub hub);

    /**
     * Whether a greenlet of the hub lives, and a thread that might wake it, or has woken it just
     * before it was gone. On the hub's thread.
     */
    public abstract boolean mayBeWoken(Hub hub);
}
