package dev.jevent.event;

import dev.jevent.Interrupted;
import dev.jevent.Timeout;
import dev.jevent.Waitable;
import dev.jevent.internal.Gate;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.StackRoom;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A value, or an error, that one will set and many can wait for. Follows {@code
 * gevent.event.AsyncResult}.
 *
 * <pre>{@code
 * AsyncResult<String> answer = new AsyncResult<>();
 * client.onReply(answer::set);  // any thread
 * String text = answer.get();   // gives way until then
 * }</pre>
 *
 * It is set once. It can be the target of a greenlet's link: {@code greenlet.link(result)} hands it
 * the greenlet's value or error.
 *
 * <p>All methods may be called from any thread; those that do not wait from callbacks of the loop
 * too, and so may {@code get} and {@code await} when the result is there. Who waits is woken in the
 * order in which he came. A kill, a {@link Timeout} or an interrupt of one who waits is thrown from
 * that wait and concerns nobody else.
 *
 * @param <T> the type of the value, which may be null
 */
public class AsyncResult<T> implements Future<T>, Waitable, Consumer<Future<? extends T>> {

    private static final Object NULL = new Object();
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME =
                    MethodHandles.lookup()
                            .findVarHandle(AsyncResult.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private record Failure(Throwable error) {}

    @SuppressWarnings("this-escape") // kept only
    private final Gate gate = new Gate(this); // opened right after the outcome is there

    // null: not set; NULL, a Failure or the value. Any thread, by one compare-and-set
    private volatile @Nullable Object outcome;

    /** One that is not set. */
    public AsyncResult() {}

    /** One that is set when the stage completes, with the same. */
    public static <T> AsyncResult<T> of(CompletionStage<? extends T> stage) {
        var result = new AsyncResult<T>();
        stage.whenComplete(
                (value, error) -> {
                    if (error == null) {
                        result.trySet(value);
                    } else if (error instanceof CompletionException && error.getCause() != null) {
                        result.trySetException(error.getCause());
                    } else {
                        result.trySetException(error);
                    }
                });
        return result;
    }

    // ---- set

    /**
     * Sets the value and wakes all who wait.
     *
     * @throws IllegalStateException if it is set already, or was cancelled; {@link #trySet} is
     *     quiet
     */
    public void set(@Nullable T value) {
        if (!trySet(value)) {
            throw setTwice("the value " + value);
        }
    }

    /** As {@link #set(Object)}, with null. */
    public void set() {
        set(null);
    }

    /**
     * Sets an error: {@link #get} throws it as the cause of an {@link ExecutionException}, or, if
     * it is a {@link CancellationException}, says that this was cancelled.
     *
     * @throws IllegalStateException if it is set already, or was cancelled
     */
    public void setException(Throwable error) {
        if (!trySetException(error)) {
            throw setTwice("the error " + error);
        }
    }

    private IllegalStateException setTwice(String what) {
        return new IllegalStateException(
                "cannot set " + what + ": this is set once, and is " + this);
    }

    /**
     * Sets the value, unless it is set already.
     *
     * @return whether it was this call that set it
     */
    public boolean trySet(@Nullable T value) {
        return complete(value == null ? NULL : value);
    }

    /** As {@link #trySet}, with an error. */
    public boolean trySetException(Throwable error) {
        if (error == null) {
            throw new NullPointerException("error");
        }
        return complete(new Failure(error));
    }

    private boolean complete(Object result) {
        StackRoom.operation(); // who sets it also opens the gate
        if (!OUTCOME.compareAndSet(this, null, result)) {
            return false;
        }
        gate.open(); // who has missed the outcome stands there, or comes there and finds it open
        return true;
    }

    /**
     * Takes over what a future has come to; so this can be the target of {@code greenlet.link}. A
     * future that was cancelled, and a greenlet that was killed, cancels this. Does nothing if this
     * was cancelled before.
     *
     * @throws IllegalStateException if the future is not done, or if this is set already
     */
    @Override
    public void accept(Future<? extends T> source) {
        boolean accepted =
                switch (source.state()) {
                    case SUCCESS -> trySet(source.resultNow());
                    case FAILED -> trySetException(source.exceptionNow());
                    case CANCELLED -> cancel(false);
                    case RUNNING ->
                            throw new IllegalStateException(
                                    source + " has no result yet; link to it instead");
                };
        if (!accepted && !isCancelled()) {
            throw setTwice("the result of " + source);
        }
    }

    // ---- look

    @Override
    public boolean ready() {
        return outcome != null;
    }

    @Override
    public boolean isDone() {
        return outcome != null;
    }

    /** Whether a value was set. */
    public boolean successful() {
        Object o = outcome;
        return o != null && !(o instanceof Failure);
    }

    /** The value; null if it is not there, or if an error was set. */
    @SuppressWarnings("unchecked")
    public @Nullable T value() {
        Object o = outcome;
        return o == NULL || o instanceof Failure ? null : (T) o;
    }

    /** The error; null if it is not there, or if a value was set. */
    public @Nullable Throwable exception() {
        return outcome instanceof Failure f ? f.error : null;
    }

    // ---- wait

    /** Waits until it is set; does not throw the error that was set. */
    public void await() {
        if (outcome == null) {
            gate.await();
        }
    }

    /**
     * As {@link #await()}, but not longer than the time; zero does not wait.
     *
     * @return whether it is set
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean await(Duration timeout) {
        long nanos = HubAccess.get().nanos(timeout);
        return outcome != null || gate.await(nanos) || outcome != null;
    }

    /**
     * Waits for the value.
     *
     * @throws ExecutionException with the error that was set as its cause
     * @throws CancellationException if it was cancelled
     * @throws InterruptedException if the caller is interrupted while it waits
     */
    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (outcome == null) {
            try {
                gate.await();
            } catch (Interrupted e) {
                throw interruption(e);
            }
        }
        return result();
    }

