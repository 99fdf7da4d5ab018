package dev.jevent;

import dev.jevent.loop.Signal;

/**
 * Runs something in a new greenlet whenever the process gets a signal; what {@link
 * Jevent#signalHandler} makes. Follows {@code gevent.hub.signal}. To be used on the thread of its
 * hub; when the hub is destroyed, it is cancelled.
 */
public final class SignalHandler implements AutoCloseable {

    private final Hub hub;
    private final Signal watcher;
    private final Action handler;
    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();

    SignalHandler(Hub hub, String signal, Action handler) {
        if (handler == null) {
            throw new NullPointerException("a signal needs a handler");
        }
        this.hub = hub;
        this.handler = handler;
        this.watcher = hub.loop().signal(signal);
        watcher.start(this::handle);
    }

    private void handle() {
        new RawTask(hub, handler, loader).schedule();
    }

    /** Handles the signal no more; what handled it before comes back. */
    public void cancel() {
        watcher.stop();
    }

    /** As {@link #cancel}. */
    @Override
    public void close() {
        cancel();
    }

    /** Whether it keeps the hub alive; false at first. */
    public boolean ref() {
        return watcher.ref();
    }

    /** Sets whether it keeps the hub alive. */
    public void ref(boolean ref) {
        watcher.ref(ref);
    }

    @Override
    public String toString() {
        return "handler of " + watcher.name();
    }
}
