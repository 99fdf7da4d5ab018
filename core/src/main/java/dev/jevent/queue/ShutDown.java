package dev.jevent.queue;

/**
 * The queue is shut down, or the channel is closed: it takes nothing any more, or has nothing left.
 * Follows {@code queue.ShutDown}.
 */
public final class ShutDown extends IllegalStateException {

    private static final long serialVersionUID = 1;

    ShutDown(String message) {
        super(message);
    }
}
