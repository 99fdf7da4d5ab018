package dev.jevent.loop;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Something that calls back while it is started. Hub's thread only, unless a method says otherwise.
 * Follows {@code gevent._interfaces.IWatcher}.
 */
public abstract class Watcher implements AutoCloseable {

    final Loop loop;
    private @Nullable Runnable callback;
    private boolean ref;
    private boolean active;
    private boolean pending;

    Watcher(Loop loop) {
        this(loop, true);
    }

    Watcher(Loop loop, boolean ref) {
        this.loop = loop;
        this.ref = ref;
    }

    /** Begins to watch. */
    abstract void begin();

    /** Ends the watch. */
    abstract void end();

    /**
     * Calls back from now on. A watcher that is started already only changes its callback.
     *
     * @throws IllegalStateException if called from another thread than the hub's, or if the hub was
     *     destroyed
     */
    public final void start(Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        loop.checkThread();
        if (!active) {
            begin();
            active = true;
            if (ref) {
                loop.core.ref();
            }
        }
        this.callback = callback;
    }

    /** Calls back no more, also not what is pending. */
    public final void stop() {
        if (!loop.isShutDown()) {
            loop.checkThread();
        }
        pending = false;
        callback = null;
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

    /** Calls back in the next turn, as if the event had happened; started or not. */
    public final void feed(Runnable callback) {
        Objects.requireNonNull(callback, "callback");
        loop.checkThread();
        this.callback = callback;
        pending = true;
        loop.core.pushLast((Runnable) this::deliver);
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
        if (c != null && !loop.core.call(this, c)) {
            failed();
        }
        if (!active && !pending) {
            callback = null; // an ended watcher holds nothing
        }
    }

    /** Its callback has thrown something. */
    void failed() {}

    /** Whether it is started. */
    public final boolean active() {
        return active;
    }

    /** Whether the event has happened and it will call back for it. */
    public boolean pending() {
        return pending;
    }

    /** What it calls; null while it is neither started nor pending. */
    public final @Nullable Runnable callback() {
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
