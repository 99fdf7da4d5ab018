package dev.jevent.internal.loop;

/** Who is told that a descriptor is ready. */
public interface FdHandler {

    /**
     * Called on the loop, possibly without reason. Must not block.
     *
     * @param events bits of {@link dev.jevent.internal.sys.Epoll}
     */
    void ready(int events);

    /**
     * Reads what {@link #ready} and those whom it wakes are going to need, and changes nothing. Not
     * in the processor's cache, it comes from memory; that of many handlers in a row comes at the
     * same time.
     *
     * @return anything, so that nobody leaves the reading out
     */
    default int prefetch() {
        return 0;
    }

    /** The loop that had it registered has ended: it shall not be kept. */
    default void loopEnded() {}
}
