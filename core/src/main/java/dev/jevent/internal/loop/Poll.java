package dev.jevent.internal.loop;

/** How a loop sleeps, and what wakes it. Loop thread only, but for {@link #wakeup}. */
public sealed interface Poll permits EpollPoll, ParkPoll {

    /**
     * Sleeps until something is ready, {@link #wakeup} or the time is over; {@link #deliver} is to
     * be called after it.
     *
     * @param nanos 0 looks only; negative sleeps without end
     */
    void await(long nanos);

    /** Tells the handlers what the last {@link #await} found. */
    void deliver();

    /** Ends an {@link #await}, the current one or the next. Any thread, also after the close. */
    void wakeup();

    /**
     * Whether somebody waits for something that is ready by now, as far as that can be known. Any
     * thread; changes nothing.
     */
    boolean isReady();

    /** The name that {@code Loop.backend} shows. */
    String name();

    /** Gives back the descriptors. Does nothing the second time. */
    void close();

    /** Whether it is closed, so that nothing can be awaited any more. Any thread. */
    boolean isClosed();
}
