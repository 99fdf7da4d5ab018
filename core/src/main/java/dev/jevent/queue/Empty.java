package dev.jevent.queue;

/** No item was there, or none came in time. Follows {@code queue.Empty}. */
public final class Empty extends RuntimeException {

    private static final long serialVersionUID = 1;

    Empty(String message) {
        super(message);
    }
}
