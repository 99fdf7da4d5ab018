package dev.jevent;

import org.jspecify.annotations.Nullable;

/**
 * Thrown into a greenlet that is killed. A greenlet that ends with it has not failed: it is {@link
 * Greenlet#successful()} and nothing is reported.
 *
 * <p>It is no {@code Exception}, so that {@code catch (Exception e)} does not swallow it. Follows
 * {@code gevent.GreenletExit}.
 */
public class GreenletExit extends Error {

    private static final long serialVersionUID = 1;

    /** An exit without a reason. */
    public GreenletExit() {
        this("killed");
    }

    /** An exit with a reason. */
    public GreenletExit(String message) {
        this(message, null);
    }

    /** An exit with a reason and a cause. */
    protected GreenletExit(String message, @Nullable Throwable cause) {
        super(message, cause, true, false);
    }

    /** The same once more, for one more wait, with this as its cause. */
    protected GreenletExit again() {
        return new GreenletExit(getMessage(), this);
    }

    /** As {@link #again()}; of what is neither a kill nor a timeout, itself. */
    static Throwable again(Throwable error) {
        return switch (error) {
            case GreenletExit exit -> exit.again();
            case Timeout timeout -> timeout.again();
            default -> error;
        };
    }

    /** Whether it is the one, or that once more. */
    static boolean isSame(@Nullable Throwable error, Throwable one) {
        return error == one
                || (error instanceof GreenletExit || error instanceof Timeout)
                        && error.getCause() == one;
    }
}
