package dev.jevent.socket;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;

/**
 * Waits for one direction of a channel that does not block, in the portable mode. A selector leaves
 * the channel open when whoever waits is interrupted; a blocking call on the channel would not. It
 * waits on the caller's virtual thread; a platform thread that has a hub has it wait on a worker,
 * so that its greenlets run. Any thread, one at a time.
 */
final class ChannelWait {

    private final SelectableChannel channel;
    private final int operation;
    private final String what;
    private @Nullable Selector selector; // guarded by this
    private boolean waiting; // guarded by this
    private boolean closed; // guarded by this

    /**
     * For one direction.
     *
     * @param operation one of {@link java.nio.channels.SelectionKey}
     * @param what is done, for the error: "read from"
     */
    ChannelWait(SelectableChannel channel, int operation, String what) {
        this.channel = channel;
        this.operation = operation;
        this.what = what;
    }

    /**
     * Waits until it is ready.
     *
     * @throws java.net.SocketTimeoutException if the deadline is over
     */
    void await(@Nullable Deadline deadline) throws IOException {
        Selector s = begin();
        try {
            while (!select(s, deadline == null ? 0 : (deadline.left() + 999_999) / 1_000_000)) {
                checkOpen();
                // interrupted, or the time is over
                boolean ignored = HubAccess.get().await(new Waiter<Void>(), 0);
            }
        } catch (ClosedSelectorException | CancelledKeyException e) {
            var failure = new SocketException("Socket closed");
            failure.initCause(e);
            throw failure;
        } finally {
            end();
        }
    }

    /** Whether it is ready now. */
    boolean isReady() throws IOException {
        Selector s = begin();
        try {
            return s.selectNow(key -> {}) > 0;
        } catch (ClosedSelectorException | CancelledKeyException e) {
            return true; // closed, and the next call says so
        } finally {
            end();
        }
    }

    private static boolean select(Selector s, long millis) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            return s.select(key -> {}, millis) > 0;
        }
        try {
            return Jevent.blocking(() -> s.select(key -> {}, millis)) > 0;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private synchronized void checkOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket closed");
        }
    }

    private synchronized Selector begin() throws IOException {
        checkOpen();
        if (waiting) {
            throw new ConcurrentObjectUseError(
                    "another greenlet already waits to " + what + " this socket");
        }
        Selector s = selector;
        if (s == null) {
            s = Selector.open();
            boolean done = false;
            try {
                channel.register(s, operation);
                done = true;
            } finally {
                if (!done) {
                    s.close();
                }
            }
            selector = s;
        }
        waiting = true;
        return s;
    }

    private void end() throws IOException {
        Selector mine;
        synchronized (this) {
            waiting = false;
            mine = closed ? selector : null;
        }
        if (mine != null) {
            mine.close();
        }
    }

    /**
     * Wakes who waits; after the channel was closed. The selector is closed by who is in it:
     * somebody else would have to wait for him, in a monitor, and might hold up the very hub that
     * has to let him go on.
     */
    void close() throws IOException {
        Selector s;
        boolean isUsed;
        synchronized (this) {
            closed = true;
            s = selector;
            isUsed = waiting;
        }
        if (s != null && isUsed) {
            s.wakeup();
        } else if (s != null) {
            s.close();
        }
    }
}
