package dev.jevent.pool;

import dev.jevent.Action;
import dev.jevent.internal.TaskOf;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/** Everything that can be done, as a Callable. */
final class Tasks {

    private record OfAction(Action action) implements Callable<@Nullable Object>, TaskOf {
        @Override
        public Object task() {
            return action;
        }

        @Override
        public @Nullable Object call() throws Exception {
            action.run();
            return null;
        }
    }

    record OfRunnable<T extends @Nullable Object>(Runnable runnable, T result)
            implements Callable<T>, TaskOf {
        @Override
        public Object task() {
            return runnable;
        }

        @Override
        public T call() {
            runnable.run();
            return result;
        }
    }

    private record OfItem<T extends @Nullable Object, R extends @Nullable Object>(
            Mapper<? super T, ? extends R> function, T item) implements Callable<R>, TaskOf {
        @Override
        public Object task() {
            return function;
        }

        @Override
        public R call() throws Exception {
            return function.map(item);
        }
    }

    private record Of<T extends @Nullable Object>(Object task, Callable<? extends T> body)
            implements Callable<T>, TaskOf {
        @Override
        public T call() throws Exception {
            return body.call();
        }
    }

    private Tasks() {}

    static <T extends @Nullable Object> Callable<T> check(Callable<T> task) {
        if (task == null) {
            throw new NullPointerException("a task to do");
        }
        return task;
    }

    @SuppressWarnings("unchecked")
    static Callable<Void> of(Action action) {
        if (action == null) {
            throw new NullPointerException("a task to do");
        }
        return (Callable<Void>) (Callable<?>) new OfAction(action); // it returns null only
    }

    static <T extends @Nullable Object> Callable<T> of(Runnable runnable, T result) {
        if (runnable == null) {
            throw new NullPointerException("a task to do");
        }
        return new OfRunnable<>(runnable, result);
    }

    /** The function, applied to one item. */
    static <T extends @Nullable Object, R extends @Nullable Object> Callable<R> of(
            Mapper<? super T, ? extends R> function, T item) {
        return new OfItem<>(function, item);
    }

    /** Something of our own that is done on behalf of what a user has given. */
    static <T extends @Nullable Object> Callable<T> onBehalfOf(
            Object task, Callable<? extends T> body) {
        return new Of<>(task, body);
    }
}
