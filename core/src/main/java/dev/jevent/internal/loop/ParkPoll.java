package dev.jevent.internal.loop;

import java.util.concurrent.locks.LockSupport;

/**
 * The portable way to sleep: the thread parks. What greenlets wait for on sockets comes through the
 * JDK's own pollers, from other threads.
 */
public final class ParkPoll implements Poll {

    private volatile Thread sleeper; // set by the loop thread, read by any

    @Override
    public void await(long nanos) {
        if (nanos == 0) {
            return;
        }
        sleeper = Thread.currentThread();
        if (nanos < 0) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    @Override
    public void wakeup() {
        // Null only before the first sleep; then nobody sleeps, and the loop looks at what has come
        // before it does. A thread that is no longer asleep returns at once from its next park.
        LockSupport.unpark(sleeper);
    }

    @Override
    public String name() {
        return "park";
    }

    @Override
    public void close() {}
}
