package dev.jevent.internal;

/**
 * Those who wait for a primitive, the first first. A list through the waiters themselves, so that
 * one who gives up leaves it in constant time, however many wait. Guarded by the primitive's lock,
 * which it can be itself: one object less, and one place less in the processor's cache.
 *
 * @param <T> what they wait for
 */
public final class WaitQueue<T> extends SpinLock {

    private Waiting<T> first;
    private Waiting<T> last;
    private int size;

    /** An empty one. */
    public WaitQueue() {}

    /** Puts it at the end. */
    public void add(Waiting<T> waiting) {
        waiting.standing = true;
        waiting.previous = last;
        if (last == null) {
            first = waiting;
        } else {
            last.next = waiting;
        }
        last = waiting;
        size++;
    }

    /** Puts it before all others. */
    public void addFirst(Waiting<T> waiting) {
        waiting.standing = true;
        waiting.next = first;
        if (first == null) {
            last = waiting;
        } else {
            first.previous = waiting;
        }
        first = waiting;
        size++;
    }

    /** Takes the first one out; null if nobody waits. */
    public Waiting<T> poll() {
        Waiting<T> w = first;
        if (w != null) {
            remove(w);
        }
        return w;
    }

    /** The first one, which stays; null if nobody waits. */
    public Waiting<T> peek() {
        return first;
    }

    /** Who stands behind this one; null if nobody does. */
    public Waiting<T> after(Waiting<T> waiting) {
        return waiting.next;
    }

    /**
     * Takes one out, wherever it stands.
     *
     * @return false if it does not stand here any more
     */
    public boolean remove(Waiting<T> waiting) {
        if (!waiting.standing) {
            return false;
        }
        waiting.standing = false;
        Waiting<T> before = waiting.previous;
        Waiting<T> behind = waiting.next;
        if (before == null) {
            first = behind;
        } else {
            before.next = behind;
        }
        if (behind == null) {
            last = before;
        } else {
            behind.previous = before;
        }
        waiting.previous = null;
        waiting.next = null;
        size--;
        return true;
    }

    /**
     * Lets another one stand where one stands.
     *
     * @return false if that does not stand here any more; then the other one does not either
     */
    public boolean replace(Waiting<T> old, Waiting<T> other) {
        if (!old.standing) {
            return false;
        }
        Waiting<T> before = old.previous;
        remove(old);
        if (before == null) {
            addFirst(other);
            return true;
        }
        other.standing = true;
        other.previous = before;
        other.next = before.next;
        before.next = other;
        if (other.next == null) {
            last = other;
        } else {
            other.next.previous = other;
        }
        size++;
        return true;
    }

    /** How many wait, those included who have given up and not left yet. */
    public int size() {
        return size;
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return first == null;
    }
}
