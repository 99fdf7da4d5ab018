package dev.jevent.pool;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Timeout;
import dev.jevent.internal.CallerAccess;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

/**
 * Structured concurrency: greenlets that do not outlive a piece of code. Follows the nurseries and
 * cancel scopes of trio, whose idea it is.
 *
 * <pre>{@code
 * String page = Scope.call(s -> {
 *     Greenlet<String> head = s.spawn(() -> fetch(a));
 *     Greenlet<String> tail = s.spawn(() -> fetch(b));
 *     return head.get() + tail.get();
 * });
 * }</pre>
 *
 * The body runs in the caller. When it has returned, {@code call} waits for all children.
 *
 * <pre>
 *   open --body returned--> waits for the children --all have ended--> ended: the result
 *     |                                |
 *     +-- a child or the body fails, --+--> cancelled: all are killed, --> ended: the first failure
 *         the caller is killed, cancel()    waits for their end
 * </pre>
 *
 * <ul>
 *   <li>The first failure cancels the scope: the other children are killed, and so is the body, if
 *       it waits. When all have ended that failure is thrown as it is, with those that came after
 *       it as its suppressed ones. It is not given to the hub's error handler.
 *   <li>A child that is killed, by whomever, has not failed.
 *   <li>A kill, a {@link Timeout} or an interrupt of the caller cancels the scope too. It is thrown
 *       on when all children have ended; that wait is {@linkplain #shield shielded}. It goes before
 *       any failure, which is then among its suppressed ones, so that it is not lost.
 *   <li>Children run on the hub of who opened the scope. Anybody who has the scope, a child too,
 *       may spawn into it from any thread until it has ended. What is spawned into a cancelled
 *       scope never begins, as if it were killed before.
 * </ul>
 *
 * {@link #open()} is for {@code try}. What happens in such a block the scope cannot see or stop; so
 * there a failure of a child is thrown itself from where the block waits, once.
 *
 * <p>{@link #join}, {@link #deadline} and {@link #close} are for who opened the scope; all else may
 * be called from any thread.
 */
public final class Scope implements AutoCloseable {

    /** What is done in a scope. */
    @FunctionalInterface
    public interface Body<T> {
        /** Does it. */
        T run(Scope scope) throws Exception;
    }

    /** What is done in a scope and has no result. */
    @FunctionalInterface
    public interface Task {
        /** Does it. */
        void run(Scope scope) throws Exception;
    }

    private static final CallerAccess ACCESS = CallerAccess.get();

    private final Hub hub = Hub.get();
    private final Object opener = ACCESS.caller();
    private final boolean inTry;
    private final ScopeChildren children;
    private Timeout deadline; // opener only
    private boolean finished; // opener only

    private Scope(boolean inTry) {
        this.inTry = inTry;
        this.children = new ScopeChildren(hub, opener, inTry);
    }

    // ---- the body as a lambda

    /**
     * Does the body, waits for all that it has spawned, and answers the body's result.
     *
     * @throws CancellationException if the body was ended by {@link #cancel}
     * @throws Exception the first failure
     */
    public static <T> T call(Body<T> body) throws Exception {
        return new Scope(false).perform(null, body);
    }

    /**
     * As {@link #call(Body)}. When the time is over, children and body are cancelled, and a {@link
     * Timeout} is thrown.
     */
    public static <T> T call(Duration deadline, Body<T> body) throws Exception {
        return new Scope(false).perform(checked(deadline), body);
    }

    /** As {@link #call(Body)}, without a result. That the scope is cancelled is no failure. */
    public static void run(Task task) throws Exception {
        new Scope(false).performTask(null, task);
    }

    /** As {@link #call(Duration, Body)}, without a result. */
    public static void run(Duration deadline, Task task) throws Exception {
        new Scope(false).performTask(checked(deadline), task);
    }

    /**
     * As {@link #call(Duration, Body)}, but when the time is over there is no exception and no
     * result. What fails while it is cancelled is thrown nevertheless.
     *
     * @return the body's result; empty if the time was over, or if it was null
     */
    public static <T> Optional<T> moveOnAfter(Duration deadline, Body<T> body) throws Exception {
        var scope = new Scope(false);
        try {
            return Optional.ofNullable(scope.perform(checked(deadline), body));
        } catch (Timeout t) {
            if (t != scope.deadline) {
                throw t;
            }
            return scope.movedOn(t);
        }
    }

