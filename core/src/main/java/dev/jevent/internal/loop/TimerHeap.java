package dev.jevent.internal.loop;

import java.util.Arrays;

/**
 * The timers of a loop, the earliest on top. A heap with four children a node: half as deep as a
 * binary one, and the four stand side by side in memory. {@code PriorityQueue} would look for an
 * entry from one end to the other to remove it; here each entry knows its place.
 *
 * <p>Loop thread only.
 */
final class TimerHeap {

    private TimerEntry[] heap = new TimerEntry[64];
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

    void add(TimerEntry t, long deadline) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        t.deadline = deadline;
        t.order = orders++;
        up(size++, t);
    }

    void remove(TimerEntry t) {
        int i = t.index;
        TimerEntry last = heap[--size];
        heap[size] = null;
        t.index = TimerEntry.IDLE;
        if (last != t) {
            if (i > 0 && before(last, heap[(i - 1) >> 2])) {
                up(i, last);
            } else {
                down(i, last);
            }
        }
        if (size < heap.length >> 3 && heap.length > 1024) {
            heap = Arrays.copyOf(heap, heap.length >> 1);
        }
    }

    private static boolean before(TimerEntry a, TimerEntry b) {
        long difference = a.deadline - b.deadline; // nanoTime may overflow: compare differences
        return difference != 0 ? difference < 0 : a.order < b.order;
    }

    private void up(int i, TimerEntry t) {
        while (i > 0) {
            int parent = (i - 1) >> 2;
            TimerEntry p = heap[parent];
            if (!before(t, p)) {
                break;
            }
            put(i, p);
            i = parent;
        }
        put(i, t);
    }

    private void down(int i, TimerEntry t) {
        for (; ; ) {
            int child = (i << 2) + 1;
            if (child >= size) {
                break;
            }
            int end = Math.min(child + 4, size);
            TimerEntry least = heap[child];
            int at = child;
            for (int k = child + 1; k < end; k++) {
                if (before(heap[k], least)) {
                    least = heap[k];
                    at = k;
                }
            }
            if (!before(least, t)) {
                break;
            }
            put(i, least);
            i = at;
        }
        put(i, t);
    }

    private void put(int i, TimerEntry t) {
        heap[i] = t;
        t.index = i;
    }
}
