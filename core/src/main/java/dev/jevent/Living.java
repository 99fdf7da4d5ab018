package dev.jevent;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The greenlets of a hub that have begun and not ended; a list through the greenlets themselves.
 */
final class Living {

    private static final int ROUNDS = 8;

    private RawGreenlet first; // loop thread
    private RawGreenlet last;
    private int size;

    void add(RawGreenlet g) {
        g.previous = last;
        if (last == null) {
            first = g;
        } else {
            last.next = g;
        }
        last = g;
        size++;
    }

    void remove(RawGreenlet g) {
        if (g.previous == null && first != g) {
            return;
        }
        if (g.previous == null) {
            first = g.next;
        } else {
            g.previous.next = g.next;
        }
        if (g.next == null) {
            last = g.previous;
        } else {
            g.next.previous = g.previous;
        }
        g.previous = null;
        g.next = null;
        size--;
    }

    int size() {
        return size;
    }

    /** Whether one waits in a call of the JDK's that the hub does not know of. */
    boolean anyInTheJdk() {
        for (RawGreenlet g = first; g != null; g = g.next) {
            if (!g.waitsVisibly()) {
                return true;
            }
        }
        return false;
    }

    /** See {@link dev.jevent.internal.loop.EventLoop#wakeAllSoon}. */
    void wakeAll() {
        for (RawGreenlet g = first; g != null; g = g.next) {
            g.wakeToLook();
        }
    }

    /** All of them, the oldest first. */
    List<RawGreenlet> all() {
        List<RawGreenlet> all = new ArrayList<>(size);
        for (RawGreenlet g = first; g != null; g = g.next) {
            all.add(g);
        }
        return all;
    }

    /**
     * All of them, as seen from any thread: what comes or goes meanwhile may be missing or not. A
     * link leads from an older greenlet to a younger one and never back, so a walk cannot go in
     * circles. It ends too early if the greenlet that it stands on is taken out; then it is tried
     * again, a few times.
     */
    List<RawGreenlet> about() {
        Set<RawGreenlet> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<RawGreenlet> all = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            VarHandle.acquireFence(); // what was written meanwhile is read anew
            int most = 2 * size + 1_000; // a hub that spawns faster than this walks
            RawGreenlet at = null;
            for (RawGreenlet g = first; g != null && most-- > 0; g = g.next) {
                at = g;
                if (seen.add(g)) {
                    all.add(g);
                }
            }
            if (at == last) {
                break;
            }
        }
        return all;
    }
}
