package dev.jevent.http;

import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

/**
 * The hub that a server was started on. Nearly all of its connections live there, and what only
 * they touch needs no lock: one of them runs at a time, and gives way only where it waits.
 */
final class Home {

    private volatile @Nullable EventLoop loop; // null: not started

    void at(EventLoop started) {
        loop = started;
    }

    /** Whether the caller runs on the hub's thread. */
    boolean isHere() {
        EventLoop l = loop;
        return l != null && l.inLoop();
    }

    /** How often the hub has turned, for who is here. */
    long turns() {
        EventLoop l = loop;
        return l == null ? 0 : l.turns();
    }
}
