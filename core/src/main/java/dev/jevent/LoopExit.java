package dev.jevent;

/**
 * Thrown from the call in which the root greenlet waits, when nothing can ever end that wait: no
 * greenlet is ready to run, no timer and no I/O is awaited, and no other thread is there that could
 * send something. Follows {@code gevent.exceptions.LoopExit}.
 */
public final class LoopExit extends RuntimeException {

    private static final long serialVersionUID = 1;

    LoopExit(String explanation) {
        super(explanation);
    }
}
