package dev.jevent.ssl;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.internal.Effort;
import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The receiving half. A record goes straight into the caller's array if that is large enough, else
 * into a buffer from which the next reads are served. For one reader at a time.
 */
final class Reader {

    private static final int RECORD = 1024; // the work on one, however short, in bytes
    private static final VarHandle USER;

    static {
        try {
            USER = MethodHandles.lookup().findVarHandle(Reader.class, "user", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What the connection does when the engine wants more than to read on. */
    interface Events {

        /** The engine is in a handshake again, or wants to wrap. */
        void engineAsks(HandshakeStatus status) throws IOException;

        /** Nothing can be read any more. */
        IOException broken(SSLException cause);
    }

    private final Wire wire;
    private final SSLEngine engine;
    private final Events events;
    private final boolean suppressRaggedEofs;
    private volatile @Nullable Thread user; // who is inside of it
    private final Inbound in = new Inbound();
    private final Effort effort = new Effort(); // the user's
    private @Nullable ByteBuffer plain; // from its position to its limit; the user's
    private HandshakeStatus asks = HandshakeStatus.NOT_HANDSHAKING; // the user's
    private @Nullable IOException later; // found behind data that was there; the user's
    private volatile boolean ended;
    private volatile boolean notified;

    Reader(Wire wire, SSLEngine engine, Events events, boolean suppressRaggedEofs) {
        this.wire = wire;
        this.engine = engine;
        this.events = events;
        this.suppressRaggedEofs = suppressRaggedEofs;
    }

    // ---- one user at a time

    void enter() {
        if (!tryEnter()) {
            throw new ConcurrentObjectUseError(
                    "another greenlet already reads from this TLS socket: " + user);
        }
    }

    boolean tryEnter() {
        return USER.compareAndSet(this, (Thread) null, Thread.currentThread());
    }

    void leave() {
        in.releaseIfEmpty();
        USER.setRelease(this, (Thread) null);
    }

    // ---- by the user

    /**
     * Application data: at least one byte, and as much as there is without waiting.
     *
     * @return -1 at the end
     */
    int read(byte[] b, int off, int len, @Nullable Deadline deadline) throws IOException {
        effort.pause();
        if (plain != null) {
            effort.add(Effort.CALL);
            return takePlain(b, off, len);
        }
        ByteBuffer target = null;
        int got = 0;
        while (mayGoOn(got) && got < len) {
            if (!in.hasRecord()) {
                if (got > 0 || !receive(Integer.MAX_VALUE, deadline)) {
                    break;
                }
            } else if (len - got >= in.recordLength()) {
                target = target == null ? ByteBuffer.wrap(b, off, len) : target;
                unwrapTo(target, got > 0);
                got = target.position() - off;
            } else if (got > 0) {
                break;
            } else {
                asks = unwrapToPlain().getHandshakeStatus();
                if (plain != null) {
                    return takePlain(b, off, len);
                }
            }
        }
        return got > 0 ? got : -1;
    }

    /**
     * Does first what the engine asks for, unless there is data to hand over: a kill thrown from
     * there would lose it.
     */
    private boolean mayGoOn(int got) throws IOException {
        if (asks != HandshakeStatus.NOT_HANDSHAKING && asks != HandshakeStatus.FINISHED) {
            if (got > 0) {
                return false;
            }
            events.engineAsks(asks);
            asks = HandshakeStatus.NOT_HANDSHAKING;
        }
        if (later != null && got == 0) {
            throw later;
        }
        return !ended && later == null;
    }

    private void unwrapTo(ByteBuffer target, boolean hasData) throws IOException {
        try {
            asks = unwrap(target).getHandshakeStatus();
        } catch (IOException e) {
            if (!hasData) {
                throw e;
            }
            later = e;
        }
    }

    /** One record; data that it holds is for the next reads. */
    SSLEngineResult unwrapToPlain() throws IOException {
        ByteBuffer to = plain;
        if (to == null) {
            to = Buffers.take();
        } else {
            to.compact();
        }
        try {
            if (to.remaining() < Buffers.LONGEST_RECORD) {
                throw new SSLException("too much data came in the middle of a TLS handshake");
            }
            return unwrap(to);
        } finally {
            to.flip();
            if (to.hasRemaining()) {
                plain = to;
            } else {
                plain = null;
                Buffers.give(to);
            }
        }
    }

    /** Waits, if it is known that there is nothing to read. */
    void awaitNews(@Nullable Deadline deadline) throws IOException {
        if (plain == null && mayGoOn(0) && !in.hasRecord()) {
            wire.awaitNews(in, deadline);
        }
    }

    private int takePlain(byte[] b, int off, int len) {
        ByteBuffer from = plain;
        int n = Math.min(len, from.remaining());
        from.get(b, off, n);
        if (!from.hasRemaining()) {
            plain = null;
            Buffers.give(from);
        }
        return n;
    }

    private SSLEngineResult unwrap(ByteBuffer target) throws IOException {
        SSLEngineResult result;
        try {
            result = engine.unwrap(in.view(), target);
        } catch (SSLException e) {
            throw events.broken(e);
        }
        effort.add(RECORD + result.bytesProduced());
        if (result.getStatus() == Status.CLOSED) {
            ended = true;
            notified = true;
        }
        return result;
    }

    /** Whether more ciphertext came; else the stream has ended. */
    private boolean receive(int most, @Nullable Deadline deadline) throws IOException {
        if (wire.receive(in, most, deadline) >= 0) {
            return true;
        }
        if (!ended && !suppressRaggedEofs) {
            later = ragged();
            throw later;
        }
        ended = true;
        return false;
    }

    private static SSLException ragged() {
        return new SSLException(
                "the TLS connection was cut off: the peer, or somebody in between, has closed it"
                        + " without a close_notify, and data may be missing",
                new EOFException());
    }

    /** Up to the peer's close_notify, and not a byte further. */
    void awaitCloseNotify(@Nullable Deadline deadline) throws IOException {
        while (!ended) {
            if (plain != null) {
                throw new SSLException(
                        "cannot unwrap: the peer has sent data that was not read; read to the end");
            }
            if (in.hasRecord()) {
                asks = unwrapToPlain().getHandshakeStatus();
                boolean ignored = mayGoOn(0);
            } else if (!receive(in.recordLength() - in.remaining(), deadline)) {
                break;
            }
        }
        if (!notified) {
            throw ragged();
        }
        if (in.remaining() > 0) {
            throw new SocketException(
                    "cannot unwrap: the peer went on without TLS before this side had agreed");
        }
    }

    /** For a handshake: what was received and not unwrapped. */
    Inbound inbound() {
        return in;
    }

    // ---- anybody

    /** How much can be read without a look at the connection; a guess while somebody reads. */
    int available() {
        if (!tryEnter()) {
            return 0;
        }
        try {
            ByteBuffer b = plain;
            return b == null ? 0 : b.remaining();
        } finally {
            leave();
        }
    }

    /** Whether a read would find a record, data or the end without a look at the connection. */
    boolean hasBuffered() {
        if (!tryEnter()) {
            return false; // its reader will take it
        }
        try {
            return plain != null || later != null || ended || in.hasRecord();
        } finally {
            leave();
        }
    }

    /** No more is read. */
    void end() {
        ended = true;
    }

    /** Whether the peer's close_notify came. */
    boolean isNotified() {
        return notified;
    }
}
