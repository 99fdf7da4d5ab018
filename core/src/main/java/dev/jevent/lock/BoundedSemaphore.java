package dev.jevent.lock;

/**
 * A semaphore that never has more permits than at its start: to release more than was acquired is
 * an error that is found at once. Follows {@code gevent.lock.BoundedSemaphore}.
 *
 * <p>{@link #release} throws IllegalStateException then, and changes nothing.
 */
public class BoundedSemaphore extends Semaphore {

    /**
     * A semaphore with so many permits.
     *
     * @throws IllegalArgumentException if negative
     */
    public BoundedSemaphore(int permits) {
        super(permits, permits);
    }
}
