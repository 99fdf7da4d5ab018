package dev.jevent.util;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.Inspector;
import dev.jevent.internal.SwitchTrace;

import java.time.Duration;
import java.util.Locale;

/**
 * Asserts that what runs in a {@code try} block gives way to the other greenlets of its hub. For
 * tests, and for finding out who does not.
 *
 * <pre>{@code
 * try (var _ = new AssertSwitches()) {
 *     handle(request); // AssertionError at the end of the block if this did not wait once
 * }
 * try (var _ = new AssertSwitches(Duration.ofMillis(10))) {
 *     handle(request); // … if a greenlet ran for longer than that without giving way
 * }
 * }</pre>
 *
 * With a time everybody is measured who runs in the hub until the block ends, for in a hub whoever
 * does not give way blocks the body too. The time is that of the hub's clock, and the hub's own
 * sleep does not count. If the body throws, that is what is thrown, and the assertion is suppressed
 * in it. Follows {@code gevent.util.assert_switches}.
 *
 * <p>To be made and closed by one and the same greenlet, or platform thread with its hub.
 */
public final class AssertSwitches implements AutoCloseable {

    private final Hub hub;
    private final RawGreenlet caller;
    private final long most; // nanoseconds; negative: any switch will do
    private final SwitchTrace trace;
    private boolean closed;

    /** The body has to give way at least once. */
    public AssertSwitches() {
        this(-1, false);
    }

    /**
     * Nobody may run for longer than that without giving way.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public AssertSwitches(Duration maxBlockingTime) {
        this(maxBlockingTime, false);
    }

    /**
     * As {@link #AssertSwitches(Duration)}.
     *
     * @param hubOnly measures how long the hub does not come round: several greenlets, one after
     *     another and each quick, may together keep it from its timers and its I/O
     */
    public AssertSwitches(Duration maxBlockingTime, boolean hubOnly) {
        this(nanos(maxBlockingTime), hubOnly);
    }

    private AssertSwitches(long most, boolean hubOnly) {
        this.hub = Hub.get();
        this.caller = Jevent.getCurrent();
        this.most = most;
        this.trace = Inspector.get().startTrace(hub, most >= 0, hubOnly);
    }

    private static long nanos(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + duration);
        }
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * The body has ended. Does nothing the second time.
     *
     * @throws AssertionError if it did not give way, or ran too long
     * @throws IllegalStateException if somebody else has made this
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Jevent.getCurrent() != caller) {
            throw new IllegalStateException(
                    "this belongs to " + caller + "; " + Jevent.getCurrent() + " cannot close it");
        }
        closed = true;
        Inspector.get().stopTrace(hub, trace);
        if (most < 0 && trace.switches() == 0) {
            throw new AssertionError(
                    caller + " did not give way to " + hub + ": in this block it never waited");
        }
        if (most >= 0 && trace.longest() > most) {
            throw new AssertionError(
                    hub
                            + " was held for "
                            + millis(trace.longest())
                            + who()
                            + "; allowed are "
                            + millis(most));
        }
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
    }

    private String who() {
        // else it is the next piece of a virtual thread, or a callback, which have no good name
        return trace.longestOf() instanceof RawGreenlet g ? ", at last by " + g : "";
    }
}
