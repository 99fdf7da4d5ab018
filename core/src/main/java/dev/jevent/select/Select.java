package dev.jevent.select;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits until one of several sockets or descriptors is ready; follows {@code gevent.select.select}.
 * Who waits for the same ones again and again does better with a {@link Poll}, where they are
 * registered once.
 *
 * <p>The same things can be selected that can be polled, any number of them, also by several
 * greenlets at once. It is level-triggered, as select(2): what has not been read is ready again. A
 * kill, a {@link dev.jevent.Timeout} or an interrupt ends the wait and leaves nothing behind.
 */
public final class Select {

    /**
     * What is ready, each list in the order of the arguments.
     *
     * @param read whose read would not wait: there is data, the end, a connection or an error
     * @param write whose write would not wait
     */
    public record Selected<R, W>(List<R> read, List<W> write) {

        /** Whether nothing is: the time was over. */
        public boolean isEmpty() {
            return read.isEmpty() && write.isEmpty();
        }
    }

    private Select() {}

    /**
     * Waits until at least one is ready.
     *
     * @throws IllegalArgumentException if there is one that cannot be polled
     * @throws IOException if one is closed, before or meanwhile
     */
    public static <R, W> Selected<R, W> select(
            Iterable<? extends R> read, Iterable<? extends W> write) throws IOException {
        return select(read, write, (Deadline) null);
    }

    /**
     * As {@link #select(Iterable, Iterable)}, but gives up after a while. With two empty lists it
     * sleeps.
     *
     * @param timeout zero looks only
     * @throws IllegalArgumentException if the time is negative
     */
    public static <R, W> Selected<R, W> select(
            Iterable<? extends R> read, Iterable<? extends W> write, Duration timeout)
            throws IOException {
        return select(read, write, Deadline.of(timeout, "Select timed out"));
    }

    private static <R, W> Selected<R, W> select(
            Iterable<? extends R> read, Iterable<? extends W> write, @Nullable Deadline deadline)
            throws IOException {
        var readers = new ArrayList<R>();
        var writers = new ArrayList<W>();
        read.forEach(readers::add);
        write.forEach(writers::add);
        boolean[] ready =
                Poll.isPortable()
                        ? SelectorRound.run(readers, writers, deadline)
                        : PollRound.run(readers, writers, deadline);
        return new Selected<>(chosen(readers, ready, 0), chosen(writers, ready, readers.size()));
    }

    private static <T> List<T> chosen(List<T> all, boolean[] ready, int offset) {
        var chosen = new ArrayList<T>();
        for (int i = 0; i < all.size(); i++) {
            if (ready[offset + i]) {
                chosen.add(all.get(i));
            }
        }
        return chosen;
    }
}
