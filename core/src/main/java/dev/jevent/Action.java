package dev.jevent;

/** What a greenlet does when it has no result: a {@code Runnable} that may throw. */
@FunctionalInterface
public interface Action {

    /**
     * Does it.
     *
     * @throws Exception what makes the greenlet fail
     */
    void run() throws Exception;
}
