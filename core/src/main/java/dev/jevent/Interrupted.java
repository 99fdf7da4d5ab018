package dev.jevent;

/**
 * Thrown from a call of jevent when the thread was interrupted before it or while it waited. The
 * interrupt status is cleared, as with {@code InterruptedException}, which jevent's own calls do
 * not throw so that nobody has to declare it.
 */
public final class Interrupted extends RuntimeException {

    private static final long serialVersionUID = 1;

    Interrupted() {
        super("the thread was interrupted while it waited");
    }
}
