package dev.jevent.ssl;

import dev.jevent.internal.io.Deadline;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The sending half. Everything that is wrapped goes through one buffer, in the order in which the
 * engine made it, and whoever holds the lock sends it. A write that is broken off leaves the rest
 * of its last records there: they go out before anything else, so that the stream stays whole.
 */
@SuppressWarnings("ByteBufferBackingArray") // they all come from allocate
final class Writer {

    private static final int MOST_UNANSWERED = 1000;

    /** Who wraps or sends, or shakes hands, holds it; others wait for their turn. */
    final RLock lock = new RLock();

    private final Wire wire;
    private final SSLEngine engine;
    private final Tasks tasks;
    private @Nullable ByteBuffer out; // up to its position; guarded by lock
    private int sent; // of it; guarded by lock
    private int unanswered; // the reader's
    private int packet; // the longest record that the engine makes; guarded by lock

    Writer(Wire wire, SSLEngine engine, Tasks tasks) {
        this.wire = wire;
        this.engine = engine;
        this.tasks = tasks;
    }

    // ---- under the lock

    /** Wraps and sends all of it. */
    void write(byte[] b, int off, int len) throws IOException {
        flush(null);
        ByteBuffer source = ByteBuffer.wrap(b, off, len);
        try {
            while (source.hasRemaining()) {
                do {
                    wrapSome(source);
                } while (source.hasRemaining() && hasRoom());
                flush(null);
            }
        } finally {
            releaseIfEmpty();
        }
    }

    private void wrapSome(ByteBuffer source) throws IOException {
        int before = source.remaining();
        SSLEngineResult result = wrap(source);
        if (result.getStatus() == Status.CLOSED) {
            throw new SocketException(
                    "this TLS connection is closed for writing: close_notify was "
                            + (engine.isInboundDone() ? "received" : "sent"));
        }
        if (result.bytesProduced() == 0 && source.remaining() == before) {
            if (result.getHandshakeStatus() != HandshakeStatus.NEED_TASK) {
                throw new SSLException("TLS cannot go on, it is in state " + result);
            }
            tasks.run();
        }
    }

    private boolean hasRoom() {
        ByteBuffer b = out;
        return b == null || b.remaining() >= packet;
    }

    /** One record; of application data if there is some and the engine has nothing else to say. */
    SSLEngineResult wrap(ByteBuffer source) throws SSLException {
        if (packet == 0) {
            packet = engine.getSession().getPacketBufferSize();
        }
        ByteBuffer to = room(packet);
        SSLEngineResult result = engine.wrap(source, to);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            packet = engine.getSession().getPacketBufferSize();
            result = engine.wrap(source, room(packet));
        }
        return result;
    }

    private ByteBuffer room(int size) {
        ByteBuffer b = out;
        if (b == null) {
            sent = 0;
            b = Buffers.take();
        } else if (b.remaining() < size) {
            ByteBuffer larger =
                    ByteBuffer.allocate(b.position() - sent + Math.max(size, b.capacity()));
            larger.put(b.array(), sent, b.position() - sent);
            sent = 0;
            b = larger;
        }
        out = b;
        return b;
    }

    /** How many bytes wait to be sent. */
    int pending() {
        ByteBuffer b = out;
        return b == null ? 0 : b.position() - sent;
    }

    /** Sends what waits. */
    void flush(@Nullable Deadline deadline) throws IOException {
        ByteBuffer b = out;
        if (b != null) {
            while (sent < b.position()) {
                sent += wire.send(b.array(), sent, b.position() - sent, deadline);
            }
            b.clear();
            sent = 0;
        }
    }

    /** Sends what waits, as far as that needs no waiting. */
    void flushNow() throws IOException {
        ByteBuffer b = out;
        if (b != null && sent < b.position()) {
            sent += wire.sendNow(b.array(), sent, b.position() - sent);
        }
        releaseIfEmpty();
    }

    void releaseIfEmpty() {
        ByteBuffer b = out;
        if (b != null && sent == b.position()) {
            out = null;
            sent = 0;
            Buffers.give(b);
        }
    }

    /** Everything that the engine has to say of itself: alerts, tickets, new keys. */
    void wrapAll() throws SSLException {
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            SSLEngineResult result = wrap(Inbound.EMPTY);
            if (result.bytesProduced() == 0
                    && result.getHandshakeStatus() != HandshakeStatus.FINISHED) {
                return;
            }
        }
    }

    /** No more application data. Does not send it yet. */
    void wrapCloseNotify() throws SSLException {
        engine.closeOutbound();
        wrapAll();
    }

    // ---- without the lock

    /**
     * For the reader, to whom the peer said something that wants an answer. It must not wait here
     * for a writer, nor for the peer to read: that one may do the same. What cannot be sent now
     * goes with the next write; that is early enough for the answer to a key update (RFC 8446,
     * 4.6.3).
     */
    void answer() throws IOException {
        if (lock.tryLock()) {
            try {
                answerAll();
            } finally {
                lock.unlock();
            }
        } else if (++unanswered > MOST_UNANSWERED) {
            lock.acquire(); // a peer that asks and asks, and does not read, gets no further
            try {
                answerAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void answerAll() throws IOException {
        unanswered = 0;
        wrapAll();
        if (pending() > Buffers.SIZE) {
            flush(null);
        }
        flushNow();
    }
}
