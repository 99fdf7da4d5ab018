package dev.jevent;

import java.util.ArrayDeque;

/**
 * What is to be thrown into a greenlet and was not thrown yet. Few greenlets ever have one. Loop
 * thread of its hub only.
 */
final class Pending {

    private final ArrayDeque<Throwable> errors = new ArrayDeque<>(2);

    /** What an interrupt of its thread stands for; null if it stands for itself. */
    Throwable interruptCause;

    boolean isEmpty() {
        return errors.isEmpty();
    }

    void add(Throwable error) {
        errors.add(error);
    }

    void addFirst(Throwable error) {
        errors.addFirst(error);
    }

    /** The next one to be thrown, or null. */
    Throwable poll() {
        Throwable error = errors.poll();
        if (error instanceof Timeout timeout) {
            timeout.traceHere();
        }
        return error;
    }

    /** The one for which the thread is interrupted now, or null. */
    Throwable pollForInterrupt() {
        interruptCause = errors.poll();
        return interruptCause;
    }

    /** Takes one back. Whether it was the reason of an interrupt. */
    boolean revoke(Throwable error) {
        errors.remove(error);
        if (interruptCause != error) {
            return false;
        }
        interruptCause = null;
        return true;
    }
}
