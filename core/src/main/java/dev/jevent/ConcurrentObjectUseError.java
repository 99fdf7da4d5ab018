package dev.jevent;

/** Two greenlets wait for the same thing, and it can serve only one. */
public final class ConcurrentObjectUseError extends IllegalStateException {

    private static final long serialVersionUID = 1;

    /** Says what both wait for. */
    public ConcurrentObjectUseError(String message) {
        super(message);
    }
}
