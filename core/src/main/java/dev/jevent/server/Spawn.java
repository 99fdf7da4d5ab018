package dev.jevent.server;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;
import dev.jevent.internal.CallerAccess;
import dev.jevent.pool.Group;
import dev.jevent.pool.Pool;
import dev.jevent.pool.ThreadPool;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Where a server runs its handlers; what {@code spawn=} is to {@code gevent.baseserver.BaseServer}.
 *
 * <p>While there is no place for another handler the server takes nothing: connections wait in the
 * kernel, in the listener's backlog, and datagrams in the socket's buffer. It goes on when a
 * handler ends. (In the portable mode, and with a pool that other threads use too, the last place
 * may be taken between the look and the accept: then at most one connection a listener is accepted
 * and waits.)
 */
public abstract sealed class Spawn {

    /** Spawns the task in some way, as the caller likes. */
    @FunctionalInterface
    public interface Function {

        /**
         * Sees to it that the task is run once, somewhere; called in the acceptor.
         *
         * @throws RejectedExecutionException to refuse it: the connection is closed, and the server
         *     goes on at once
         * @throws Exception if it could not be spawned: the connection is closed, the error
         *     reported, and the server waits a little
         */
        void spawn(Action task) throws Exception;
    }

    private Spawn() {}

    /** A raw greenlet for each: the default. */
    public static Spawn greenlet() {
        return Raw.INSTANCE;
    }

    /** A pool of at most so many greenlets, for this purpose only. */
    public static Spawn pool(int size) {
        return new InGroup(new Pool(size));
    }

    /** Members of a group or pool of the caller's, which may have others. */
    public static Spawn pool(Group group) {
        if (group == null) {
            throw new NullPointerException("a pool to spawn in");
        }
        return new InGroup(group);
    }

    /** However the caller likes: {@code Spawn.by(Jevent::spawn)}. */
    public static Spawn by(Function function) {
        if (function == null) {
            throw new NullPointerException("a function to spawn with");
        }
        return new ByFunction(function);
    }

    /**
     * In the acceptor itself, one after the other: while a handler runs nothing is accepted from
     * that listener. For handlers that do not wait. (In gevent, {@code spawn=None}; there a handler
     * must not wait at all.)
     */
    public static Spawn inline() {
        return Inline.INSTANCE;
    }

    /** Platform threads, for handlers that truly block; as many at once as the pool has threads. */
    public static Spawn threads(ThreadPool pool) {
        if (pool == null) {
            throw new NullPointerException("a thread pool to spawn in");
        }
        return new OnThreads(pool);
    }

    /**
     * Any executor. What it rejects is an error of the server, as if it could not accept. One that
     * drops what it has taken leaves that connection open until the server is stopped with a
     * timeout.
     */
    public static Spawn executor(Executor executor) {
        return switch (executor) {
            case Group group -> pool(group);
            case ThreadPool pool -> threads(pool);
            default -> new OnExecutor(executor);
        };
    }

    /** Has the job done. May wait, by {@link Acceptor#waiting}. */
    abstract void spawn(Acceptor acceptor, Job job) throws Exception;

    /** How many of a server's jobs may run at once. */
    int limit() {
        return Integer.MAX_VALUE;
    }

    /** Whether {@link #isFull} needs to be asked. */
    boolean isBounded() {
        return false;
    }

    /** Whether somebody else than the server's limit has no place. */
    boolean isFull() {
        return false;
    }

    /** Waits until {@link #isFull} is false, perhaps. */
    void awaitPlace() {}

    /** Whether a rejection is no error. */
    boolean mayRefuse() {
        return false;
    }

    private static final class Raw extends Spawn {
        static final Raw INSTANCE = new Raw();

        @Override
        void spawn(Acceptor acceptor, Job job) {
            var ignored = Jevent.spawnRaw(job);
        }
    }

    private static final class InGroup extends Spawn {
        private final Group group;

        InGroup(Group group) {
            this.group = group;
        }

        @Override
        void spawn(Acceptor acceptor, Job job) {
            var greenlet = new Greenlet<Object>(task(job));
            greenlet.rawLink(g -> job.cancel()); // killed before it began
            if (!(group instanceof Pool pool)) {
                group.start(greenlet);
            } else if (!pool.tryStart(greenlet) && !acceptor.waiting(() -> pool.start(greenlet))) {
                job.cancel();
            }
        }

        private static java.util.concurrent.Callable<Object> task(Job job) {
            return () -> {
                job.run();
                return null;
            };
        }

        @Override
        boolean isBounded() {
            return group instanceof Pool;
        }

        @Override
        boolean isFull() {
            return group.isFull();
        }

        @Override
        void awaitPlace() {
            int ignored = group.waitAvailable();
        }
    }

    private static final class ByFunction extends Spawn {
        private final Function function;

        ByFunction(Function function) {
            this.function = function;
        }

        @Override
        void spawn(Acceptor acceptor, Job job) throws Exception {
            function.spawn(job);
        }

        @Override
        boolean mayRefuse() {
            return true;
        }
    }

    private static final class Inline extends Spawn {
        static final Inline INSTANCE = new Inline();

        @Override
        void spawn(Acceptor acceptor, Job job) throws Exception {
            CallerAccess access = CallerAccess.get();
            try {
                job.run();
            } catch (GreenletExit e) {
                throw e;
            } catch (Throwable e) {
                if (access.isInterruption(e)) {
                    throw e;
                }
                access.report(acceptor.greenlet().hub(), job.server, e);
            }
        }
    }

    private static final class OnThreads extends Spawn {
        private final ThreadPool pool;

        OnThreads(ThreadPool pool) {
            this.pool = pool;
        }

        @Override
        void spawn(Acceptor acceptor, Job job) {
            boolean begun =
                    acceptor.waiting(
                            () -> pool.spawn((Action) job).rawLink(result -> job.cancel()));
            if (!begun) {
                job.cancel(); // does nothing if it runs already
            }
        }

        @Override
        int limit() {
            return pool.maxSize();
        }
    }

    private static final class OnExecutor extends Spawn {
        private final Executor executor;

        OnExecutor(Executor executor) {
            this.executor = executor;
        }

        @Override
        void spawn(Acceptor acceptor, Job job) {
            executor.execute(() -> runAndReport(acceptor, job));
        }

        private static void runAndReport(Acceptor acceptor, Job job) {
            try {
                job.run();
            } catch (GreenletExit e) {
                return; // was killed, as it seems
            } catch (Throwable e) {
                CallerAccess.get().report(acceptor.greenlet().hub(), job.server, e);
            }
        }
    }
}
