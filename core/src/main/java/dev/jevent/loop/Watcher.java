package dev.jevent.loop;

/**
 * Something that calls back while it is started. Hub's thread only, unless a method says otherwise.
 * Follows {@code gevent._interfaces.IWatcher}.
 */
public abstract class Watcher implements AutoCloseable {

    final Loop loop;
    private Runnable callback;
    private boolean ref = true;
    private boolean active;
    private boolean pending;

    Watcher(Loop loop) {
        this.loop = loop;
    }

    /** Begins to watch. */
    abstract void begin();

    /** Ends the watch. */
    abstract void end();

    /**
     * Calls back from now on. A watcher that is started already only changes its callback.
     *
     * @throws IllegalStateException if called from another thread than the hub's
     */
    public final void start(Runnable callback) {
        if (callback == null) {
            throw new NullPointerException("callback");
        }
        loop.checkThread();
        this.callback = callback;
        if (!active) {
            begin();
            active = true;
            if (ref) {
                loop.core.ref();
            }
        }
    }

    /** Calls back no more, also not what is pending. */
    public final void stop() {
        loop.checkThread();
        pending = false;
        if (active) {
            ended();
            end();
        }
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    /** It has come to its end by itself. */
    final void ended() {
        active = false;
        if (ref) {
            loop.core.unref();
        }
    }

    /** Calls back in the next turn, as if the event had happened. */
    public final void feed(Runnable callback) {
        loop.checkThread();
        this.callback = callback;
        pending = true;
        loop.core.push((Runnable) this::deliver);
    }

    private void deliver() {
        if (pending) {
            fire();
        }
    }

    /** The event has happened. On the loop. */
    final void fire() {
        pending = false;
        Runnable c = callback;
        if (c != null) {
            loop.core.call(this, c);
        }
    }

    /** Whether it is started. */
    public final boolean active() {
        return active;
    }

    /** Whether a {@link #feed} has not called back yet. */
    public final boolean pending() {
        return pending;
    }

    /** What it calls; null before the first start. */
    public final Runnable callback() {
        return callback;
    }

    /** Whether it keeps the loop alive while it is started. */
    public final boolean ref() {
        return ref;
    }

    /** Sets whether it keeps the loop alive while it is started. */
    public final void ref(boolean ref) {
        loop.checkThread();
        if (active && ref != this.ref) {
            if (ref) {
                loop.core.ref();
            } else {
                loop.core.unref();
            }
        }
        this.ref = ref;
    }
}
