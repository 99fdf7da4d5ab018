package dev.jevent.pool;

/** A pool had no place for a greenlet, and the time to wait for one was over. */
public final class PoolFull extends IllegalStateException {

    private static final long serialVersionUID = 1;

    PoolFull(String message) {
        super(message);
    }
}
