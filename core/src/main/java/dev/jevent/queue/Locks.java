package dev.jevent.queue;

import org.jspecify.annotations.Nullable;

/**
 * The locks of several exchanges, held together. They are taken in one order by all who do so,
 * hence nobody waits in a circle: first those that park, because who holds a spin lock must not
 * park, then by number. Go's select does likewise.
 */
final class Locks {

    private final Exchange[] exchanges;
    private final int count;
    private final boolean[] held;
    private Object @Nullable [] woken; // by the release of the lock at the same place

    /** Takes the first so many. They stand as {@link #insert} puts them. */
    Locks(Exchange[] exchanges, int count) {
        this.exchanges = exchanges;
        this.count = count;
        held = new boolean[count];
        boolean all = false;
        try {
            for (int i = 0; i < count; i++) {
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

    /**
     * Puts one more among those that stand in the order in which they are locked; each is there
     * once. There are few, as a rule two or three.
     *
     * @return how many there are now
     */
    static int insert(Exchange[] ordered, int count, Exchange another) {
        int place = count;
        while (place > 0 && isBefore(another, ordered[place - 1])) {
            place--;
        }
        if (place > 0 && ordered[place - 1] == another) {
            return count;
        }
        System.arraycopy(ordered, place, ordered, place + 1, count - place);
        ordered[place] = another;
        return count + 1;
    }

    private static boolean isBefore(Exchange one, Exchange other) {
        return one.callsUser() == other.callsUser() ? one.id() < other.id() : one.callsUser();
    }

    /** Gives back all but one. */
    void releaseOthers(@Nullable Exchange kept) {
        for (int i = 0; i < count; i++) {
            if (held[i] && exchanges[i] != kept) {
                held[i] = false;
                note(i, exchanges[i].release());
            }
        }
    }

    private void note(int place, @Nullable Object someone) {
        if (someone != null) {
            if (woken == null) {
                woken = new Object[count];
            }
            woken[place] = someone;
        }
    }

    /** Gives back all, and wakes whoever was decided about when none is held any more. */
    void release() {
        releaseOthers(null);
        if (woken != null) {
            for (int i = 0; i < count; i++) {
                if (woken[i] != null) {
                    exchanges[i].wake(woken[i]);
                }
            }
        }
    }
}
