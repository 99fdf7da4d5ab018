package dev.jevent.select;

import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Deadline;
import dev.jevent.internal.sys.Native;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Waits for many sockets, pipes and descriptors at once; follows {@code gevent.select.poll}, with
 * the cost of epoll(7): what is registered and not ready costs nothing.
 *
 * <pre>{@code
 * try (Poll poll = new Poll()) {
 *     poll.register(listener, Ready.READ);
 *     poll.register(socket, Ready.READ, Ready.WRITE);
 *     for (Event event : poll.poll(Duration.ofSeconds(1))) { … }
 * }
 * }</pre>
 *
 * What can be registered:
 *
 * <ul>
 *   <li>sockets, server sockets and datagram sockets of {@code dev.jevent.socket}, and whatever
 *       else of jevent stands on a descriptor. Of a socket that keeps something back, like one of
 *       TLS, what it has kept counts as ready when a poll begins;
 *   <li>channels of the JDK, blocking or not, and sockets of the JDK that have one;
 *   <li>numbers of descriptors ({@code Integer}), whatever they stand for. They must stay open as
 *       long as they are registered; one that is closed and opened again means the new file.
 * </ul>
 *
 * <p>It is level-triggered: what is ready and has not been read is ready in the next poll again.
 * {@link Ready#ERROR}, {@link Ready#HANG_UP} and {@link Ready#INVALID} need not be asked for. A
 * target that is closed is invalid until it is unregistered. One of jevent wakes who polls when it
 * is closed; the close of another one is noticed within a quarter of a second.
 *
 * <p>Any thread may register and unregister, also while another one polls, and then it takes effect
 * at once. One at a time may poll; a second one who waits gets a {@link
 * dev.jevent.ConcurrentObjectUseError}. A target may be in many polls, and others may read and
 * write it at the same time; then a poll may find ready what they have emptied when its caller gets
 * there. A kill, a {@link dev.jevent.Timeout} or an interrupt ends the wait and leaves the poll as
 * it was. {@link #close} wakes who polls, with an exception.
 *
 * <p>In the portable mode only channels of the JDK that are not blocking can be registered, and
 * errors and hang-ups count as {@link Ready#READ}.
 */
public final class Poll implements AutoCloseable {

    private static final Cleaner CLEANER = Cleaner.create();

    private final PollSet set;
    private final Cleaner.Cleanable garbage;

    /**
     * One with nothing registered. It has a descriptor: close it.
     *
     * @throws IOException if the process has too many of them
     */
    public Poll() throws IOException {
        PollSet made = newSet();
        set = made;
        garbage = CLEANER.register(this, made::close);
    }

    static boolean isPortable() {
        return !Native.isAvailable() || HubAccess.get().isPortable();
    }

    static PollSet newSet() throws IOException {
        return isPortable() ? new SelectorSet() : new EpollSet();
    }

    /**
     * Registers something; if it is registered already, what is wanted of it changes.
     *
     * @param interest {@link Ready#READ} and {@link Ready#WRITE}; both, if there is nothing
     * @throws IllegalArgumentException if such a thing cannot be polled, or if its descriptor is
     *     registered as another object
     * @throws IOException if this is closed, or the system refuses. A target that is closed is not
     *     refused, but found {@linkplain Ready#INVALID invalid}
     */
    public void register(Object target, Ready... interest) throws IOException {
        Objects.requireNonNull(target, "target");
        set.register(target, Ready.wanted(interest));
    }

    /**
     * Changes what is wanted of something.
     *
     * @param interest as in {@link #register}; with {@link Ready#ERROR} alone neither of the two
     * @throws IllegalArgumentException if it is not registered
     * @throws IOException if this is closed
     */
    public void modify(Object target, Ready... interest) throws IOException {
        if (!set.modify(target, Ready.wanted(interest))) {
            throw new IllegalArgumentException("not registered with this poll: " + target);
        }
    }

    /**
     * Ends what {@link #register} began. Does nothing when this is closed.
     *
     * @throws IllegalArgumentException if it is not registered
     */
    public void unregister(Object target) {
        if (!set.unregister(target) && !set.isClosed()) {
            throw new IllegalArgumentException("not registered with this poll: " + target);
        }
    }

    /** How many are registered. */
    public int size() {
        return set.size();
    }

    /**
     * Waits until something is ready.
     *
     * @return what is, at most 4,096 of many; never empty
     * @throws IOException if this is closed, before or meanwhile
     */
    public List<Event> poll() throws IOException {
        try {
            return set.poll(null);
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    /**
     * As {@link #poll()}, but gives up after a while.
     *
     * @param timeout zero looks only
     * @return what is ready; nothing if the time is over
     * @throws IllegalArgumentException if the time is negative
     */
    public List<Event> poll(Duration timeout) throws IOException {
        try {
            return timeout.isZero() ? set.look() : set.poll(Deadline.of(timeout, "Poll timed out"));
        } finally {
            Reference.reachabilityFence(this); // as long as somebody waits it is no garbage
        }
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return set.isClosed();
    }

    /** Gives back the descriptor and wakes who polls; what was registered stays open. */
    @Override
    public void close() {
        garbage.clean();
    }

    @Override
    public String toString() {
        return "Poll[" + (isClosed() ? "closed" : size() + " registered") + "]";
    }
}
