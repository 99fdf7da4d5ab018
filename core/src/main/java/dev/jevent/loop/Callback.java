package dev.jevent.loop;

import dev.jevent.internal.loop.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/** A call that waits for its turn on the loop. */
public final class Callback implements Runnable {

    private final EventLoop core;
    private volatile @Nullable Runnable callback;

    Callback(EventLoop core, Runnable callback) {
        this.core = core;
        this.callback = Objects.requireNonNull(callback, "callback");
    }

    /** Whether it has not been called yet, and will be. Any thread. */
    public boolean pending() {
        return callback != null;
    }

    /** Does not call it any more. Any thread. */
    public void stop() {
        callback = null;
    }

    /** The loop calls this. */
    @Override
    public void run() {
        Runnable c = callback;
        callback = null;
        if (c != null) {
            core.call(c, c);
        }
    }
}
