package dev.jevent.queue;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The smallest first; of equal ones the one that came first. End markers come after all items. A
 * binary heap in which each item has a number that tells when it came.
 *
 * <p>A comparator may throw. So each change first walks and compares, and then moves.
 */
final class Heap extends Store {

    private final @Nullable Comparator<Object> comparator; // null: the natural order
    private Object[] items = new Object[16];
    private long[] numbers = new long[16]; // of the item at the same place
    private long nextNumber;
    private long backNumber; // of one that is put back: before all others

    Heap(@Nullable Comparator<Object> comparator) {
        this.comparator = comparator;
    }

    @Override
    boolean callsUser() {
        return true;
    }

    private boolean isBefore(Object a, long numberOfA, Object b, long numberOfB) {
        int c;
        if (a == Exchange.END || b == Exchange.END) {
            c = Boolean.compare(a == Exchange.END, b == Exchange.END);
        } else {
            c = compare(a, b);
        }
        return c < 0 || c == 0 && numberOfA < numberOfB;
    }

    @SuppressWarnings("unchecked")
    private int compare(Object a, Object b) {
        return comparator != null
                ? comparator.compare(a, b)
                : ((Comparable<Object>) a).compareTo(b);
    }

    @Override
    int place(Object item) {
        if (size == 0 && item != Exchange.END) {
            compare(item, item); // so that one that cannot be compared is refused at the door
        }
        return placeAbove(size, item, nextNumber);
    }

    /** How far up it goes from there. */
    private int placeAbove(int from, Object item, long number) {
        int i = from;
        while (i > 0) {
            int parent = i - 1 >>> 1;
            if (!isBefore(item, number, items[parent], numbers[parent])) {
                break;
            }
            i = parent;
        }
        return i;
    }

    /** How far down it goes from there, in a heap of so many. */
    private int placeBelow(int from, Object item, long number, int n) {
        int i = from;
        for (int child = 2 * i + 1; child < n; child = 2 * i + 1) {
            int other = child + 1;
            if (other < n && isBefore(items[other], numbers[other], items[child], numbers[child])) {
                child = other;
            }
            if (!isBefore(items[child], numbers[child], item, number)) {
                break;
            }
            i = child;
        }
        return i;
    }

    @Override
    void insert(Object item, int place) {
        insert(item, place, nextNumber++);
    }

    private void insert(Object item, int place, long number) {
        if (size == items.length) {
            int length = Math.multiplyExact(size, 2);
            items = Arrays.copyOf(items, length);
            numbers = Arrays.copyOf(numbers, length);
        }
        liftTo(place, size++, item, number);
    }

    /** Those on the way up from there to the place step down; the item gets the place. */
    private void liftTo(int place, int from, Object item, long number) {
        int i = from;
        while (i != place) {
            int parent = i - 1 >>> 1;
            items[i] = items[parent];
            numbers[i] = numbers[parent];
            i = parent;
        }
        items[i] = item;
        numbers[i] = number;
    }

    /** Those on the way down from there to the place step up; the item gets the place. */
    private void sinkTo(int place, int from, Object item, long number) {
        Object carried = item;
        long carriedNumber = number;
        for (int i = place; ; i = i - 1 >>> 1) {
            Object next = items[i];
            long nextOfIt = numbers[i];
            items[i] = carried;
            numbers[i] = carriedNumber;
            if (i == from) {
                return;
            }
            carried = next;
            carriedNumber = nextOfIt;
        }
    }

    @Override
    Object first() {
        return items[0];
    }

    @Override
    Object take() {
        Object item = items[0];
        removeAt(0);
        return item;
    }

    private void removeAt(int i) {
        int last = size - 1;
        if (i != last) {
            Object item = items[last];
            long number = numbers[last];
            int up = placeAbove(i, item, number);
            if (up != i) {
                liftTo(up, i, item, number);
            } else {
                sinkTo(placeBelow(i, item, number, last), i, item, number);
            }
        }
        items[last] = null;
        size = last;
    }

    @Override
    void putBack(Object item) {
        insert(item, placeAbove(size, item, --backNumber), backNumber);
    }

    @Override
    boolean remove(Object item) {
        for (int i = 0; i < size; i++) {
            if (items[i] == item) {
                removeAt(i);
                return true;
            }
        }
        return false;
    }

    @Override
    Object[] all() {
        return Arrays.copyOf(items, size);
    }

    @Override
    void clear() {
        Arrays.fill(items, null);
        size = 0;
    }

    @Override
    Store copy() {
        var copy = new Heap(comparator);
        copy.items = items.clone();
        copy.numbers = numbers.clone();
        copy.nextNumber = nextNumber;
        copy.backNumber = backNumber;
        copy.size = size;
        return copy;
    }
}
