package dev.jevent.server;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;

/** One of the addresses that a server listens to, from the start on. Any thread. */
interface Endpoint {

    /** Where it really is. */
    SocketAddress address();

    /** Waits until {@link #next} would not wait, if that can be known; else it returns at once. */
    void awaitOne() throws IOException;

    /** Waits for the next one; null if there is nothing to be done for it. One at a time. */
    @Nullable Job next() throws IOException;

    /** Whether it was closed, by whomever. */
    boolean isClosed();

    /** Whether {@link #stop} does not wake who waits in {@link #next}. */
    boolean staysOpen();

    /** Takes nothing more; may still serve those that have come. */
    void stop();

    /** Closes it. */
    void close();
}
