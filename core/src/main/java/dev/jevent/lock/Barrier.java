package dev.jevent.lock;

import dev.jevent.Action;
import dev.jevent.BlockingSwitchOutError;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/**
 * Where a fixed number of greenlets or threads wait for one another, again and again. As {@link
 * java.util.concurrent.CyclicBarrier} and Python's {@code threading.Barrier}, for greenlets.
 *
 * <p>The last one who comes does the barrier's action, if there is one, and then all go on. If one
 * cannot go on with the others, because he is killed, interrupted or timed out, because the time of
 * his {@code await} is over, or because the action failed, then the barrier is <i>broken</i>: that
 * one sees his own reason, and the others, and who comes later, a {@link BrokenBarrierException},
 * until {@link #reset}. One who is killed when all have come, while the action runs, breaks
 * nothing.
 *
 * <p>Any greenlet or thread may use it. An interrupt is thrown as {@link dev.jevent.Interrupted}.
 */
public final class Barrier {

    /** Those who go on together. Guarded by lock. */
    private static final class Round {
        final WaitQueue<Void> waiters = new WaitQueue<>();
        int come;
        boolean complete; // all have come
        boolean broken;
    }

    private final SpinLock lock = new SpinLock();
    private final int parties;
    private final @Nullable Action action;
    private Round round = new Round(); // guarded by lock

    /**
     * A barrier for so many.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Barrier(int parties) {
        this(parties, null, false);
    }

    /** As {@link #Barrier(int)}, with something to be done by the last who comes. */
    public Barrier(int parties, Action action) {
        this(parties, action, true);
    }

    private Barrier(int parties, @Nullable Action action, boolean withAction) {
        if (parties < 1) {
            throw new IllegalArgumentException("a barrier for " + parties + " lets nobody meet");
        }
        if (withAction && action == null) {
            throw new NullPointerException("action");
        }
        this.parties = parties;
        this.action = action;
    }

    // ---- await

    /**
     * Waits until all have come.
     *
     * @return how many were still to come: {@code parties() - 1} for the first, 0 for the last
     * @throws BrokenBarrierException if one of them cannot go on, or the barrier is reset
     */
    public int await() throws BrokenBarrierException {
        try {
            return await(-1, null);
        } catch (TimeoutException e) {
            throw new AssertionError(e); // there is no time
        }
    }

    /**
     * As {@link #await()}, but not longer than the time; then the barrier breaks. Zero waits for
     * nobody: all others must have come.
     *
     * @throws TimeoutException if the time is over; the others see the barrier broken
     * @throws IllegalArgumentException if the time is negative
     */
    public int await(Duration timeout) throws BrokenBarrierException, TimeoutException {
        return await(HubAccess.get().nanos(timeout), timeout);
    }

    private int await(long nanos, @Nullable Duration timeout)
            throws BrokenBarrierException, TimeoutException {
        StackRoom.operation();
        Waiting<Void> me = null;
        while (true) {
            Round mine;
            int index;
            lock.lock();
            try {
                mine = round;
                checkWhole(mine);
                index = parties - 1 - mine.come;
                if (index == 0) {
                    mine.complete = true;
                    round = new Round(); // who comes while the action runs is early for that
                } else if (me != null) {
                    mine.come++;
                    mine.waiters.add(me);
                }
            } finally {
                lock.unlock();
            }
            if (index == 0) {
                finish(mine);
                return 0;
            }
            if (me != null) {
                waitForTheOthers(mine, me, nanos, timeout);
                return index;
            }
            me = newcomer();
        }
    }

    private static void checkWhole(Round round) throws BrokenBarrierException {
        if (round.broken) {
            throw new BrokenBarrierException(
                    "one of the others could not go on, or reset() was called");
        }
    }

    /** Without the lock: it may throw what is pending, and then this one never comes. */
    private Waiting<Void> newcomer() {
        try {
            return Waiting.ofTheCaller();
        } catch (BlockingSwitchOutError e) {
            throw e; // a mistake, and no party of this barrier
        } catch (Throwable e) {
            breakCurrent();
            throw e;
        }
    }

    private void waitForTheOthers(
            Round mine, Waiting<Void> first, long nanos, @Nullable Duration timeout)
            throws BrokenBarrierException, TimeoutException {
        Waiting<Void> me = first;
        long limit = nanos;
        while (me != null && !awaitOrLeave(mine, me, limit)) {
            me = stayIfComplete(mine, me, timeout);
            limit = -1; // it is only the action that is still to be done
        }
        checkWhole(mine); // written before we were woken
    }

    private boolean awaitOrLeave(Round mine, Waiting<Void> me, long nanos) {
        try {
            return HubAccess.get().await(me, nanos);
        } catch (Throwable e) {
            boolean breaks;
            lock.lock();
            try {
                mine.waiters.remove(me);
                breaks = !mine.complete;
                mine.broken |= breaks;
            } finally {
                lock.unlock();
            }
            if (breaks) {
                wake(mine);
            }
            throw e;
        }
    }

    /** The time is over. Null if it is being woken at this moment. */
    private @Nullable Waiting<Void> stayIfComplete(
            Round mine, Waiting<Void> me, @Nullable Duration timeout)
            throws BrokenBarrierException, TimeoutException {
        lock.lock();
        try {
            checkWhole(mine);
            if (mine.complete) {
                Waiting<Void> again = new Waiting<>(false);
                return mine.waiters.replace(me, again) ? again : null;
            }
            mine.waiters.remove(me);
            mine.broken = true;
        } finally {
            lock.unlock();
        }
        wake(mine);
        throw new TimeoutException("not all " + parties + " came to the barrier in " + timeout);
    }

    /** The last one. */
    private void finish(Round mine) throws BrokenBarrierException {
        boolean done = false;
        try {
            if (action != null) {
                action.run();
            }
            done = true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            var broken = new BrokenBarrierException("the barrier's action failed: " + e);
            broken.initCause(e);
            throw broken;
        } finally {
            if (!done) {
                lock.lock();
                mine.broken = true;
                lock.unlock();
                breakCurrent();
            }
            wake(mine);
        }
    }

    private void breakCurrent() {
        Round current;
        lock.lock();
        current = round;
        current.broken = true;
        lock.unlock();
        wake(current);
    }

    /** Nobody comes any more to one that is complete or broken. Without the lock. */
    private void wake(Round over) {
        while (true) {
            lock.lock();
            Waiting<Void> first = over.waiters.poll();
            lock.unlock();
            if (first == null) {
                return;
            }
            first.give(null); // false: it gave up, and there is nothing to pass on
        }
    }

    // ---- look

    /** Repairs it: those who wait see it broken, those who come from now on a new one. */
    public void reset() {
        Round old;
        lock.lock();
        old = round;
        old.broken = true;
        round = new Round();
        lock.unlock();
        wake(old);
    }

    /** Whether it is broken. */
    public boolean isBroken() {
        lock.lock();
        boolean broken = round.broken;
        lock.unlock();
        return broken;
    }

    /** How many meet here. */
    public int parties() {
        return parties;
    }

    /** How many have come and wait for others. */
    public int waiting() {
        lock.lock();
        int come = round.broken ? 0 : round.come;
        lock.unlock();
        return come;
    }

    @Override
    public String toString() {
        return "Barrier[" + waiting() + " of " + parties + (isBroken() ? ", broken]" : "]");
    }
}