    private static Duration checked(Duration deadline) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + deadline);
        }
        return deadline;
    }

    private <T> Optional<T> movedOn(Timeout mine) {
        Throwable failure = ScopeFailures.besides(mine);
        if (failure != null) {
            throw CallerAccess.<RuntimeException>sneaky(failure);
        }
        return Optional.empty();
    }

    private void performTask(Duration limit, Task task) throws Exception {
        if (task == null) {
            throw new NullPointerException("a scope needs a body");
        }
        try {
            perform(
                    limit,
                    s -> {
                        task.run(s);
                        return null;
                    });
        } catch (ScopeCancelled e) {
            if (e.scope != children) {
                throw e;
            }
        }
    }

    private <T> T perform(Duration limit, Body<T> body) throws Exception {
        if (body == null) {
            throw new NullPointerException("a scope needs a body");
        }
        T result = null;
        Throwable thrown = null;
        try {
            if (limit != null) {
                deadline(limit);
            }
            result = body.run(this);
            children.bodyIsOver();
            children.awaitAll(true);
        } catch (Throwable e) {
            thrown = e;
        }
        thrown = finish(thrown);
        if (thrown != null) {
            throw CallerAccess.<RuntimeException>sneaky(thrown);
        }
        return result;
    }

    /** Brings it to its end, and answers what is to be thrown. */
    private Throwable finish(Throwable thrown) throws Exception {
        Throwable e = deadline == null ? thrown : ACCESS.translated(thrown, deadline);
        finished = true;
        boolean cancelled = children.bodyIsOver(e);
        if (e != null && !cancelled) {
            children.failed(e);
        }
        try {
            children.cancelAndAwait();
        } catch (Throwable hopeless) { // LoopExit: see there
            if (e != null && e != hopeless) {
                hopeless.addSuppressed(e);
            }
            throw hopeless;
        } finally {
            if (deadline != null) {
                deadline.cancel();
            }
        }
        Throwable failure = children.failures(isCommand(e) && !cancelled ? e : null);
        return failure == null && cancelled ? new ScopeCancelled(children, e) : failure;
    }

    /** Whether somebody outside wants the caller to leave; that is not to be lost. */
    private boolean isCommand(Throwable e) {
        return e != deadline && ACCESS.isCommand(e) || e != null && ACCESS.isInterruption(e);
    }

    // ---- try

    /** Opens a scope for a {@code try} block: {@link #join} it at the end of that. */
    public static Scope open() {
        return new Scope(true);
    }

    /** As {@link #open()}, with a {@link #deadline}. */
    public static Scope open(Duration deadline) {
        checked(deadline);
        Scope scope = open();
        scope.deadline(deadline);
        return scope;
    }

    /**
     * Waits for all children, and throws the first failure if there is one. More may be spawned
     * after that, if there is none. A kill, a timeout or an interrupt ends the wait; the children
     * go on until {@link #close}.
     */
    public void join() throws Exception {
        checkOpener("join");
        checkNotFinished();
        children.bodyIsOver();
        try {
            children.awaitAll(false);
        } finally {
            children.bodyGoesOn();
        }
        Throwable failure = children.failures(null);
        if (failure != null) {
            children.tell();
            throw CallerAccess.<RuntimeException>sneaky(failure);
        }
    }

    /**
     * Kills the children that live and waits for their end; the wait is shielded. It throws nothing
     * of theirs: a failure that neither the block nor {@link #join} has seen goes to the hub's
     * error handler.
     */
    @Override
    public void close() {
        if (finished) {
            return;
        }
        checkOpener("close");
        finished = true;
        Throwable underWay = children.endOfBlock();
        children.cancelAndAwait();
        Throwable failure = children.failures(null);
        if (failure != null && !children.isTold()) {
            ACCESS.report(hub, this, failure);
        }
        if (deadline != null) {
            deadline.close(); // throws, if an InterruptedException is under way that stands for it
        }
        if (underWay != null) {
            throw CallerAccess.<RuntimeException>sneaky(underWay);
        }
    }

    // ---- inside

    /**
     * Makes a greenlet on the scope's hub, which begins in the next turn of the loop. If the scope
     * is cancelled it never begins.
     *
     * @throws IllegalStateException if the scope has ended
     */
    public <T> Greenlet<T> spawn(Callable<T> task) {
        return children.spawn(task);
    }

    /** As {@link #spawn(Callable)}, for a task without a result. */
    public Greenlet<Void> spawn(Action task) {
        return spawn(Tasks.of(task));
    }

    /**
     * Kills all children and, unless it calls this itself or is a {@code try} block, the body. Does
     * not wait for their end. A child that calls this is killed in its next wait. Being cancelled
     * is no failure: {@code run} returns, {@code call} has no result and throws a {@link
     * CancellationException}.
     */
    public void cancel() {
        children.cancel(!inTry && !ACCESS.isCaller(opener));
    }

    /** Whether it is cancelled: what is spawned does not begin. */
    public boolean isCancelled() {
        return children.isCancelled();
    }

    /** How many children live. */
    public int size() {
        return children.size();
    }

    /**
     * Throws a {@link Timeout} into the caller when so much time has gone by from now, unless it
     * has left the scope; instead of the deadline that there was.
     *
     * @throws IllegalStateException if the caller has not opened the scope, or has left it
     */
    public void deadline(Duration fromNow) {
        checked(fromNow);
        checkOpener("set the deadline of");
        checkNotFinished();
        if (deadline != null) {
            deadline.cancel();
        }
        deadline = ACCESS.lastingTimeout(fromNow);
        deadline.start();
    }

    private void checkOpener(String what) {
        if (!ACCESS.isCaller(opener)) {
            throw new IllegalStateException(
                    "only " + opener + ", who has opened it, may " + what + " " + this);
        }
    }

    private void checkNotFinished() {
        if (finished) {
            throw new IllegalStateException(this + " has ended");
        }
    }

    @Override
    public String toString() {
        return "Scope of " + opener + " with " + children.size() + " children";
    }

    // ---- shields

    /**
     * Does the task behind a shield: what is thrown into the caller from outside (kills, timeouts
     * and scopes that were there before, interrupts) waits until the task has ended. It is thrown
     * from the first wait after that, not from here, so that the result is not lost. Timeouts and
     * scopes that the task itself starts work as ever. Shields nest, and work in any thread.
     *
     * <p>For clean-up that waits. A task that never ends cannot be killed; give it a timeout
     * inside.
     *
     * <p>An interrupt reaches calls of the JDK in spite of the shield if it comes from somebody who
     * calls {@link Thread#interrupt()}. What jevent throws does not.
     */
    public static <T> T shield(Callable<T> task) throws Exception {
        if (task == null) {
            throw new NullPointerException("a shield needs a task");
        }
        return ACCESS.shielded(task);
    }

    /** As {@link #shield(Callable)}, without a result. */
    public static void shield(Action task) throws Exception {
        shield(Tasks.of(task));
    }
}
