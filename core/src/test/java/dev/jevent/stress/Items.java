package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Items that are unique numbers, and what has become of each. Any thread. */
final class Items {

    private static final int PUT = 1;
    private static final int GOT = 1 << 8;
    private static final int MOST = 100_000; // more than a round makes

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicIntegerArray fates;
    private final AtomicIntegerArray makers;
    private final int[][] newest; // of each maker, seen by each getter; that getter only
    private final boolean ordered;

    /**
     * No item yet.
     *
     * @param ordered whether everybody must see what one puts in the order of the puts
     */
    Items(boolean ordered) {
        this.fates = new AtomicIntegerArray(MOST);
        this.makers = new AtomicIntegerArray(fates.length());
        this.newest = new int[64][64];
        this.ordered = ordered;
    }

    /** A new one; it counts for nothing until it is put. */
    Integer make(int maker) {
        int item = next.incrementAndGet();
        makers.set(item, maker);
        return item;
    }

    void put(Integer item) {
        fates.getAndAdd(item, PUT);
    }

    void got(Integer item, int getter) {
        int before = fates.getAndAdd(item, GOT);
        assertTrue(before == 0 || before == PUT, () -> "item " + item + " was got twice");
        int maker = makers.get(item);
        if (ordered) {
            int last = newest[getter][maker];
            assertTrue(item > last, () -> item + " of " + maker + " came after " + last);
            newest[getter][maker] = item;
        }
    }

    /** When all is over and what was left is got. */
    void check() {
        for (int i = 1; i <= next.get(); i++) {
            int fate = fates.get(i);
            if (fate != 0) {
                assertEquals(PUT + GOT, fate, "item " + i + (fate == PUT ? " was lost" : ""));
            }
        }
    }
}
