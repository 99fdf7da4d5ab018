package dev.jevent.pool;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Waitable;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.Waiting;
import dev.jevent.lock.Semaphore;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The results of an {@code imap} or {@code imapUnordered}, which are made while one goes through
 * them. Follows {@code gevent._imap}.
 *
 * <pre>{@code
 * try (var pages = pool.imap(urls, url -> fetch(url), 50)) {
 *     for (String page : pages) {
 *         …
 *     }
 * }
 * }</pre>
 *
 * {@link #next} throws what the function has thrown for that item, the very same, whether it is
 * declared or not (a {@link CancellationException} if its greenlet was killed); the iteration can
 * be gone on with. What the input itself throws, or the pool when it refuses a task, comes after
 * the results of all items before it, and is the last.
 *
 * <p>For one thread at a time. Waits in {@code hasNext} and {@code next} throw a kill, a timeout or
 * an interrupt of the caller, lose no result, and can be repeated. {@link #close} ends what is
 * still at work here and nothing else of the pool; who does not go through to the end has to call
 * it, or use {@code try}.
 *
 * @param <R> the type of the results
 */
@SuppressWarnings("IterableAndIterator") // for (… : imap(…)), as in gevent
public final class ImapIterator<R> implements Iterator<R>, Iterable<R>, AutoCloseable {

    private final SpinLock lock = new SpinLock();
    private final boolean ordered;
    private final Semaphore room; // for results that were not taken
    private final Greenlet<?> reader;
    private final Slots running = new Slots(); // guarded by lock
    // guarded by lock: all in the order of the items, or the finished ones in that order
    private final ArrayDeque<Slot> line = new ArrayDeque<>();
    private boolean read; // guarded by lock: there is no more input
    private @Nullable Throwable inputError; // guarded by lock
    private boolean closed; // guarded by lock
    private @Nullable Waiting<Void> waiting; // guarded by lock

    /** One item at work, or its result. */
    private final class Slot implements Consumer<Waitable>, LinkList.Immediate {
        final Future<R> task;
        boolean finished; // guarded by lock
        private boolean listed; // these three: by Slots
        private @Nullable Slot previous;
        private @Nullable Slot next;

        Slot(Future<R> task) {
            this.task = task;
        }

        @Override
        public void accept(Waitable done) {
            finished(this);
        }
    }

    /** What runs, the oldest first; anyone leaves in constant time. */
    private final class Slots {
        private @Nullable Slot first;
        private @Nullable Slot last;

        void add(Slot slot) {
            slot.listed = true;
            slot.previous = last;
            if (last == null) {
                first = slot;
            } else {
                last.next = slot;
            }
            last = slot;
        }

        void remove(Slot slot) {
            if (!slot.listed) {
                return;
            }
            slot.listed = false;
            if (slot.previous == null) {
                first = slot.next;
            } else {
                slot.previous.next = slot.next;
            }
            if (slot.next == null) {
                last = slot.previous;
            } else {
                slot.next.previous = slot.previous;
            }
            slot.previous = null;
            slot.next = null;
        }

        boolean isEmpty() {
            return first == null;
        }

        void forEach(Consumer<? super Slot> action) {
            for (Slot s = first; s != null; s = s.next) {
                action.accept(s);
            }
        }
    }

    /** Is told of the end of the reader. */
    private final class Reading implements Consumer<Waitable>, LinkList.Immediate {
        @Override
        public void accept(Waitable greenlet) {
            Throwable error = (Throwable) reader.value();
            inputIsOver(error != null ? error : reader.exception(), reader.isCancelled());
        }
    }

    <T> ImapIterator(
            Spawner spawner,
            Iterable<? extends T> items,
            Mapper<? super T, ? extends R> function,
            int maxSize,
            boolean ordered) {
        check(items, function);
        if (maxSize < 1) {
            throw new IllegalArgumentException(
                    "a maxSize of " + maxSize + ": at least one result has to have room");
        }
        this.ordered = ordered;
        this.room = new Semaphore(maxSize);
        this.reader =
                new Greenlet<>(
                        Tasks.onBehalfOf(function, () -> this.<T>read(spawner, items, function)));
        reader.rawLink(new Reading());
        reader.start();
    }

    static void check(Iterable<?> items, Mapper<?, ?> function) {
        if (items == null) {
            throw new NullPointerException("items to map");
        }
        if (function == null) {
            throw new NullPointerException("a function to map with");
        }
    }

    // ---- the reader's greenlet

    /** What has ended it; null at the end of the input. */
    private <T> @Nullable Throwable read(
            Spawner spawner, Iterable<? extends T> items, Mapper<? super T, ? extends R> function) {
        try {
            Iterator<? extends T> input = items.iterator();
            do {
                room.acquire();
            } while (input.hasNext() && launch(spawner, Tasks.of(function, input.next())));
            return null;
        } catch (Throwable e) {
            if (isClosed() && !(e instanceof GreenletExit)) {
                throw CallerAccess.<RuntimeException>sneaky(e); // to be reported
            }
            return e;
        }
    }

    /** False if nobody wants more. */
    private boolean launch(Spawner spawner, Callable<R> task) {
        var slot = new Slot(spawner.prepare(task));
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            running.add(slot);
            if (ordered) {
                line.add(slot);
            }
        } finally {
            lock.unlock();
        }
        try {
            spawner.launch(slot.task);
        } catch (Throwable e) {
            withdraw(slot);
            throw e;
        }
        ((Waitable) slot.task).rawLink(slot);
        return true;
    }

    private void withdraw(Slot slot) {
        lock.lock();
        try {
            running.remove(slot);
            line.removeLastOccurrence(slot);
        } finally {
            lock.unlock();
        }
    }

    // ---- what is finished

    private void finished(Slot slot) {
        Waiting<Void> woken = null;
        lock.lock();
        try {
            running.remove(slot);
            slot.finished = true;
            if (!ordered && !closed) {
                line.add(slot);
            }
            if (hasResult() || isOver()) {
                woken = takeWaiting();
            }
        } finally {
            lock.unlock();
        }
        if (woken != null) {
            woken.give(null);
        }
    }

    private void inputIsOver(@Nullable Throwable error, boolean killed) {
        Throwable last = error;
        if (killed || error instanceof GreenletExit) {
            // thrown as it is it would kill the one who goes through the results
            last = new CancellationException("the greenlet that reads the input was killed");
            if (error != null) {
                last.initCause(error);
            }
        }
        Waiting<Void> woken = null;
        lock.lock();
        try {
            read = true;
            if (!closed) {
                inputError = last;
            }
            if (isOver()) {
                woken = takeWaiting();
            }
        } finally {
            lock.unlock();
        }
        if (woken != null) {
            woken.give(null);
        }
    }

    // under the lock, these three

    private boolean hasResult() {
        Slot first = line.peek();
        return first != null && first.finished;
    }

    private boolean isOver() {
        return closed || read && line.isEmpty() && running.isEmpty();
    }

    private @Nullable Waiting<Void> takeWaiting() {
        Waiting<Void> w = waiting;
        waiting = null;
        return w;
    }

    // ---- going through

    @Override
    public Iterator<R> iterator() {
        return this;
    }

    /** Whether there is another result or error; waits until that is known. */
    @Override
    public boolean hasNext() {
        while (true) {
            Waiting<Void> mine;
            lock.lock();
            try {
                if (hasResult()) {
                    return true;
                }
                if (isOver()) {
                    return inputError != null;
                }
                if (waiting != null) {
                    throw new ConcurrentObjectUseError("somebody waits for the next one already");
                }
                mine = Waiting.ofTheCaller();
                waiting = mine;
            } finally {
                lock.unlock();
            }
            try {
                mine.get();
            } catch (Throwable e) {
                leave(mine);
                throw e;
            }
        }
    }

    private void leave(Waiting<Void> mine) {
        lock.lock();
        try {
            if (waiting == mine) {
                waiting = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next result; waits for it. Throws, undeclared, what the function has thrown for this
     * item, or the input.
     *
     * @throws NoSuchElementException after the last
     */
    @Override
    public R next() {
        Slot slot = null;
        Throwable error = null;
        boolean some = hasNext();
        lock.lock();
        try {
            if (hasResult()) {
                slot = line.poll();
            } else {
                error = inputError;
                inputError = null;
            }
        } finally {
            lock.unlock();
        }
        if (slot != null) {
            room.release();
            return result(slot);
        }
        if (!some || error == null) {
            throw new NoSuchElementException("there are no more results");
        }
        throw CallerAccess.<RuntimeException>sneaky(error);
    }

    private R result(Slot slot) {
        try {
            return Spawner.outcome(slot.task);
        } catch (InterruptedException e) {
            throw CallerAccess.<RuntimeException>sneaky(e); // the function's
        }
    }

    // ---- the end

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops the results that were not taken, reads no more input, and kills the greenlets that are
     * at work for this, and waits until they have ended; threads are interrupted and not waited
     * for.
     */
    @Override
    public void close() {
        List<Future<?>> left = new ArrayList<>();
        Waiting<Void> woken;
        lock.lock();
        try {
            closed = true;
            inputError = null;
            line.clear();
            running.forEach(slot -> left.add(slot.task));
            woken = takeWaiting();
        } finally {
            lock.unlock();
        }
        if (woken != null) {
            woken.give(null);
        }
        if (!reader.ready()) {
            left.addFirst(reader);
        }
        Spawner.end(left);
    }
}
