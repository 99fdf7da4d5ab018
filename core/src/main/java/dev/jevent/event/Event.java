package dev.jevent.event;

import dev.jevent.Waitable;
import dev.jevent.internal.Gate;
import dev.jevent.internal.StackRoom;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A flag that one sets and many wait for. Follows {@code gevent.event.Event}.
 *
 * <p>{@link #set} wakes all who wait, the first first; whoever waits later goes on at once, until
 * {@link #clear}. One who waited when it was set has seen it, even if it is cleared before he runs.
 *
 * <p>All methods may be called from any thread; all but {@code await} never wait and may be called
 * from callbacks of the loop. A kill, a {@link dev.jevent.Timeout} or an interrupt (as {@link
 * dev.jevent.Interrupted}) of one who waits is thrown from {@code await} and concerns nobody else.
 */
public final class Event implements Waitable {

    private final Gate gate = new Gate(this);

    /** One that is not set. */
    public Event() {}

    /** Whether it is set. */
    public boolean isSet() {
        return gate.isOpen();
    }

    /** As {@link #isSet}. */
    @Override
    public boolean ready() {
        return gate.isOpen();
    }

    /** Sets it and wakes all who wait. */
    public void set() {
        StackRoom.operation();
        gate.open();
    }

    /** Takes it back: who comes from now on waits for the next {@link #set}. */
    public void clear() {
        gate.close();
    }

    /** Waits until it is set. */
    public void await() {
        gate.await();
    }

    /**
     * Waits until it is set, but not longer than the time; zero does not wait.
     *
     * @return whether it is set, or was meanwhile
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean await(Duration timeout) {
        return gate.await(timeout);
    }

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
        return isSet() ? "Event[set]" : "Event[not set]";
    }
}
