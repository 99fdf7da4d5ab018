package dev.jevent.select;

import java.util.Set;

/**
 * What a {@link Poll} found.
 *
 * @param target as it was registered
 * @param ready for what; never empty
 */
public record Event(Object target, Set<Ready> ready) {

    /** Whether it is ready for that. */
    public boolean is(Ready what) {
        return ready.contains(what);
    }
}
