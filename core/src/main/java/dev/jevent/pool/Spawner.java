package dev.jevent.pool;

import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.Waitable;
import dev.jevent.event.AsyncResult;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What groups of greenlets and pools of threads have in common: map, imap and the calls for many
 * tasks at once. Follows {@code gevent.pool.GroupMappingMixin}.
 *
 * <p>What it makes is a {@link Greenlet} or an {@link AsyncResult}: a Future, and a Waitable.
 */
abstract class Spawner implements ExecutorService {

    // ---- what a group or pool is

    /** Not started yet. */
    abstract <T> Future<T> prepare(Callable<T> task);

    /** Starts what was prepared; waits for a place. */
    abstract void launch(Future<?> prepared);

    /**
     * Starts all, and does not wait: what has no place yet gets one later.
     *
     * @return the greenlet that sees to those; null if there is none
     */
    abstract @Nullable Greenlet<?> launchAll(List<? extends Future<?>> prepared);

    /**
     * Checks that the caller is none of those that would have to end first.
     *
     * @throws IllegalStateException if it is
     */
    abstract void checkOutside(String what);

    /** Waits until it is shut down and empty; negative without end. Whether it is. */
    abstract boolean awaitEnd(long nanos);

    // ---- map

    /**
     * Applies the function to each item, many at once, and waits for the results. What the function
     * throws for an item is thrown from here, undeclared, for the first such item in their order;
     * what runs for other items then is ended.
     *
     * @return they, in the order of the items
     */
    public <T, R> List<R> map(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function) {
        List<R> results = new ArrayList<>();
        try (ImapIterator<R> all = imap(items, function)) {
            while (all.hasNext()) {
                results.add(all.next());
            }
        }
        return results;
    }

    /** As {@link #map}, in a new greenlet of the caller's hub, which is no member of this. */
    public <T, R> Greenlet<List<R>> mapAsync(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function) {
        ImapIterator.check(items, function);
        return Jevent.spawn(Tasks.onBehalfOf(function, () -> this.<T, R>map(items, function)));
    }

    /**
     * Applies the function to each item, many at once; the results are gone through in the order of
     * the items while others are still made. The input is read by a greenlet of the caller's hub,
     * which begins at once and reads on as long as there are places: bound an endless input by a
     * pool's size, or by {@code maxSize}.
     */
    public <T, R> ImapIterator<R> imap(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function) {
        return new ImapIterator<>(this, items, function, Integer.MAX_VALUE, true);
    }

    /**
     * As {@link #imap(Iterable, Mapper)}, but reads no further ahead than so many items: those that
     * are worked on and those whose results were not taken yet.
     */
    public <T, R> ImapIterator<R> imap(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function, int maxSize) {
        return new ImapIterator<>(this, items, function, maxSize, true);
    }

    /** As {@link #imap(Iterable, Mapper)}, in the order in which the results are finished. */
    public <T, R> ImapIterator<R> imapUnordered(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function) {
        return new ImapIterator<>(this, items, function, Integer.MAX_VALUE, false);
    }

    /** As {@link #imap(Iterable, Mapper, int)}, in the order in which the results are finished. */
    public <T, R> ImapIterator<R> imapUnordered(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function, int maxSize) {
        return new ImapIterator<>(this, items, function, maxSize, false);
    }

    // ---- many at once, as an ExecutorService

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
            throws InterruptedException {
        return invokeAll(tasks, -1);
    }

