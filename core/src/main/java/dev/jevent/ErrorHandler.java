package dev.jevent;

/** Is told of what nobody catches: the failure of a greenlet, a link or a callback. */
@FunctionalInterface
public interface ErrorHandler {

    /**
     * Called in a greenlet of the hub. What it throws itself is printed.
     *
     * @param context the greenlet, watcher or callback that failed
     * @param error what it threw
     */
    void handle(Object context, Throwable error);
}
