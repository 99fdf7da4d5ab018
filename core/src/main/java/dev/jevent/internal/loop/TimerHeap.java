package dev.jevent.internal.loop;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * The timers of a loop, the earliest on top. A heap with four children a node: half as deep as a
 * binary one, and the four stand side by side in memory, their deadlines too: with many timers each
 * entry that need not be looked at is one that need not come into the processor's cache. {@code
 * PriorityQueue} would look for an entry from one end to the other to remove it; here each entry
 * knows its place.
 *
 * <p>Loop thread only.
 */
final class TimerHeap {

    private static final int SMALL = 1024;

    private TimerEntry[] heap = new TimerEntry[64];
    private long[] deadlines = new long[64]; // of the entries at the same places
    private int size;
    private long orders;

    int size() {
        return size;
    }

    /** Comes after the order of every timer in the heap. */
    long nextOrder() {
        return orders;
    }

    /** The earliest, or null. */
    TimerEntry first() {
        return size == 0 ? null : heap[0];
    }

    int count(Predicate<TimerEntry> such) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (such.test(heap[i])) {
                n++;
            }
        }
        return n;
    }

    void add(TimerEntry t, long deadline) {
        if (size == heap.length) {
            resize(size * 2);
        }
        t.deadline = deadline;
        t.order = orders++;
        up(size++, t, deadline);
    }

    void remove(TimerEntry t) {
        int i = t.index;
        int end = --size;
        TimerEntry last = heap[end];
        heap[end] = null;
        t.index = TimerEntry.IDLE;
        if (last != t) {
            long deadline = deadlines[end];
            if (i > 0 && isBefore(last, deadline, (i - 1) >> 2)) {
                up(i, last, deadline);
            } else {
                down(i, last, deadline);
            }
        }
        if (size < heap.length >> 3 && heap.length > SMALL) {
            shrink();
        }
    }

    private void shrink() {
        try {
            resize(heap.length >> 1);
        } catch (OutOfMemoryError e) {
            // it stays as it is: the timer is out of it
        }
    }

    private void resize(int length) {
        TimerEntry[] entries = Arrays.copyOf(heap, length); // both, or none
        deadlines = Arrays.copyOf(deadlines, length);
        heap = entries;
    }

    /** Whether a timer comes before the one at a place. */
    private boolean isBefore(TimerEntry t, long deadline, int place) {
        long difference = deadline - deadlines[place]; // nanoTime may overflow
        return difference != 0 ? difference < 0 : t.order < heap[place].order;
    }

    private void up(int i, TimerEntry t, long deadline) {
        while (i > 0) {
            int parent = (i - 1) >> 2;
            if (!isBefore(t, deadline, parent)) {
                break;
            }
            put(i, heap[parent], deadlines[parent]);
            i = parent;
        }
        put(i, t, deadline);
    }

    private void down(int i, TimerEntry t, long deadline) {
        for (; ; ) {
            int child = (i << 2) + 1;
            if (child >= size) {
                break;
            }
            int end = Math.min(child + 4, size);
            int least = child;
            for (int k = child + 1; k < end; k++) {
                if (isBefore(heap[k], deadlines[k], least)) {
                    least = k;
                }
            }
            if (isBefore(t, deadline, least)) {
                break; // none is equal: each has its own order
            }
            put(i, heap[least], deadlines[least]);
            i = least;
        }
        put(i, t, deadline);
    }

    private void put(int i, TimerEntry t, long deadline) {
        heap[i] = t;
        deadlines[i] = deadline;
        t.index = i;
    }
}
