package dev.jevent.queue;

import dev.jevent.Interrupted;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/** What an {@link Exchange} answers, as values and exceptions. */
final class Outcomes {

    private Outcomes() {}

    /** The item, if it is one. */
    @SuppressWarnings("unchecked")
    static <T> T item(Object outcome, Object source) {
        if (outcome == Exchange.END) {
            throw new QueueEnd();
        }
        if (outcome == Exchange.CLOSED) {
            throw new ShutDown("nothing can be got any more: " + kind(source) + " is shut down");
        }
        return (T) outcome;
    }

    /** As {@link #item}; null means that none came in time. */
    static <T> T itemInTime(@Nullable Object outcome, Object source, @Nullable Duration timeout) {
        if (outcome == null) {
            throw new Empty(
                    timeout == null || timeout.isZero()
                            ? kind(source) + " has no item; get() waits for one"
                            : "no item came to " + kind(source) + " within " + timeout);
        }
        return item(outcome, source);
    }

    /** Nothing, if the item was put. */
    static void put(@Nullable Object outcome, Object source, @Nullable Duration timeout) {
        if (outcome == null) {
            return;
        }
        if (outcome == Exchange.FULL) {
            throw new Full(full(source, timeout));
        }
        if (outcome instanceof Exchange.Refused refused) {
            throw Outcomes.<RuntimeException>sneaky(refused.error());
        }
        throw new ShutDown("nothing can be put any more: " + kind(source) + " is shut down");
    }

    private static String full(Object source, @Nullable Duration timeout) {
        boolean waited = timeout != null && !timeout.isZero();
        if (source instanceof SimpleQueue<?> queue) {
            String what = kind(source) + " is full with " + queue.maxSize();
            return waited ? what + " and was so for " + timeout : what + "; put(item) waits";
        }
        return waited
                ? "nobody took the item from " + kind(source) + " within " + timeout
                : "nobody waits in get() on " + kind(source) + "; put(item) waits for one";
    }

    private static String kind(Object source) {
        return "this " + source.getClass().getSimpleName();
    }

    /** What Java's interfaces want to be thrown. */
    static InterruptedException checked(Interrupted e) {
        var translated = new InterruptedException(e.getMessage());
        translated.initCause(e);
        return translated;
    }

    static <T> T notNull(T item) {
        if (item == null) {
            throw new NullPointerException("null cannot be put: it would mean that there is none");
        }
        return item;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
