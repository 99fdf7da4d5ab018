package dev.jevent.select;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/** What is registered with a poll, and how it is asked about. Any thread. */
interface PollSet {

    /** Adds the target, or changes what is wanted of it. */
    void register(Object target, int wanted) throws IOException;

    /** Changes what is wanted of it; false if it is not there. */
    boolean modify(Object target, int wanted) throws IOException;

    /** Takes it away; false if it is not there. */
    boolean unregister(Object target);

    /** What is ready now. */
    List<Event> look() throws IOException;

    /** Waits until something is ready; nothing if the time is over. */
    List<Event> poll(@Nullable Deadline deadline) throws IOException;

    int size();

    boolean isClosed();

    void close();

    /** A target's place in a map: objects by identity, numbers by value. */
    record Key(Object target) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Key k
                    && (k.target == target || target instanceof Integer && target.equals(k.target));
        }

        @Override
        public int hashCode() {
            return target instanceof Integer number ? number : System.identityHashCode(target);
        }
    }
}
