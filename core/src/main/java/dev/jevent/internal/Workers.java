package dev.jevent.internal;

import dev.jevent.internal.loop.EventLoop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Platform threads for what truly blocks: daemon threads, made when a task comes and none is idle,
 * at most so many, and gone when they were idle for a while. Tasks begin in the order in which they
 * came. The engine under {@code Jevent.blocking} and {@code dev.jevent.pool.ThreadPool}.
 *
 * <p>An executor of the JDK has locks, for which a hub's thread might have to wait; this one hands
 * over a task under a {@link SpinLock}. It knows nothing of hubs.
 *
 * <p>All methods may be called from any thread and do not wait.
 */
public final class Workers {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** One of the threads. */
    private final class Worker extends Thread {
        private WorkerTask given; // guarded by lock, when it is idle
        private volatile WorkerTask current; // own thread; read by who ends it
        private volatile boolean busy = true; // written under lock; has a task, or is given one

        Worker(WorkerTask first) {
            super(null, null, "jevent-worker-" + NUMBER.incrementAndGet(), 0, false);
            given = first;
            current = first;
            setDaemon(true);
        }

        Workers owner() {
            return Workers.this;
        }

        @Override
        public void run() {
            WorkerTask task = given;
            given = null;
            try {
                while (task != null) {
                    current = task;
                    runSafely(task);
                    current = null;
                    task = null; // nothing of it is kept while this is idle
                    task = nextSafely();
                }
            } finally {
                try {
                    HubAccess.get().endOfThread();
                } finally {
                    busy = false;
                    Enduring.insist(ASK_AGAIN);
                }
            }
        }

        private WorkerTask nextSafely() {
            for (; ; ) {
                try {
                    return next(this);
                } catch (OutOfMemoryError e) {
                    Enduring.moment();
                }
            }
        }

        /** One that fails, for want of memory, is not the end of its worker. */
        private void runSafely(WorkerTask task) {
            try {
                task.runOn(this);
            } catch (Throwable e) {
                Enduring.failed(e);
            }
        }
    }

    private final SpinLock lock = new SpinLock();
    private final Set<Worker> all = new LinkedHashSet<>(); // guarded by lock
    private final ArrayDeque<Worker> idle = new ArrayDeque<>(); // guarded by lock; newest last
    private final long idleNanos;
    private WorkerTask first; // guarded by lock; the queue
    private WorkerTask last; // guarded by lock
    private int size; // guarded by lock; of all, and those that are about to be made
    private int maxSize; // guarded by lock
    private boolean ended; // guarded by lock

    /**
     * Workers of which none is there yet.
     *
     * @param maxSize how many there may be, at least one
     * @param idleNanos how long one waits for another task before it ends
     */
    public Workers(int maxSize, long idleNanos) {
        checkSize(maxSize);
        this.maxSize = maxSize;
        this.idleNanos = idleNanos;
    }

