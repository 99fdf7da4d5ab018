package dev.jevent.internal.io;

import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** When a call gives up, by the clock of the caller's hub. For the thread that made it. */
public final class Deadline {

    private final EventLoop clock = Descriptor.loop();
    private final long end;
    private final String message;
    private boolean asked;

    private Deadline(long nanos, String message) {
        end = clock.now() + Math.min(nanos, Long.MAX_VALUE >> 1);
        this.message = message;
        asked = nanos == 0;
    }

    /**
     * One in so many milliseconds; none, if they are 0, as in {@code java.net}.
     *
     * @param message of the exception when it is over
     */
    public static @Nullable Deadline ofMillis(int millis, String message) {
        return millis == 0 ? null : new Deadline(millis * 1_000_000L, message);
    }

    /**
     * One after a while; zero means that a call is tried once and does not wait.
     *
     * @throws IllegalArgumentException if negative
     */
    public static Deadline of(Duration timeout, String message) {
        return new Deadline(HubAccess.get().nanos(timeout), message);
    }

    /** Nanoseconds that are left, at least 1. */
    public long left() throws SocketTimeoutException {
        long left = end - clock.now();
        if (left <= 0) {
            throw over();
        }
        return left;
    }

    /**
     * Waits until it is over or there is a value.
     *
     * @return whether there is one
     * @throws SocketTimeoutException if it is over already
     */
    public boolean await(Waiter<?> waiter) throws SocketTimeoutException {
        if (asked) {
            long ignored = left();
        }
        asked = true; // the first time there was one when it was made, a moment ago
        return HubAccess.get().awaitUntil(waiter, end);
    }

    /** What is thrown when it is over. */
    public SocketTimeoutException over() {
        return new SocketTimeoutException(message);
    }
}
