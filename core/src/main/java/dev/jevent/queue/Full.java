package dev.jevent.queue;

/** No place was free, or none became so in time. Follows {@code queue.Full}. */
public final class Full extends IllegalStateException {

    private static final long serialVersionUID = 1;

    Full(String message) {
        super(message);
    }
}
