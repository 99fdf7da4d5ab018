package dev.jevent.internal.loop;

import java.util.List;

/**
 * First in, first out, on one thread. {@code ArrayDeque} does the same with more checks, and this
 * is the hottest place of all.
 */
final class RunQueue {

    private Object[] ring = new Object[256];
    private int head;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Object entry) {
        if (size == ring.length) {
            resize(size << 1);
        }
        ring[(head + size++) & (ring.length - 1)] = entry;
    }

    /** Puts it before all others. */
    void addFirst(Object entry) {
        if (size == ring.length) {
            resize(size << 1);
        }
        head = (head - 1) & (ring.length - 1);
        ring[head] = entry;
        size++;
    }

    /** Adds what stands in it to a list; from any thread, and then it may be a moment old. */
    void copyTo(List<Object> list) {
        Object[] entries = ring;
        int from = head;
        int n = Math.min(size, entries.length);
        for (int i = 0; i < n; i++) {
            Object entry = entries[(from + i) & (entries.length - 1)];
            if (entry != null) {
                list.add(entry);
            }
        }
    }

    Object poll() {
        if (size == 0) {
            return null;
        }
        Object entry = ring[head];
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        if (--size == 0 && ring.length > 1 << 16) {
            ring = new Object[256]; // a burst does not hold memory for ever
            head = 0;
        }
        return entry;
    }

    private void resize(int length) {
        var larger = new Object[length];
        int first = ring.length - head;
        System.arraycopy(ring, head, larger, 0, first);
        System.arraycopy(ring, 0, larger, first, head);
        ring = larger;
        head = 0;
    }
}
