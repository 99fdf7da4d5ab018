package dev.jevent.queue;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The locks of several exchanges, held together. They are taken in one order by all who do so,
 * hence nobody waits in a circle: first those that park, because who holds a spin lock must not
 * park, then by number. Go's select does likewise.
 */
final class Locks {

    private static final Comparator<Exchange> ORDER =
            Comparator.comparing((Exchange x) -> !x.callsUser()).thenComparingLong(Exchange::id);

    private final Exchange[] exchanges;
    private final boolean[] held;
    private final @Nullable Object[] woken; // by the release of the lock at the same place

    /** Takes them. They are {@link #ordered}. */
    Locks(Exchange[] exchanges) {
        this.exchanges = exchanges;
        held = new boolean[exchanges.length];
        woken = new Object[exchanges.length];
        boolean all = false;
        try {
            for (int i = 0; i < exchanges.length; i++) {
                exchanges[i].lock();
                held[i] = true;
            }
            all = true;
        } finally {
            if (!all) { // a comparator selects from its own queue
                release();
            }
        }
    }

    /** One more, in the order in which they are locked; each is there once. */
    static Exchange[] ordered(Exchange[] some, Exchange another) {
        return Stream.concat(Arrays.stream(some), Stream.of(another))
                .distinct()
                .sorted(ORDER)
                .toArray(Exchange[]::new);
    }

    /** Gives back all but one. */
    void releaseOthers(@Nullable Exchange kept) {
        for (int i = 0; i < exchanges.length; i++) {
            if (held[i] && exchanges[i] != kept) {
                held[i] = false;
                woken[i] = exchanges[i].release();
            }
        }
    }

    /** Gives back all, and wakes whoever was decided about when none is held any more. */
    void release() {
        releaseOthers(null);
        for (int i = 0; i < exchanges.length; i++) {
            Object w = woken[i];
            if (w != null) {
                exchanges[i].wake(w);
            }
        }
    }
}
