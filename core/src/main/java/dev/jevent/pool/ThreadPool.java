package dev.jevent.pool;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.event.AsyncResult;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;
import dev.jevent.internal.StackRoom;
import dev.jevent.internal.WaitQueue;
import dev.jevent.internal.Workers;
import dev.jevent.internal.jdk.Jdk;
import dev.jevent.lock.Semaphore;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Platform threads of one's own, for what truly blocks or only computes, with results that
 * greenlets wait for. Follows {@code gevent.threadpool.ThreadPool}, and is an {@code
 * ExecutorService}. For a single call there is {@link Jevent#blocking}.
 *
 * <pre>{@code
 * try (var pool = new ThreadPool(4)) {
 *     AsyncResult<Image> small = pool.spawn(() -> scale(image));
 *     …
 *     send(small.get());
 * }
 * }</pre>
 *
 * The threads are daemons, are made when a task comes and none is idle, and end when they were idle
 * for a while. At most {@code maxSize} tasks run, and one more stands in the queue: then {@link
 * #spawn} waits, first come, first served. A worker of the pool that spawns into it never waits.
 * While a task is unfinished the loop of the hub that has spawned it stays alive.
 *
 * <p>All methods may be called from any thread, unlike gevent's, which belong to the thread of one
 * hub. {@code mapAsync}, {@code imap} and {@code imapUnordered} need a hub; {@code map} needs one
 * except in a worker, where it does one item after another.
 *
 * <p>An error is stored in the result and, as that of a greenlet, reported once: to the error
 * handler of the hub that has spawned the task, or else to the worker's uncaught exception handler.
 * It is not reported if a call here throws it or hands it out: {@code apply}, {@code map}, {@code
 * imap}, {@code invokeAll}, {@code invokeAny}.
 *
 * <p>Who is killed, timed out or interrupted while it waits for a place takes none. A result that
 * is cancelled drops its task: one that stands in the queue never begins, one that runs is
 * interrupted, if so wished, and keeps its thread until it ends. The interrupt concerns that task
 * only. A task sees the context class loader of who has spawned it, and may use jevent; the hub
 * that its thread gets by that is destroyed with the thread.
 */
public final class ThreadPool extends Spawner {

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final SpinLock lock = new SpinLock();
    private final Set<ThreadResult<?>> unfinished = new LinkedHashSet<>(); // guarded by lock
    private final Crowd joiners = new Crowd(lock, unfinished::isEmpty);
    private final Crowd closers = new Crowd(lock, this::isOver);
    private final Workers workers;
    private final Semaphore places;
    private int debt; // guarded by lock; places that are to vanish when they are given back
    private int maxSize; // guarded by lock
    private int killing; // guarded by lock; calls of kill() that wait
    private boolean shutDown; // guarded by lock

    /**
     * A pool of at most so many threads, which end when they were idle for 5 seconds.
     *
     * @throws IllegalArgumentException if less than one
     */
    public ThreadPool(int maxSize) {
        this(maxSize, IDLE);
    }

    /**
     * A pool of at most so many threads.
     *
     * @param idle how long a thread waits for another task before it ends
     * @throws IllegalArgumentException if the size is less than one or the duration negative
     */
    public ThreadPool(int maxSize, Duration idle) {
        this.workers = new Workers(maxSize, HubAccess.get().nanos(idle)); // checks both
        this.maxSize = maxSize;
        this.places = new Semaphore(placesOf(maxSize));
    }

    private static int placesOf(int maxSize) {
        return maxSize == Integer.MAX_VALUE ? maxSize : maxSize + 1;
    }

    // ---- spawn

    /**
     * Has a thread do the task. Waits while {@code maxSize} tasks run and one stands in the queue.
     *
     * @throws RejectedExecutionException if the pool is shut down, or the system gives no thread
     */
    public <T> AsyncResult<T> spawn(Callable<T> task) {
        var result = new ThreadResult<>(this, Tasks.check(task), true);
        launch(result);
        return result;
    }

    /** As {@link #spawn(Callable)}, for a task without a result. */
    public AsyncResult<Void> spawn(Action task) {
        return spawn(Tasks.of(task));
    }

    /**
     * Has a thread do the task, and waits for its result; in a worker of this pool it is done in
     * place. If the caller is killed, timed out or interrupted, the task is cancelled.
     *
     * @throws Exception what the task throws, the very same
     * @throws CancellationException if the task is dropped by {@link #kill}
     */
    public <T> T apply(Callable<T> task) throws Exception {
        if (inWorker()) {
            return Tasks.check(task).call();
        }
        ThreadResult<T> result = prepare(task);
        launch(result);
        try {
            result.await();
        } catch (Throwable e) {
            result.cancel(true);
            throw e;
        }
        return outcome(result);
    }

    @Override
    public <T, R> List<R> map(
            Iterable<? extends T> items, Mapper<? super T, ? extends R> function) {
        if (!inWorker()) {
            return super.map(items, function);
        }
        ImapIterator.check(items, function);
        List<R> results = new ArrayList<>();
        for (T item : items) {
            try {
                results.add(function.map(item));
            } catch (Exception e) {
                throw CallerAccess.<RuntimeException>sneaky(e);
            }
        }
        return results;
    }

    private boolean inWorker() {
        return workers.has(Jdk.get().carrier());
    }

    Workers workers() {
        return workers;
    }

    private void begin(ThreadResult<?> result) {
        boolean refused;
        boolean dropped;
        boolean added = false;
        lock.lock();
        try {
            refused = shutDown;
            dropped = killing > 0;
            if (!refused) {
                unfinished.add(result);
            }
            added = true;
        } finally {
            lock.unlock();
            if (!added) {
                freePlace(result); // there is no memory
            }
        }
        if (refused) {
            freePlace(result);
            throw new RejectedExecutionException("cannot spawn: this thread pool is shut down");
        }
        try {
            result.ref();
            if (dropped) {
                result.cancel(true);
                finished(result);
                return;
            }
            workers.submit(result.work());
        } catch (Throwable e) {
            finished(result);
            throw e;
        }
    }

    /** Nothing runs for it any more. Does nothing the second time. */
    void finished(ThreadResult<?> result) {
        WaitQueue<Void> joined;
        WaitQueue<Void> closed;
        boolean last;
        lock.lock();
        try {
            if (!unfinished.remove(result)) {
                return;
            }
            joined = joiners.take();
            closed = closers.take();
            last = isOver();
        } finally {
            lock.unlock();
        }
        if (last) {
            workers.end();
        }
        freePlace(result);
        result.unref();
        Crowd.letGo(joined);
        Crowd.letGo(closed);
    }

    private void freePlace(ThreadResult<?> result) {
        if (!result.hasPlace) {
            return;
        }
        lock.lock();
        try {
            if (debt > 0) {
                debt--;
                return;
            }
        } finally {
            lock.unlock();
        }
        places.release();
    }

    // ---- size

    /** How many threads there are now. */
    public int size() {
        return workers.size();
    }

    /** How many tasks run or stand in the queue. */
    public int unfinished() {
        lock.lock();
        try {
            return unfinished.size();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a spawn would have to wait. */
    public boolean isFull() {
        return places.counter() == 0;
    }

    /** How many threads there may be. */
    public int maxSize() {
        return workers.maxSize();
    }

    /**
     * Sets how many threads there may be. If there are more, those that are too many end after
     * their task.
     *
     * @throws IllegalArgumentException if less than one
     */
    public void maxSize(int n) {
        workers.maxSize(n); // checks it
        int more;
        lock.lock();
        try {
            more = placesOf(n) - placesOf(maxSize);
            maxSize = n;
            int paid = Math.min(debt, Math.max(0, more));
            debt -= paid;
            more -= paid;
        } finally {
            lock.unlock();
        }
        if (more > 0) {
            places.release(more);
        }
        for (; more < 0 && places.tryAcquire(); more++) {} // those that are free vanish now
        if (more < 0) {
            lock.lock();
            debt -= more;
            lock.unlock();
        }
    }

    // ---- the end

    /**
     * Waits until no task is unfinished, or was so for a moment.
     *
     * @throws IllegalStateException if a worker of this pool calls: it would wait for its own end
     */
    public void join() {
        checkOutside("join");
        joiners.await(-1);
    }

    /**
     * As {@link #join()}, but not longer than the time.
     *
     * @return whether no task was unfinished
     */
    public boolean join(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        checkOutside("join");
        return joiners.await(nanos);
    }

    /**
     * Cancels all that is unfinished: what stands in the queue never begins, what runs is
     * interrupted and its result dropped. Waits until the last task has ended; tasks that are
     * spawned meanwhile are cancelled too. Then the pool can be used again.
     *
     * @throws IllegalStateException if a worker of this pool calls: it would wait for its own end
     */
    public void kill() {
        checkOutside("kill");
        kill(-1);
    }

    /**
     * As {@link #kill()}, but waits not longer than the time.
     *
     * @return whether the last task has ended
     */
    public boolean kill(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        checkOutside("kill");
        return kill(nanos);
    }

    private boolean kill(long nanos) {
        changeKilling(1);
        try {
            dropAll();
            return joiners.await(nanos);
        } finally {
            changeKilling(-1);
        }
    }

    private void changeKilling(int by) {
        lock.lock();
        try {
            killing += by;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Those that had not begun. The newest are dropped first: a worker whose task is interrupted
     * must not find one that still stands in the queue.
     */
    private List<Runnable> dropAll() {
        List<ThreadResult<?>> all;
        lock.lock();
        try {
            all = List.copyOf(unfinished);
        } finally {
            lock.unlock();
        }
        List<Runnable> never = new ArrayList<>();
        for (ThreadResult<?> r : all.reversed()) {
            r.trySetException(new CancellationException("dropped by its thread pool"));
            if (r.drop(true)) {
                never.add(r.toRunnable());
            }
        }
        return never.reversed();
    }

    /** From now on nothing can be spawned. What is unfinished goes on, then the threads end. */
    @Override
    public void shutdown() {
        WaitQueue<Void> closed;
        boolean over;
        lock.lock();
        try {
            shutDown = true;
            closed = closers.take();
            over = isOver();
        } finally {
            lock.unlock();
        }
        if (over) {
            workers.end();
        }
        Crowd.letGo(closed);
    }

    /**
     * As {@link #shutdown}, and cancels all that is unfinished. Waits for nothing.
     *
     * @return the tasks that had not begun; their results are cancelled
     */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return dropAll();
    }

    @Override
    public boolean isShutdown() {
        lock.lock();
        try {
            return shutDown;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isTerminated() {
        lock.lock();
        try {
            return isOver();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        return shutDown && unfinished.isEmpty();
    }

    // ---- as an ExecutorService

    @Override
    public <T> AsyncResult<T> submit(Callable<T> task) {
        return spawn(task);
    }

    @Override
    public AsyncResult<?> submit(Runnable task) {
        return spawn(Tasks.of(task, (Object) null));
    }

    @Override
    public <T> AsyncResult<T> submit(Runnable task, T result) {
        return spawn(Tasks.of(task, result));
    }

    @Override
    public void execute(Runnable task) {
        submit(task);
    }

    // ---- as a Spawner

    @Override
    <T> ThreadResult<T> prepare(Callable<T> task) {
        return new ThreadResult<>(this, Tasks.check(task), false);
    }

    @Override
    void launch(Future<?> prepared) {
        StackRoom.operation();
        var result = (ThreadResult<?>) prepared;
        if (isShutdown()) {
            throw new RejectedExecutionException("cannot spawn: this thread pool is shut down");
        }
        if (!inWorker()) {
            places.acquire();
            result.hasPlace = true;
        }
        begin(result);
    }

    @Override
    @Nullable Greenlet<?> launchAll(List<? extends Future<?>> prepared) {
        prepared.forEach(f -> begin((ThreadResult<?>) f)); // they are all in memory already
        return null;
    }

    @Override
    void checkOutside(String what) {
        if (inWorker()) {
            throw new IllegalStateException(
                    "a worker cannot " + what + " its own thread pool: it would wait for itself");
        }
    }

    @Override
    boolean awaitEnd(long nanos) {
        return closers.await(nanos);
    }
}
