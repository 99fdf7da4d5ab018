package dev.jevent.internal.loop;

/** Who is told that a descriptor is ready. */
public interface FdHandler {

    /**
     * Called on the loop, possibly without reason. Must not block.
     *
     * @param events bits of {@link dev.jevent.internal.sys.Epoll}
     */
    void ready(int events);
}
