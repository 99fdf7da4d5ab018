package dev.jevent;

import java.util.ArrayList;
import java.util.List;

/**
 * The greenlets of a hub that have begun and not ended; a list through the greenlets themselves.
 */
final class Living {

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

    /** All of them, the oldest first. */
    List<RawGreenlet> all() {
        List<RawGreenlet> all = new ArrayList<>(size);
        for (RawGreenlet g = first; g != null; g = g.next) {
            all.add(g);
        }
        return all;
    }
}
