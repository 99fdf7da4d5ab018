package dev.jevent;

/** A callback of the loop tried to wait. The loop cannot wait for itself: spawn a greenlet. */
public final class BlockingSwitchOutError extends IllegalStateException {

    private static final long serialVersionUID = 1;

    BlockingSwitchOutError() {
        super("a callback of the loop must not wait; spawn a greenlet that does");
    }
}
