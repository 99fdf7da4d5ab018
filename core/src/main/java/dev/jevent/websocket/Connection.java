package dev.jevent.websocket;

import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a {@link WebSocket} stands on: the link, its two halves, and how it ends.
 *
 * <pre>
 *   open --close, leave--> closing --peerCloses, or no time left--> over
 *     |-----peerCloses, fail-----------------------------------------^
 *     '-----lose-----------------------------------------------------^
 * </pre>
 *
 * Whoever sees the connection end brings it to its end; the first one says why. Any thread, but for
 * what is said to be for the receiver.
 */
final class Connection {

    private static final long MOST_FAREWELL = 2_000_000_000; // to one who broke the protocol
    private static final long SHORT = 100_000_000;

    final Link link;
    final Sender sender;
    final Receiver receiver;
    private final long closeNanos;

    private final AtomicReference<@Nullable CloseCode> end = new AtomicReference<>(); // why
    private volatile boolean closing; // a Close was sent, or is to be
    private volatile long closeBy; // if it is closing; written before that
    private volatile boolean over; // the connection is closed; written after the end

    /**
     * After the handshake.
     *
     * @param first what came behind it, from a position to a limit
     */
    Connection(
            Link link,
            WebSocketOptions options,
            @Nullable Terms terms,
            byte[] first,
            int pos,
            int limit) {
        this.link = link;
        closeNanos = HubAccess.get().nanos(options.closeTimeout());
        boolean server = link.isServer();
        Deflation deflation = null;
        Inflation inflation = null;
        Compression how = options.compression();
        if (terms != null && how != null) {
            deflation =
                    server
                            ? new Deflation(how, terms.serverForgets(), terms.serverBits())
                            : new Deflation(how, terms.clientForgets(), terms.clientBits());
            inflation = new Inflation(server ? terms.clientForgets() : terms.serverForgets());
        }
        sender = new Sender(this, link, deflation);
        receiver =
                new Receiver(
                        this,
                        link,
                        sender,
                        new FrameDecoder(server, inflation != null, options.maxFrame()),
                        new MessageBuilder(options.maxMessage(), inflation),
                        options,
                        first,
                        pos,
                        limit);
    }

    // ---- close

    /** As {@link WebSocket#close(int, String)}. */
    void close(byte[] body) {
        if (!beginClosing(closeNanos)) {
            return;
        }
        boolean done = false;
        try {
            if (sender.close(body, closingLeft()) && receiver.enter(closingLeft())) {
                receiver.dropUntilClosed();
                done = true;
            }
        } catch (IOException e) {
            done = over; // the peer has broken the protocol, or has gone: it is closed
        } finally {
            if (!done) {
                lose();
            }
        }
    }

    /** False if somebody else has begun. */
    private synchronized boolean beginClosing(long nanos) {
        if (closing || over) {
            return false;
        }
        closeBy = HubAccess.get().nanoTime() + Math.min(nanos, Long.MAX_VALUE >> 1);
        closing = true;
        return true;
    }

    /** Whether a Close was sent, or received, or is about to be. */
    boolean isClosing() {
        return closing;
    }

    /** Nanoseconds until the connection is cut, if it is closing. */
    long closingLeft() {
        return closeBy - HubAccess.get().nanoTime();
    }

    /** The peer's Close has come; in the receiver. */
    void peerCloses(CloseCode code) {
        boolean ignored = end.compareAndSet(null, code);
        ignored = beginClosing(closeNanos);
        boolean clean = false;
        try {
            clean = sender.close(CloseCode.cutBody(code.code(), ""), closingLeft());
            if (clean && !link.isServer()) {
                receiver.dropUntilEnd(); // the server closes the connection first: RFC 6455, 7.1.1
            }
        } catch (IOException e) {
            return; // it has gone already
        } finally {
            finish(clean);
        }
    }

    /** The peer has broken the protocol; in the receiver. What is to be thrown. */
    WebSocketException fail(WebSocketException e) {
        String why = String.valueOf(e.getMessage());
        boolean ignored = end.compareAndSet(null, new CloseCode(e.closeCode(), why));
        ignored = beginClosing(Math.min(closeNanos, MOST_FAREWELL));
        try {
            if (sender.close(CloseCode.cutBody(e.closeCode(), why), closingLeft())) {
                // what is under way is read: or the kernel would send a reset, and lose the Close
                link.shutdownOutput();
                receiver.dropUntilEnd();
            }
        } catch (IOException gone) {
            return e; // and that is said
        } finally {
            finish(true);
        }
        return e;
    }

    /** Nothing comes any more; in the receiver. */
    void inputEnded() {
        if (!link.isStopping() || closing) {
            lose();
            return;
        }
        leave("the server stops", closeNanos);
    }

    /** The handler has returned. */
    void handlerEnded() {
        if (!over) {
            leave("", SHORT);
        }
    }

    private void leave(String why, long nanos) {
        boolean ignored = end.compareAndSet(null, new CloseCode(CloseCode.GOING_AWAY, why));
        boolean clean = false;
        try {
            if (beginClosing(nanos)) {
                clean = sender.close(CloseCode.cutBody(CloseCode.GOING_AWAY, why), closingLeft());
            }
        } catch (IOException e) {
            return; // the peer has gone first
        } finally {
            finish(clean);
        }
    }

    /** The connection is of no use any more. */
    void lose() {
        boolean ignored = end.compareAndSet(null, new CloseCode(CloseCode.LOST, ""));
        finish(false);
    }

    private void finish(boolean clean) {
        over = true;
        if (clean) {
            link.close();
        } else {
            link.abort();
        }
        receiver.releaseIfOver();
        sender.releaseIfOver();
    }

    // ---- state

    /** Whether the connection is closed. */
    boolean isOver() {
        return over;
    }

    /** Why it ends; null if it does not, as far as is known. */
    @Nullable CloseCode end() {
        return end.get();
    }

    /** What is thrown when it is used though it is closed. */
    WebSocketException closed() {
        CloseCode e = end.get();
        return e == null
                ? new WebSocketException(CloseCode.NORMAL, "this WebSocket was closed by this side")
                : new WebSocketException(e.code(), "this WebSocket is closed: " + e.shown());
    }

    /** What is thrown by a send that the connection did not take. */
    WebSocketException failedToSend(IOException e) {
        CloseCode why = end.get();
        return why != null
                ? new WebSocketException(why.code(), "this WebSocket is closed: " + why.shown(), e)
                : new WebSocketException(
                        CloseCode.LOST, "the connection is lost: " + e.getMessage(), e);
    }

    @Override
    public String toString() {
        CloseCode e = end.get();
        return (link.isServer() ? "server's, to " : "client's, to ")
                + link.remoteAddress()
                + (!closing && !over
                        ? ", open"
                        : e == null ? ", closing" : ", closed: " + e.shown());
    }
}