    @Override
    public <T> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        return invokeAll(tasks, Math.max(0, unit.toNanos(timeout)));
    }

    private <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long nanos)
            throws InterruptedException {
        List<Future<T>> all = prepareAll(tasks);
        Greenlet<?> feeder = null;
        try {
            long end = nanos < 0 ? 0 : HubAccess.get().nanoTime() + nanos;
            feeder = launchAll(all);
            for (Future<T> f : all) {
                long left = nanos < 0 ? -1 : Math.max(0, end - HubAccess.get().nanoTime());
                if (!await(f, left)) {
                    break;
                }
            }
        } catch (Interrupted e) {
            throw interruption(e);
        } finally {
            endAll(feeder, all);
        }
        return all;
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, -1);
        } catch (TimeoutException e) {
            throw new AssertionError("there was no time to be over", e);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        return invokeAny(tasks, Math.max(0, unit.toNanos(timeout)));
    }

    private <T> T invokeAny(Collection<? extends Callable<T>> tasks, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Future<T>> all = prepareAll(tasks);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("invokeAny of no tasks");
        }
        List<Waitable> ends = new ArrayList<>();
        all.forEach(f -> ends.add((Waitable) f));
        Throwable failure = null;
        int failed = 0;
        Greenlet<?> feeder = null;
        try (var finished =
                nanos < 0
                        ? Jevent.iwait(ends)
                        : Jevent.iwait(ends, Duration.ofNanos(nanos), ends.size())) {
            feeder = launchAll(all);
            while (finished.hasNext()) {
                @SuppressWarnings("unchecked")
                var f = (Future<T>) finished.next();
                try {
                    return f.get();
                } catch (ExecutionException e) {
                    failure = e.getCause();
                } catch (CancellationException e) {
                    failure = e;
                }
                failed++;
            }
        } catch (Interrupted e) {
            throw interruption(e);
        } finally {
            endAll(feeder, all);
        }
        if (failed < all.size()) {
            throw new TimeoutException(
                    "none of " + all.size() + " tasks succeeded in time, " + failed + " failed");
        }
        throw new ExecutionException(failure);
    }

    private <T> List<Future<T>> prepareAll(Collection<? extends Callable<T>> tasks) {
        List<Future<T>> all = new ArrayList<>(tasks.size());
        for (Callable<T> task : tasks) {
            all.add(prepare(Tasks.check(task)));
        }
        return all;
    }

    private static void endAll(@Nullable Greenlet<?> feeder, List<? extends Future<?>> all) {
        List<Future<?>> ended = new ArrayList<>(all);
        if (feeder != null) {
            ended.addFirst(feeder);
        }
        end(ended);
    }

    // ---- the end

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        checkOutside("await the termination of");
        try {
            return awaitEnd(Math.max(0, unit.toNanos(timeout)));
        } catch (Interrupted e) {
            throw interruption(e);
        }
    }

    /**
     * Takes nothing new and waits until all have ended. If the caller is killed, timed out or
     * interrupted while it waits, all are ended as by {@link #shutdownNow}; when they have, that
     * kill or timeout is thrown, or the caller's interrupt status is set.
     *
     * @throws IllegalStateException if one of those calls that would have to end first
     */
    @Override
    public void close() {
        checkOutside("close");
        shutdown();
        CallerAccess.get().cleanUp(this::awaitEndOrEndAll);
    }

    private void awaitEndOrEndAll() {
        boolean interrupted = false;
        Throwable disturbance = null;
        while (true) {
            try {
                awaitEnd(-1);
                break;
            } catch (Throwable e) {
                if (disturbance != null && !(e instanceof Interrupted)) {
                    throw e; // it does not want to wait at all
                }
                if (disturbance == null && !interrupted) {
                    shutdownNow();
                }
                if (e instanceof Interrupted) {
                    interrupted = true;
                } else {
                    disturbance = e;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (disturbance != null) {
            throw CallerAccess.<RuntimeException>sneaky(disturbance);
        }
    }

    // ---- futures

    /** Waits until it is done; negative without end. Whether it is. */
    static boolean await(Future<?> future, long nanos) {
        if (future.isDone()) {
            return true;
        }
        if (future instanceof Greenlet<?> g) {
            if (nanos >= 0) {
                return g.join(Duration.ofNanos(nanos));
            }
            g.join();
            return true;
        }
        var result = (AsyncResult<?>) future;
        if (nanos >= 0) {
            return result.await(Duration.ofNanos(nanos));
        }
        result.await();
        return true;
    }

    /** What it has come to: its value, or its error thrown as it is. */
    static <T> T outcome(Future<T> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw CallerAccess.<RuntimeException>sneaky(e.getCause());
        }
    }

    /** Ends those that have not ended. Of greenlets it waits for the end, of threads not. */
    static void end(Collection<? extends Future<?>> all) {
        Object self = caller();
        for (Future<?> f : all) {
            if (!f.isDone() && f != self) {
                if (f instanceof Greenlet<?> g) {
                    g.killLater();
                } else {
                    f.cancel(true);
                }
            }
        }
        for (Future<?> f : all) {
            if (f != self) {
                await(f, -1);
            }
        }
    }

    /** The greenlet that calls, or null. */
    static @Nullable Object caller() {
        return Jdk.get().greenlet(Thread.currentThread());
    }

    static InterruptedException interruption(Interrupted e) {
        var interruption = new InterruptedException(e.getMessage());
        interruption.initCause(e);
        return interruption;
    }
}