    /**
     * As {@link #get()}, but not longer than the time; zero does not wait.
     *
     * @throws Timeout if the time is over
     * @throws IllegalArgumentException if the time is negative
     */
    public T get(Duration timeout) throws InterruptedException, ExecutionException {
        boolean set;
        try {
            set = await(timeout);
        } catch (Interrupted e) {
            throw interruption(e);
        }
        if (!set) {
            throw HubAccess.get().timeout(timeout);
        }
        return result();
    }

    @Override
    public T get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = Math.max(0, unit.toNanos(timeout));
        boolean set;
        try {
            set = outcome != null || gate.await(nanos) || outcome != null;
        } catch (Interrupted e) {
            throw interruption(e);
        }
        if (!set) {
            throw new TimeoutException(this + " was not set in " + timeout + " " + unit);
        }
        return result();
    }

    private static InterruptedException interruption(Interrupted e) {
        return new InterruptedException(e.getMessage());
    }

    /**
     * The value, without waiting.
     *
     * @throws IllegalStateException if it is not set yet
     * @throws ExecutionException with the error that was set as its cause
     */
    public T getNow() throws ExecutionException {
        if (outcome == null) {
            throw new IllegalStateException("nothing is set yet; get() waits for it");
        }
        return result();
    }

    @SuppressWarnings("unchecked")
    private T result() throws ExecutionException {
        Object o = outcome;
        if (o instanceof Failure f) {
            if (f.error instanceof CancellationException) {
                var cancelled = new CancellationException(f.error.getMessage());
                cancelled.initCause(f.error);
                throw cancelled;
            }
            throw new ExecutionException(f.error);
        }
        return o == NULL ? null : (T) o;
    }

    // ---- as a Future

    /**
     * Completes it with a {@link CancellationException}, unless it is set already. Nobody is
     * interrupted: who would have set it is not known.
     *
     * @return whether it was this call that completed it
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return outcome == null && trySetException(new CancellationException("was cancelled"));
    }

    @Override
    public boolean isCancelled() {
        return outcome instanceof Failure f && f.error instanceof CancellationException;
    }

    /**
     * A new CompletableFuture that is completed together with this. What depends on it runs where
     * this is set, or here if it is set already. To cancel it does not cancel this.
     */
    public CompletableFuture<T> toCompletableFuture() {
        var future = new Completing<T>();
        gate.rawLink(future);
        return future;
    }

    private static final class Completing<T> extends CompletableFuture<T>
            implements Consumer<Waitable>, LinkList.Immediate {
        @Override
        @SuppressWarnings("unchecked")
        public void accept(Waitable source) {
            var result = (AsyncResult<T>) source;
            Throwable error = result.exception();
            if (error != null) {
                completeExceptionally(error);
            } else {
                complete(result.value());
            }
        }
    }

    // ---- links

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        gate.rawLink(callback);
    }

    @Override
    public void unlink(Object callback) {
        gate.unlink(callback);
    }

    @Override
    public String toString() {
        Object o = outcome;
        String what =
                o == null
                        ? "not set"
                        : o instanceof Failure f ? "" + f.error : "" + (o == NULL ? null : o);
        return "AsyncResult[" + what + "]";
    }
}
