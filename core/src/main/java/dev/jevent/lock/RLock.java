package dev.jevent.lock;

import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import java.util.concurrent.TimeUnit;

/**
 * A lock that its holder can take again and again, and must release as many times. First come,
 * first served. Follows {@code gevent.lock.RLock}, and is a {@link java.util.concurrent.locks.Lock}
 * with conditions.
 *
 * <pre>{@code
 * try (Held held = lock.hold()) {
 *     …
 * }
 * }</pre>
 *
 * The holder is a thread: a greenlet is one, and so a greenlet that waits inside keeps out the
 * others of its hub too. A callback of the loop counts as the hub's own thread.
 *
 * <p>Any greenlet or thread may use it; from a callback of the loop what does not wait. One who is
 * killed or timed out while he waits does not get the lock, and one who got it a moment before has
 * it; the kill is thrown from his next wait then. An interrupt ends {@link #lockInterruptibly} and
 * {@link #tryLock(long, TimeUnit)} with an InterruptedException, {@code acquire} with an {@link
 * dev.jevent.Interrupted}, and not {@link #lock}.
 *
 * <p>One who waits for a condition has the lock again whenever that wait ends, also if he is
 * killed, timed out or interrupted; if he had been signalled before, the signal goes on to the next
 * one.
 */
public final class RLock extends OwnedLock {

    private boolean taken; // guarded by guard; also while it is on its way to who waited

    /** A lock that nobody holds. */
    public RLock() {
        this(new WaitQueue<>());
    }

    private RLock(WaitQueue<Void> guardAndWaiters) {
        super(guardAndWaiters, guardAndWaiters);
    }

    @Override
    boolean takeIfFree() {
        if (taken) {
            return false;
        }
        taken = true;
        return true;
    }

    @Override
    void giveOn() {
        Waiting<Void> first;
        do {
            guard.lock();
            first = waiters.poll();
            if (first == null) {
                taken = false;
            }
            guard.unlock();
            // one who has given up is passed over
        } while (first != null && !first.give(null));
    }

    /** As {@link #acquire()}, for a {@code try} block, at the end of which it is released. */
    public Held hold() {
        acquire();
        return new Held(this);
    }

    /** Whether anybody holds it. */
    public boolean isLocked() {
        guard.lock();
        boolean locked = taken;
        guard.unlock();
        return locked;
    }

    @Override
    public String toString() {
        return "RLock[" + holder() + "]";
    }
}
