package dev.jevent.lock;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that was acquired, to be given back at the end of a block:
 *
 * <pre>{@code
 * try (Held held = semaphore.hold()) {
 *     …
 * }
 * }</pre>
 */
public final class Held implements AutoCloseable {

    private final Releasable what;
    private final AtomicBoolean closed = new AtomicBoolean();

    Held(Releasable what) {
        this.what = what;
    }

    /** Gives it back; the second time does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            what.release();
        }
    }

    @Override
    public String toString() {
        return "Held[" + what + (closed.get() ? ", given back]" : "]");
    }
}
