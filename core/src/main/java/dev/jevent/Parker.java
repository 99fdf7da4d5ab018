package dev.jevent;

import dev.jevent.internal.jdk.Jdk;

/**
 * Whoever can wait: a greenlet, a hub's own thread (the root greenlet), or any other thread. This
 * is all that {@link Waiter} needs to know of them.
 */
abstract class Parker {

    // null if the JVM is closed to us: then current() throws, and nobody comes further
    static final Jdk JDK = Jdk.orNull();

    /** The one that calls. Never null. */
    static Parker current() {
        if (JDK == null) {
            Jdk.get(); // throws
        }
        Thread thread = Thread.currentThread();
        Object greenlet = JDK.greenlet(thread);
        return greenlet != null ? (Parker) greenlet : Threads.find(thread);
    }

    /** Waits until {@link #unpark}, or less. Never throws. Own thread only. */
    abstract void park();

    /** As {@link #park()}, but not after that time of {@link #nanoTime}. */
    abstract void parkUntil(long end);

    /** Lets the others of its hub, or other threads, run first. Never throws. Own thread only. */
    abstract void yieldNow();

    /** The clock that its timed waits follow. */
    abstract long nanoTime();

    /** That time in so many nanoseconds. */
    final long nanoTimeIn(long nanos) {
        return nanoTime() + Math.min(nanos, Long.MAX_VALUE >> 1);
    }

    /** Ends the current park. Any thread; does nothing if there is none. */
    abstract void unpark();

    /** Whether it will never run again, because its hub was destroyed. Any thread. */
    boolean isGone() {
        return false;
    }

    /** Takes what is to be thrown from a wait: a kill, a timeout, an interrupt; or null. */
    abstract Throwable takePending();

    /** Gives back what {@link #takePending} gave, because something better came meanwhile. */
    abstract void putBack(Throwable pending);

    /**
     * A wait is over because its value came. What is pending and has not been thrown may have come
     * during it, and has to reach the next wait, wherever that is. Own thread.
     */
    void gotValue() {}

    /** What is pending for it, or null. Own thread only. */
    abstract Pending known();

    /** As {@link #known}; made if there is none. Own thread only. */
    abstract Pending pending();

    /** Whether that was pending and was thrown last from one of its waits. Own thread only. */
    final boolean wasTaken(Throwable error) {
        Pending p = known();
        return p != null && p.wasTaken(error);
    }

    /**
     * What was thrown just now from a wait, for the first time, is delivered as something else
     * instead, and stays pending. Own thread only.
     *
     * @return false if the error is something else, or was delivered before
     */
    boolean tellInstead(Throwable error) {
        Pending p = known();
        return p != null && p.tellInstead(error);
    }

    /** Whether what was thrown last from one of its waits is thrown from every one. Own thread. */
    final boolean wasLasting(Throwable error) {
        Pending p = known();
        return p != null && p.wasLasting(error);
    }

    /** Whether it was delivered, but not as itself, and was not thrown since. Own thread only. */
    final boolean wasTold(Throwable error) {
        Pending p = known();
        return p != null && p.isTold(error);
    }

    /** The same, but it may have been thrown as itself since. Own thread only. */
    final boolean wasEverTold(Throwable error) {
        Pending p = known();
        return p != null && p.wasEverTold(error);
    }

    /** Whether the sockets of libraries stay open. Own thread only. */
    final boolean keepsOpen() {
        Pending p = known();
        return p != null && p.keepingOpen > 0;
    }

    /** How often something was to be thrown into it; for {@link #isCutSince}. Own thread only. */
    final int cuts() {
        Pending p = known();
        return p == null ? 0 : p.cuts;
    }

    /** Whether a kill has come since then, or a timeout that is over and was not left. */
    final boolean isCutSince(int before) {
        Pending p = known();
        return p != null && p.isCutSince(before);
    }

    /** Throws it into the waiting or next call, behind no shield. Any thread. */
    final void throwLater(Throwable error) {
        throwLater(error, 0, false);
    }

    /**
     * As {@link #throwLater(Throwable)}, also behind shields that were put up earlier.
     *
     * @param since what {@link #since} said when the reason of it began
     * @param lasting whether it is thrown from every wait, until it is taken back
     */
    abstract void throwLater(Throwable error, long since, boolean lasting);

    /** Takes it back; whether it was neither thrown nor told yet. Own thread only. */
    abstract boolean revoke(Throwable error);

    /** For {@link #throwLater}: tells what begins now from what began earlier. Own thread only. */
    abstract long since();

    /** Puts a shield up, before which waits what is thrown from outside. Own thread only. */
    abstract void putUpShield();

    /** Takes down the shield that was put up last. Own thread only. */
    abstract void takeDownShield();

    /** Throws what is pending, if anything. Own thread only. */
    final void throwPending() {
        Throwable p = takePending();
        if (p != null) {
            throw Parker.<RuntimeException>sneaky(p);
        }
    }

    /** Throws anything. */
    @SuppressWarnings("unchecked")
    static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
