package dev.jevent.queue;

import java.util.Arrays;

/** First in, first out; or last in, first out. A ring that grows. */
final class Ring extends Store {

    private final boolean lastFirst;
    private Object[] items; // the length is a power of two
    private int head; // the oldest

    /** An empty one, small at first, in which so many may come to be. */
    Ring(boolean lastFirst, int expected) {
        this.lastFirst = lastFirst;
        this.items = new Object[expected < 2 ? 1 : expected < 16 ? 4 : 16];
    }

    @Override
    int place(Object item) {
        return 0;
    }

    @Override
    void insert(Object item, int place) {
        if (size == items.length) {
            grow();
        }
        items[head + size++ & items.length - 1] = item;
    }

    private void grow() {
        Object[] more = Arrays.copyOf(inOrder(), Math.multiplyExact(size, 2));
        items = more;
        head = 0;
    }

    private Object[] inOrder() {
        var result = new Object[size];
        int straight = Math.min(size, items.length - head);
        System.arraycopy(items, head, result, 0, straight);
        System.arraycopy(items, 0, result, straight, size - straight);
        return result;
    }

    @Override
    Object first() {
        return items[lastFirst ? head + size - 1 & items.length - 1 : head];
    }

    @Override
    Object take() {
        int mask = items.length - 1;
        int i = head;
        if (lastFirst) {
            i = head + size - 1 & mask;
        } else {
            head = i + 1 & mask;
        }
        size--;
        Object item = items[i];
        items[i] = null;
        return item;
    }

    @Override
    void putBack(Object item) {
        if (lastFirst) {
            insert(item, 0);
            return;
        }
        if (size == items.length) {
            grow();
        }
        head = head - 1 & items.length - 1;
        items[head] = item;
        size++;
    }

    @Override
    boolean remove(Object item) {
        int mask = items.length - 1;
        for (int n = 0; n < size; n++) {
            int i = lastFirst ? size - 1 - n : n;
            if (items[head + i & mask] == item) {
                for (int k = i; k < size - 1; k++) {
                    items[head + k & mask] = items[head + k + 1 & mask];
                }
                items[head + --size & mask] = null;
                return true;
            }
        }
        return false;
    }

    @Override
    Object[] all() {
        Object[] result = inOrder();
        return lastFirst ? Arrays.asList(result).reversed().toArray() : result;
    }

    @Override
    void clear() {
        Arrays.fill(items, null);
        head = 0;
        size = 0;
    }

    @Override
    Store copy() {
        var copy = new Ring(lastFirst, 0);
        copy.items = items.clone();
        copy.head = head;
        copy.size = size;
        return copy;
    }
}
