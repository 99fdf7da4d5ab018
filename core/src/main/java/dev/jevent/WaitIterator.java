package dev.jevent;

import dev.jevent.internal.LinkList;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Objects in the order in which they become ready; made by {@link Jevent#iwait}. Going on to the
 * next one waits for it. For one thread; close it if it is not gone through to its end.
 *
 * @param <W> the type of the objects
 */
@SuppressWarnings("IterableAndIterator") // for (… : iwait(…)), as in gevent
public final class WaitIterator<W extends Waitable>
        implements Iterator<W>, Iterable<W>, AutoCloseable {

    private final Set<W> objects; // not seen ready yet
    private final Note callback = new Note();
    private final Queue<Waitable> ready = new ArrayDeque<>(); // guarded by this
    private final long deadline;
    private final boolean timed;
    private Waiter<Void> waiter; // guarded by this
    private int count;

    WaitIterator(Collection<W> objects, long nanos, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("negative count: " + count);
        }
        this.objects = new LinkedHashSet<>(objects);
        this.count = Math.min(count, this.objects.size());
        this.timed = nanos >= 0;
        this.deadline = timed ? Parker.current().nanoTime() + nanos : 0;
        for (W w : this.objects) {
            w.rawLink(callback);
        }
    }

    /** Told of one that is ready. It only notes it: greenlets tell it at once, on any thread. */
    final class Note implements Consumer<Waitable>, LinkList.Immediate {
        @Override
        public void accept(Waitable w) {
            becameReady(w);
        }
    }

    private void becameReady(Waitable w) {
        Waiter<Void> waiting;
        synchronized (this) {
            ready.add(w);
            waiting = waiter;
        }
        if (waiting != null) {
            waiting.switchTo(null);
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
            Waiter<Void> mine;
            synchronized (this) {
                if (!ready.isEmpty()) {
                    return true;
                }
                waiter = new Waiter<>();
                mine = waiter;
            }
            long left = timed ? deadline - Parker.current().nanoTime() : -1;
            if (timed && left <= 0 || !mine.await(left)) {
                synchronized (this) {
                    if (ready.isEmpty()) {
                        count = 0;
                    }
                }
            }
        }
        close();
        return false;
    }

    @Override
    @SuppressWarnings("unchecked")
    public W next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        W w;
        synchronized (this) {
            w = (W) ready.remove();
        }
        objects.remove(w);
        if (--count == 0) {
            close();
        }
        return w;
    }

    /** Waits for nothing more. */
    @Override
    public void close() {
        count = 0;
        for (W w : objects) {
            w.unlink(callback);
        }
        objects.clear();
    }
}
