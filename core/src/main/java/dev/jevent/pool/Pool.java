package dev.jevent.pool;

import dev.jevent.Greenlet;
import dev.jevent.internal.HubAccess;
import dev.jevent.lock.Semaphore;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * A group with at most so many members: {@link #spawn}, {@link #add} and {@link #start} wait until
 * there is a place, first come, first served. Follows {@code gevent.pool.Pool}.
 *
 * <pre>{@code
 * try (var pool = new Pool(20)) {
 *     for (String url : urls) {
 *         pool.spawn(() -> fetch(url)); // gives way while 20 are at work
 *     }
 * } // waits for the last ones
 * }</pre>
 *
 * A greenlet has its place from when it becomes a member until it ends or is discarded; one that is
 * killed before it began gives it back too. Who is killed, timed out or interrupted while it waits
 * for a place takes none. Who waits when the pool is shut down is refused when its turn comes.
 *
 * <p>A member that spawns in its own full pool waits for another member to end; if all do that,
 * none goes on. {@link #apply} by a member is done in place, {@link #submit} and {@link #execute}
 * by a member do not wait, and {@link #applyAsync} never does.
 */
public class Pool extends Group {

    private final int size;
    private final @Nullable Semaphore places; // null: as many as one likes

    /** A pool whose number of members is not bounded. */
    public Pool() {
        size = Integer.MAX_VALUE;
        places = null;
    }

    /**
     * A pool of at most so many members.
     *
     * @throws IllegalArgumentException if less than one
     */
    public Pool(int size) {
        if (size < 1) {
            throw new IllegalArgumentException(
                    "a pool of " + size + " would let every spawn wait for ever; use 1 or more");
        }
        this.size = size;
        this.places = new Semaphore(size);
    }

    /**
     * As {@link #add(Greenlet)}, but waits for a place not longer than the time.
     *
     * @throws PoolFull if there was none
     */
    public void add(Greenlet<?> greenlet, Duration timeout) {
        if (!admit(greenlet, HubAccess.get().nanos(timeout))) {
            throw full(greenlet, timeout);
        }
    }

    /**
     * As {@link #start(Greenlet)}, but waits for a place not longer than the time.
     *
     * @throws PoolFull if there was none; the greenlet is not started
     */
    public void start(Greenlet<?> greenlet, Duration timeout) {
        add(greenlet, timeout);
        begin(greenlet);
    }

    private PoolFull full(Greenlet<?> greenlet, Duration timeout) {
        return new PoolFull(
                "no place for "
                        + greenlet
                        + " within "
                        + timeout
                        + ": this pool has its "
                        + size
                        + " members; wait longer, or make it larger");
    }

    /**
     * As {@link #start(Greenlet)}, but does not wait.
     *
     * @return false if there is no place, or others wait for one; the greenlet is not started
     */
    public boolean tryStart(Greenlet<?> greenlet) {
        if (!admit(greenlet, 0)) {
            return false;
        }
        begin(greenlet);
        return true;
    }

    /** How many places there are now; {@code Integer.MAX_VALUE} if their number is not bounded. */
    public int freeCount() {
        return places == null ? Integer.MAX_VALUE : places.counter();
    }

    @Override
    public boolean isFull() {
        return freeCount() == 0;
    }

    @Override
    public int waitAvailable() {
        return places == null ? super.waitAvailable() : places.await();
    }

    @Override
    public int waitAvailable(Duration timeout) {
        return places == null ? super.waitAvailable(timeout) : places.await(timeout);
    }

    @Override
    boolean isBounded() {
        return places != null;
    }

    @Override
    boolean takePlace(long nanos) {
        if (places == null) {
            return true;
        }
        if (nanos < 0) {
            places.acquire();
            return true;
        }
        return nanos == 0 ? places.tryAcquire() : places.acquire(Duration.ofNanos(nanos));
    }

    @Override
    void freePlace() {
        if (places != null) {
            places.release();
        }
    }

    @Override
    String kind() {
        return "pool";
    }
}
