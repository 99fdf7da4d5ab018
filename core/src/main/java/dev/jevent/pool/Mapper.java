package dev.jevent.pool;

import org.jspecify.annotations.Nullable;

/**
 * What is done with each item of a {@code map}: a {@code Function} that may throw.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface Mapper<T extends @Nullable Object, R extends @Nullable Object> {

    /**
     * Makes a result of an item.
     *
     * @throws Exception what is thrown where the result would have been given
     */
    R map(T item) throws Exception;
}
