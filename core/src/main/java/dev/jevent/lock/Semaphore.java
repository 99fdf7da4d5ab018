package dev.jevent.lock;

import dev.jevent.Waitable;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Waiting;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A counter that cannot be taken below zero: who tries to waits until somebody releases. First
 * come, first served. Follows {@code gevent.lock.Semaphore}.
 *
 * <p>A released permit is handed to the first who waits, so that nobody overtakes him. A permit has
 * no owner: it may be released by another greenlet or thread than took it.
 *
 * <p>Any greenlet or thread may use it. A waiter that is killed, times out or is interrupted
 * ({@link dev.jevent.Interrupted}) takes no permit with it; one that got the permit a moment before
 * has it, and the kill is thrown from its next wait. What does not wait ({@link #release}, {@link
 * #tryAcquire}, and the others as long as there are permits) may be called from callbacks of the
 * loop.
 */
public class Semaphore implements Waitable, Releasable {

    /** One who waits for a permit, or only looks whether there is one. */
    private static final class Turn extends Waiting<Integer> {
        final boolean looks;

        Turn(boolean looks) {
            super(true);
            this.looks = looks;
        }
    }

    private final SpinLock lock = new SpinLock();
    private final WaitQueue<Integer> waiters = new WaitQueue<>(); // guarded by lock
    private final LinkList links = new LinkList(); // guarded by lock
    private final int most;
    private int counter; // guarded by lock; not above zero while somebody waits

    /**
     * A semaphore with so many permits.
     *
     * @throws IllegalArgumentException if negative
     */
    public Semaphore(int permits) {
        this(permits, Integer.MAX_VALUE);
    }

    Semaphore(int permits, int most) {
        if (permits < 0) {
            throw new IllegalArgumentException("a semaphore cannot start with " + permits);
        }
        this.counter = permits;
        this.most = most;
    }

    // ---- acquire

    /** Takes a permit; waits for it if there is none. */
    public void acquire() {
        Turn turn = takeOrQueue();
        if (turn == null) {
            return;
        }
        try {
            turn.get();
        } catch (Throwable e) {
            leave(turn);
            throw e;
        }
    }

    /**
     * Takes a permit; waits for it, but not longer than the time. Zero does not wait.
     *
     * @return whether it got one
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean acquire(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        if (nanos == 0) {
            return tryAcquire();
        }
        Turn turn = takeOrQueue();
        return turn == null || await(turn, nanos);
    }

    /** Takes a permit if there is one and nobody waits for it. */
    public boolean tryAcquire() {
        lock.lock();
        boolean free = counter > 0;
        if (free) {
            counter--;
        }
        lock.unlock();
        return free;
    }

    /**
     * As {@link #acquire()}, for a {@code try} block, at the end of which the permit is released.
     */
    public Held hold() {
        acquire();
        return new Held(this);
    }

    /** Null if it got a permit at once. */
    private Turn takeOrQueue() {
        lock.lock();
        try {
            if (counter > 0) {
                counter--;
                return null;
            }
            var turn = new Turn(false); // may throw what is pending
            waiters.add(turn);
            return turn;
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Turn turn, long nanos) {
        boolean got = false;
        try {
            got = HubAccess.get().await(turn, nanos);
        } finally {
            if (!got) {
                leave(turn);
            }
        }
        return got;
    }

    private void leave(Turn turn) {
        lock.lock();
        try {
            waiters.remove(turn);
        } finally {
            lock.unlock();
        }
    }

    // ---- release

    /** Gives a permit back: to the first who waits, or to the counter. */
    @Override
    public void release() {
        release(1);
    }

    /**
     * Gives so many permits back.
     *
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException if there were more permits than can be
     */
    public void release(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("cannot release " + permits + " permits");
        }
        StackRoom.operation();
        Integer there = permits; // made before somebody is taken out of the queue
        // While one who has given up is passed over, a permit is neither in the counter nor taken.
        // So of two who release too much at the same time any one may be told.
        for (int left = permits; left > 0; ) {
            Waiting<Integer> first;
            lock.lock();
            try {
                if (left > most - counter) {
                    throw new IllegalStateException(tooMany(permits));
                }
                first = waiters.poll();
                if (first == null) {
                    counter += left;
                    if (links.isEmpty()) {
                        return;
                    }
                }
            } finally {
                lock.unlock();
            }
            if (first == null) {
                tellLinks();
                return;
            }
            // one who only looks leaves the permit, and so does one who has given up
            if (first.give(left == permits ? there : (Integer) left) && !((Turn) first).looks) {
                left--;
            }
        }
    }

    private String tooMany(int permits) {
        return "cannot release "
                + permits
                + ": "
                + counter
                + " of at most "
                + most
                + " permits are there; was something released twice?";
    }

    private void tellLinks() {
        Iterable<LinkList.Link> told;
        lock.lock();
        try {
            told = links.takeAll();
        } finally {
            lock.unlock();
        }
        told.forEach(link -> link.tell(this));
    }

    // ---- look

    /**
     * Waits until a permit could be taken, and does not take it. Another may take it before the
     * caller does.
     *
     * @return how many permits were there at that moment, at least 1
     */
    public int await() {
        int there = counter();
        if (there > 0) {
            return there;
        }
        Turn turn = lookOrQueue();
        if (turn == null) {
            return counter();
        }
        try {
            return turn.get();
        } catch (Throwable e) {
            leave(turn);
            throw e;
        }
    }

    /**
     * As {@link #await()}, but not longer than the time; zero does not wait.
     *
     * @return how many permits were there; 0 if the time was over
     * @throws IllegalArgumentException if the time is negative
     */
    public int await(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        int there = counter();
        if (there > 0 || nanos == 0) {
            return there;
        }
        Turn turn = lookOrQueue();
        if (turn == null) {
            return counter();
        }
        return await(turn, nanos) ? turn.get() : 0;
    }

    /** Null if there are permits. */
    private Turn lookOrQueue() {
        lock.lock();
        try {
            if (counter > 0) {
                return null;
            }
            var turn = new Turn(true);
            waiters.add(turn);
            return turn;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no permit is there. */
    public boolean locked() {
        return counter() == 0;
    }

    /** Whether a permit is there. */
    @Override
    public boolean ready() {
        return counter() > 0;
    }

    /** How many permits are there. */
    public int counter() {
        lock.lock();
        try {
            return counter;
        } finally {
            lock.unlock();
        }
    }

    /** Calls back once when there is a permit for which nobody waits. */
    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        LinkList.Link link = LinkList.Link.of(callback);
        lock.lock();
        try {
            if (counter == 0) {
                links.add(link);
                return;
            }
        } finally {
            lock.unlock();
        }
        link.tell(this);
    }

    @Override
    public void unlink(Object callback) {
        lock.lock();
        try {
            links.remove(callback);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + counter() + " permits]";
    }
}
