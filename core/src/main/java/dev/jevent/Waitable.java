package dev.jevent;

import java.util.function.Consumer;

/**
 * Something that becomes ready, and tells: greenlets, events, results, queues, semaphores, and
 * anything of a program's own. {@link Jevent#wait} and {@link Jevent#iwait} take any mixture.
 *
 * <p>All methods may be called from any thread.
 */
public interface Waitable {

    /** Whether it is ready now. */
    boolean ready();

    /**
     * Calls the callback once when this is ready, soon if it is already. The callback runs on the
     * loop of a hub, or on the thread that made this ready, and must not block.
     */
    void rawLink(Consumer<? super Waitable> callback);

    /** Takes back a {@link #rawLink}; unknown callbacks are no error. */
    void unlink(Object callback);
}
