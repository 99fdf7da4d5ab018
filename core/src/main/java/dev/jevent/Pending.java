package dev.jevent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What is to be thrown into a greenlet or thread and was not thrown yet, and the shields behind
 * which it stands. Few greenlets ever have one. That of a greenlet is for the loop thread of its
 * hub only; to that of a thread anybody may add, and all else is for that thread.
 *
 * <p>The shields of one greenlet are numbered, and an error comes with the number that the newest
 * shield had when its source was started: a {@link Timeout} for instance. Inside of a shield only
 * those pass whose number is not lower than the shield's: they were started inside. A kill has the
 * number zero and passes no shield.
 */
final class Pending {

    private record Late(Throwable error, long since) {}

    private final Deque<Object> errors; // of Throwable, which is since zero, or Late

    /** What an interrupt of its thread stands for; null if it stands for itself. */
    Throwable interruptCause;

    private long causeSince;
    private long takenSince; // of what was taken last
    private Shield shield; // the innermost one
    private long shields; // the number of the newest one, still there or not

    private Pending(Deque<Object> errors) {
        this.errors = errors;
    }

    static Pending ofGreenlet() {
        return new Pending(new ArrayDeque<>(2));
    }

    static Pending ofThread() {
        return new Pending(new ConcurrentLinkedDeque<>());
    }

    /** The number for what is started now. */
    long since() {
        return shields;
    }

    private boolean passes(Object entry) {
        return shield == null || (entry instanceof Late l ? l.since : 0) >= shield.serial;
    }

    private static Throwable errorOf(Object entry) {
        return entry instanceof Late l ? l.error : (Throwable) entry;
    }

    /** Whether nothing may be thrown now. */
    boolean isEmpty() {
        if (shield == null) {
            return errors.isEmpty();
        }
        for (Object entry : errors) {
            if (passes(entry)) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is something, behind a shield or not. Of a thread: any thread. */
    boolean hasAny() {
        return !errors.isEmpty();
    }

    void add(Throwable error, long since) {
        errors.add(since == 0 ? error : new Late(error, since));
    }

    /** Gives back what was taken last. */
    void putBack(Throwable error) {
        errors.addFirst(takenSince == 0 ? error : new Late(error, takenSince));
    }

    /** The next one to be thrown, or null. */
    Throwable poll() {
        Throwable error = take();
        if (error instanceof Timeout timeout) {
            timeout.traceHere();
        }
        return error;
    }

    private Throwable take() {
        Object entry = shield == null ? errors.poll() : pollPassing();
        if (entry == null) {
            return null;
        }
        takenSince = entry instanceof Late l ? l.since : 0;
        return errorOf(entry);
    }

    private Object pollPassing() {
        for (Iterator<Object> i = errors.iterator(); i.hasNext(); ) {
            Object entry = i.next();
            if (passes(entry)) {
                i.remove();
                return entry;
            }
        }
        return null;
    }

    /** The one for which the thread is interrupted now. */
    void pollForInterrupt() {
        interruptCause = take();
        causeSince = takenSince;
    }

    /**
     * Its thread was interrupted, and that status was cleared: what that stands for; null if it
     * waits for the end of a shield.
     */
    Throwable interruption() {
        Throwable cause = interruptCause;
        if (cause != null) {
            interruptCause = null;
            takenSince = causeSince;
            return cause;
        }
        takenSince = 0;
        if (shield != null) {
            shield.interrupted = true;
            return null;
        }
        return new Interrupted();
    }

    /** Takes one back. Whether it was not thrown yet. */
    boolean remove(Throwable error) {
        for (Iterator<Object> i = errors.iterator(); i.hasNext(); ) {
            if (errorOf(i.next()) == error) {
                i.remove();
                return true;
            }
        }
        return false;
    }

    /** Takes one back that was the reason of an interrupt. Whether it was. */
    boolean removeCause(Throwable error) {
        for (Shield s = shield; s != null; s = s.outer) {
            if (s.interruptCause == error) {
                s.interruptCause = null;
                s.interrupted = false; // it was for this and for nobody else
            }
        }
        if (interruptCause != error) {
            return false;
        }
        interruptCause = null;
        return true;
    }

    // ---- shields; own thread

    /** Puts one up. An interrupt that nobody has noticed yet, and its cause, are put aside. */
    void putUp() {
        var s = new Shield(shield, ++shields);
        s.interrupted = Thread.interrupted();
        s.interruptCause = interruptCause;
        interruptCause = null;
        shield = s;
    }

    /** Takes the innermost one down. */
    void takeDown() {
        Shield s = shield;
        shield = s.outer;
        if (s.interruptCause != null) {
            interruptCause = s.interruptCause;
        }
        if (s.interrupted && shield != null) {
            shield.interrupted = true;
        } else if (s.interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
