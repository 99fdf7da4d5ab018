package dev.jevent.loop;

import java.util.concurrent.atomic.AtomicBoolean;

/** Calls back on the loop when any thread says so. */
public final class Async extends Watcher {

    private final AtomicBoolean sent = new AtomicBoolean();

    Async(Loop loop) {
        super(loop);
    }

    /**
     * Makes the loop call back soon, if this is started. Any thread. What is sent again before the
     * loop has called back is one call.
     */
    public void send() {
        if (sent.compareAndSet(false, true)) {
            loop.core.submit((Runnable) this::arrived);
        }
    }

    private void arrived() {
        // whoever sends from now on is called for again
        if (sent.getAndSet(false) && active()) {
            fire();
        }
    }

    @Override
    public boolean pending() {
        return super.pending() || active() && sent.get();
    }

    @Override
    void begin() {
        sent.set(false); // what was sent before the start is not for this one
    }

    @Override
    void end() {}
}
