package dev.jevent.pool;

import dev.jevent.internal.CallerAccess;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What becomes of the failures of a {@link Scope}. */
final class ScopeFailures {

    private static final int DEPTH = 8;

    private ScopeFailures() {}

    /** Makes the others, each once, suppressed ones of the main one, and answers that. */
    static Throwable merged(Throwable main, List<Throwable> all) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(main);
        Collections.addAll(seen, main.getSuppressed());
        for (Throwable other : all) {
            if (seen.add(other) && other.getCause() != main) { // else it says the same again
                main.addSuppressed(other);
            }
        }
        return main;
    }

    /** What failed besides a timeout that is over, merged as above; null if nothing did. */
    static @Nullable Throwable besides(Throwable timeout) {
        Throwable main = null;
        for (Throwable e : timeout.getSuppressed()) {
            if (CallerAccess.get().isInterruption(e) || tellsOf(e, timeout)) {
                continue; // the way in which it was told that the time was over
            }
            if (main == null) {
                main = e;
            } else {
                main.addSuppressed(e);
            }
        }
        return main;
    }

    private static boolean tellsOf(Throwable e, Throwable timeout) {
        Throwable t = e;
        for (int i = 0; t != null && i < DEPTH; i++) {
            if (t == timeout) {
                return true;
            }
            t = t.getCause();
        }
        return false;
    }
}
