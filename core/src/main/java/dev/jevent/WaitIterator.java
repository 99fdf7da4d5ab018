package dev.jevent;

import dev.jevent.internal.LinkList;
import dev.jevent.internal.SpinLock;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Objects in the order in which they become ready; made by {@link Jevent#iwait}. Those that are
 * ready at once come first, in the order of the collection. Each comes once, however often it
 * stands in the collection and however often it becomes ready. Going on to the next one waits for
 * it.
 *
 * <p>For one thread. At its end, and when a wait for the next one is ended by a kill, a timeout or
 * an interrupt, nothing of it is left at the objects; close it if it is left earlier. Follows
 * {@code gevent.iwait}.
 *
 * @param <W> the type of the objects
 */
@SuppressWarnings("IterableAndIterator") // for (… : iwait(…)), as in gevent
public final class WaitIterator<W extends Waitable>
        implements Iterator<W>, Iterable<W>, AutoCloseable {

    private final SpinLock lock = new SpinLock();
    private final Note callback = new Note();
    private final Queue<Waitable> ready = new ArrayDeque<>(); // guarded by lock
    // Linked to and not ready yet. By identity: what is equal is not the same, and the hash of a
    // queue may change. Guarded by lock.
    private Set<Waitable> linked = Collections.newSetFromMap(new IdentityHashMap<>());
    private Waiter<Void> waiter; // guarded by lock
    private final long deadline;
    private final boolean timed;
    private int count; // still to come; own thread

    WaitIterator(Collection<W> objects, long nanos, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("negative count: " + count);
        }
        List<W> all = List.copyOf(objects); // null throws now
        this.timed = nanos >= 0;
        this.deadline = timed ? Parker.current().nanoTime() + nanos : 0;
        this.count = count;
        try {
            this.count = Math.min(count, count == 0 ? 0 : look(all));
        } catch (Throwable e) {
            close(); // an object of a program's own, whose link failed
            throw e;
        }
    }

    /**
     * Takes those that are ready, and links to the others, unless enough are ready.
     *
     * @return how many there are
     */
    private int look(List<W> all) {
        Set<Waitable> seen = Collections.newSetFromMap(new IdentityHashMap<>(all.size()));
        int found = 0;
        for (W w : all) {
            if (!seen.add(w)) {
                continue;
            }
            if (w.ready()) {
                add(w);
                if (++found == count) {
                    break;
                }
            } else {
                link(w); // if it became ready meanwhile, this tells
            }
        }
        return seen.size();
    }

    private void add(W w) {
        lock.lock();
        try {
            ready.add(w);
        } finally {
            lock.unlock();
        }
    }

    private void link(W w) {
        lock.lock();
        try {
            linked.add(w); // before the link: it may tell at once
        } finally {
            lock.unlock();
        }
        w.rawLink(callback);
    }

    /** Told of one that is ready. It only notes it: it is told at once, on any thread. */
    final class Note implements Consumer<Waitable>, LinkList.Immediate {
        @Override
        public void accept(Waitable w) {
            becameReady(w);
        }
    }

    private void becameReady(Waitable w) {
        Waiter<Void> waiting = null;
        lock.lock();
        try {
            if (linked.contains(w)) { // else it tells twice, or this one is closed
                ready.add(w);
                linked.remove(w);
                waiting = waiter;
            }
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.switchTo(null); // false: its wait has ended, and will look
        }
    }

    @Override
    public Iterator<W> iterator() {
        return this;
    }

    /** Whether there is another one; waits until that is known. */
    @Override
    public boolean hasNext() {
        while (count > 0) {
            Waiter<Void> mine = newWaiter();
            if (mine == null) {
                return true;
            }
            if (!await(mine) && nothingReady()) {
                break;
            }
        }
        close();
        return false;
    }

    /** Null if one is ready. */
    private Waiter<Void> newWaiter() {
        lock.lock();
        try {
            waiter = ready.isEmpty() ? new Waiter<>() : null;
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    private boolean nothingReady() {
        lock.lock();
        try {
            return ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** False if the time is over. */
    private boolean await(Waiter<Void> mine) {
        long left = timed ? deadline - Parker.current().nanoTime() : -1;
        if (timed && left <= 0) {
            return false;
        }
        try {
            return mine.await(left);
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public W next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more of them is ready, or the time is over");
        }
        W w;
        lock.lock();
        try {
            w = (W) ready.remove();
        } finally {
            lock.unlock();
        }
        if (--count == 0) {
            close();
        }
        return w;
    }

    /** Waits for nothing more. */
    @Override
    public void close() {
        count = 0;
        Set<Waitable> left;
        lock.lock();
        try {
            left = linked;
            linked = Collections.emptySet(); // who tells from now on is not heard
            ready.clear();
        } finally {
            lock.unlock();
        }
        for (Waitable w : left) {
            w.unlink(callback);
        }
    }
}