    private static void checkSize(int maxSize) {
        if (maxSize < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + maxSize);
        }
    }

    // ---- tasks

    /**
     * Lets a worker do it.
     *
     * @throws RejectedExecutionException after {@link #end}, or if the system gives no thread
     */
    public void submit(WorkerTask task) {
        Worker free = null;
        boolean one = false;
        boolean refused;
        lock.lock();
        try {
            refused = ended;
            if (!refused) {
                free = giveToIdle(task);
                one = free == null && mayBeMore();
                if (free == null && !one) {
                    enqueue(task);
                }
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            throw new RejectedExecutionException("these workers were ended");
        }
        if (free != null) {
            LockSupport.unpark(free);
        } else if (one) {
            startOne(task);
        }
    }

    // under the lock, these four

    private Worker giveToIdle(WorkerTask task) {
        Worker w = idle.pollLast();
        if (w != null) {
            w.given = task;
            w.busy = true;
        }
        return w;
    }

    private void gone(Worker worker) {
        all.remove(worker);
        size--;
    }

    private boolean mayBeMore() {
        if (size >= maxSize) {
            return false;
        }
        size++; // the caller starts it
        return true;
    }

    private void enqueue(WorkerTask task) {
        task.standing = true;
        task.previous = last;
        if (last == null) {
            first = task;
        } else {
            last.next = task;
        }
        last = task;
    }

    private void startOne(WorkerTask task) {
        Worker other = null;
        boolean some;
        Worker fresh = null;
        try {
            fresh = new Worker(task);
            add(fresh);
            fresh.start();
            return;
        } catch (Throwable e) {
            lock.lock();
            try {
                gone(fresh);
                some = size > 0;
                if (some) {
                    other = giveToIdle(task);
                    if (other == null) {
                        enqueue(task); // one of those that run comes to it
                    }
                }
            } finally {
                lock.unlock();
            }
            if (!some) {
                throw new RejectedExecutionException("the system gives no thread for " + task, e);
            }
        }
        if (other != null) {
            LockSupport.unpark(other);
        }
    }

    private void add(Worker fresh) {
        lock.lock();
        try {
            all.add(fresh);
        } finally {
            lock.unlock();
        }
    }

    /** Takes it back. Whether it has not begun and now never will. */
    public boolean takeOut(WorkerTask task) {
        if (!task.step(WorkerTask.QUEUED, WorkerTask.TAKEN_OUT)) {
            return false;
        }
        lock.lock();
        try {
            if (task.standing) {
                unlink(task);
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void unlink(WorkerTask task) {
        if (task.previous == null) {
            first = task.next;
        } else {
            task.previous.next = task.next;
        }
        if (task.next == null) {
            last = task.previous;
        } else {
            task.next.previous = task.previous;
        }
        task.previous = null;
        task.next = null;
        task.standing = false;
    }

    /** Interrupts its thread, if it is running. */
    public void interrupt(WorkerTask task) {
        if (task.step(WorkerTask.RUNNING, WorkerTask.INTERRUPTING)) {
            try {
                task.worker.interrupt();
            } finally {
                task.state = WorkerTask.INTERRUPTED;
            }
        }
    }

    // ---- the threads

    /** The next task of a worker; waits for it. Null: it has to end. */
    private WorkerTask next(Worker me) {
        lock.lock();
        try {
            boolean tooMany = size > maxSize;
            if (first != null && !tooMany) {
                WorkerTask task = first;
                unlink(task);
                return task;
            }
            if (tooMany || ended || idleNanos <= 0) {
                gone(me);
                return null;
            }
            idle.add(me); // may fail
            me.busy = false;
        } finally {
            lock.unlock();
        }
        Enduring.insist(ASK_AGAIN);
        long end = System.nanoTime() + idleNanos;
        for (; ; ) {
            long left = end - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(this, left);
                Thread.interrupted(); // of a stranger, who meant no task
            }
            lock.lock();
            try {
                WorkerTask task = me.given;
                if (task != null) {
                    me.given = null;
                    return task;
                }
                if (ended || left <= 0 || size > maxSize) {
                    idle.remove(me);
                    gone(me);
                    return null;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** How many threads there are. */
    public int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** How many threads there may be. */
    public int maxSize() {
        lock.lock();
        try {
            return maxSize;
        } finally {
            lock.unlock();
        }
    }

    /** Sets how many threads there may be; those that are too many end after their task. */
    public void maxSize(int n) {
        checkSize(n);
        List<WorkerTask> begin = new ArrayList<>();
        List<Worker> resting;
        lock.lock();
        try {
            maxSize = n;
            while (first != null && mayBeMore()) {
                begin.add(first);
                unlink(first);
            }
            resting = List.copyOf(idle);
        } finally {
            lock.unlock();
        }
        begin.forEach(this::startOne);
        resting.forEach(LockSupport::unpark);
    }

    /** Takes no more tasks. What is queued is still done, then the threads end at once. */
    public void end() {
        List<Worker> resting;
        lock.lock();
        try {
            ended = true;
            resting = List.copyOf(idle);
        } finally {
            lock.unlock();
        }
        resting.forEach(LockSupport::unpark);
    }

    /** As {@link #end}, but what is queued never begins, and what runs is interrupted. */
    public void endNow() {
        end();
        List<WorkerTask> dropped = new ArrayList<>();
        lock.lock();
        try {
            for (WorkerTask t = first; t != null; t = t.next) {
                dropped.add(t);
            }
            for (Worker w : all) {
                WorkerTask t = w.current;
                if (t != null) {
                    dropped.add(t);
                }
            }
        } finally {
            lock.unlock();
        }
        for (WorkerTask t : dropped) {
            if (!takeOut(t)) {
                interrupt(t);
            }
        }
    }

    /** Whether the thread is one of these workers. */
    public boolean has(Thread thread) {
        return thread instanceof Worker w && w.owner() == this;
    }

    // ---- who waits for them

    // loops that stay alive only because a worker has something to do, and might wake them
    private static final Set<EventLoop> HOPING = ConcurrentHashMap.newKeySet();

    /**
     * From now on the loop asks again whether it has to stay alive when a worker has nothing more
     * to do. To be called before it looks at the workers.
     */
    public static void tellWhenIdle(EventLoop loop) {
        HOPING.add(loop);
    }

    /** Takes {@link #tellWhenIdle} back. */
    public static void forget(EventLoop loop) {
        HOPING.remove(loop);
    }

    private static final Runnable ASK_AGAIN = Workers::askAgain;

    private static void askAgain() {
        if (HOPING.isEmpty()) {
            return;
        }
        for (EventLoop loop : List.copyOf(HOPING)) {
            if (HOPING.remove(loop)) {
                loop.submit((Runnable) () -> {}); // it wakes and rests again
            }
        }
    }

    /** Whether the thread is a worker, of anybody. */
    public static boolean isWorker(Thread thread) {
        return thread instanceof Worker;
    }

    /** Whether the thread is a worker, of anybody, that has something to do. */
    public static boolean isBusy(Thread thread) {
        return thread instanceof Worker w && w.busy;
    }
}
