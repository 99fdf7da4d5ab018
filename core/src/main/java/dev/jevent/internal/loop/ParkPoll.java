package dev.jevent.internal.loop;

import java.util.concurrent.locks.LockSupport;

/**
 * The portable way to sleep: the thread parks. What greenlets wait for on sockets comes through the
 * JDK's own pollers, from other threads.
 */
public final class ParkPoll implements Poll {

    private volatile Thread sleeper; // set by the loop thread, read by any
    private volatile boolean woken; // set by any thread, taken back by the loop thread
    private volatile boolean closed;

    @Override
    public void await(long nanos) {
        if (nanos == 0) {
            return;
        }
        // The waker sets woken and then reads sleeper, here it is the other way round: so either
        // the waker finds this thread, or this thread sees that it was woken. The sleeper is
        // another one before the first sleep and after a stand-in has run the loop.
        sleeper = Thread.currentThread();
        if (!woken) {
            if (nanos < 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        }
        woken = false; // what was sent before is looked at next
    }

    @Override
    public void deliver() {}

    @Override
    public void wakeup() {
        woken = true;
        // a thread that is no longer asleep returns at once from its next park
        LockSupport.unpark(sleeper);
    }

    @Override
    public boolean isReady() {
        return false; // what is ready comes as an entry
    }

    @Override
    public String name() {
        return "park";
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }
}
