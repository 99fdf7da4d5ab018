package dev.jevent.internal.loop;

/** How a loop sleeps, and what wakes it. Loop thread only, but for {@link #wakeup}. */
public sealed interface Poll permits EpollPoll, ParkPoll {

    /**
     * Sleeps until something is ready, {@link #wakeup} or the time is over, and tells the handlers.
     *
     * @param nanos 0 looks only; negative sleeps without end
     */
    void await(long nanos);

    /** Ends an {@link #await}, the current one or the next. Any thread. */
    void wakeup();

    /** The name that {@code Loop.backend} shows. */
    String name();

    /** Gives back the descriptors. */
    void close();
}
