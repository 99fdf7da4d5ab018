package dev.jevent.util;

import dev.jevent.Hub;
import dev.jevent.RawGreenlet;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/**
 * A hub is held: one greenlet runs and does not give way, and nobody else of that hub can run.
 * {@link Monitor} tells of it.
 *
 * @param greenlet who holds it, which may be the hub's root greenlet; null if the thread is known
 *     to jevent as no greenlet: a virtual thread that somebody started and that never waited in
 *     jevent
 * @param hub the one that is held
 * @param blockingTime for how long, until now or, at the end, in all; not less than that
 * @param thread the thread that holds it
 * @param stack of that thread when this was noticed, innermost frame first
 */
public record EventLoopBlocked(
        @Nullable RawGreenlet greenlet,
        Hub hub,
        Duration blockingTime,
        Thread thread,
        List<StackTraceElement> stack) {}
