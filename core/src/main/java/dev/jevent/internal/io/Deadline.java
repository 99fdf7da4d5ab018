package dev.jevent.internal.io;

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

    private Deadline(long nanos, String message) {
        long now = clock.now();
        long at = now + nanos;
        this.end = at < now ? Long.MAX_VALUE : at;
        this.message = message;
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

    /** What is thrown when it is over. */
    public SocketTimeoutException over() {
        return new SocketTimeoutException(message);
    }
}
