package dev.jevent.internal;

import dev.jevent.RawGreenlet;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/**
 * The greenlets of a hub at about one moment. It is taken from any thread and stops nobody: while
 * the hub runs, a greenlet may have changed its state when it is read.
 *
 * @param begun those that have begun and not ended, the oldest first
 * @param notBegun those that stand in the queue for the first time
 * @param ready those that have begun and stand in the queue, by identity
 * @param mounted the virtual thread that the thread of the hub carries, or null
 * @param looping whether the hub's thread runs the loop; else it does something else
 */
public record Census(
        List<RawGreenlet> begun,
        List<RawGreenlet> notBegun,
        Set<RawGreenlet> ready,
        @Nullable Thread mounted,
        boolean looping) {}
