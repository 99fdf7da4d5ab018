package dev.jevent.loop;

import dev.jevent.internal.loop.EventLoop;

/** A call that waits for its turn on the loop. */
public final class Callback implements Runnable {

    private final EventLoop core;
    private volatile Runnable callback;

    Callback(EventLoop core, Runnable callback) {
        if (callback == null) {
            throw new NullPointerException("callback");
        }
        this.core = core;
        this.callback = callback;
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
