package dev.jevent;

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
        super(message, null, true, false);
    }
}
