package dev.jevent.ssl;

import dev.jevent.internal.io.Deadline;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * One TLS connection: its engine, its two halves, and how far it is.
 *
 * <pre>
 *     new -- handshake --> established -- close_notify, each way --> closed
 *      |                      |
 *      +----------------------+---- failure --> broken
 * </pre>
 *
 * The handshake is made by the first who needs it, under the writer's lock, so that others wait for
 * it. One who is killed or timed out in it leaves it where it is, and the next goes on with it.
 */
final class Connection implements Reader.Events {

    final SSLEngine engine;
    final Reader reader;
    final Writer writer;
    private final Socket socket;
    private final Wire wire;
    private final Tasks tasks;
    private final Tls tls;
    private final Runnable onEstablished;
    private final String peer;
    private boolean begun; // guarded by writer.lock, and the next one
    private boolean seemsTls;
    private volatile long began; // milliseconds of the clock
    private volatile boolean established;
    private volatile boolean tls13;
    private volatile boolean everRead;
    private volatile boolean outputShut;
    private volatile boolean closed;
    private volatile @Nullable IOException failure;

    Connection(Tls tls, Socket socket, SSLEngine engine, String peer, Runnable onEstablished)
            throws IOException {
        this.tls = tls;
        this.socket = socket;
        this.engine = engine;
        this.peer = peer;
        this.onEstablished = onEstablished;
        this.wire = Wire.of(socket);
        this.tasks = new Tasks(engine, tls.settings().inThreads);
        this.writer = new Writer(wire, engine, tasks);
        this.reader = new Reader(wire, engine, this, tls.settings().suppressRaggedEofs);
    }

    boolean isEstablished() {
        return established;
    }

    long began() {
        return began;
    }

    private void check() throws IOException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        IOException f = failure;
        if (f != null) {
            throw new SSLException("this TLS connection is broken: " + f.getMessage(), f);
        }
    }

    // ---- handshake

    /** Makes it, if it was not made. */
    void handshake(int soTimeout) throws IOException {
        if (!established) {
            Duration limit = tls.settings().handshakeTimeout;
            Duration own = Duration.ofMillis(soTimeout);
            if (soTimeout > 0 && (limit.isZero() || limit.compareTo(own) > 0)) {
                limit = own;
            }
            handshake(limit);
        }
    }

    /** As {@link #handshake(int)}, in so much time; zero is without end. */
    void handshake(Duration limit) throws IOException {
        writer.lock.acquire();
        try {
            check();
            if (!established) {
                handshake(deadline(limit));
            }
        } finally {
            writer.lock.unlock();
        }
    }

    /** New keys for what this side sends from now on, and from the peer too; in TLS 1.3. */
    void updateKeys() throws IOException {
        writer.lock.acquire();
        try {
            check();
            if (tls13 && !outputShut) {
                engine.beginHandshake();
                writer.wrapAll();
                writer.flush(null);
                writer.releaseIfEmpty();
            }
        } finally {
            writer.lock.unlock();
        }
    }

    private @Nullable Deadline deadline(Duration limit) {
        return limit.isZero() ? null : Deadline.of(limit, "TLS handshake timed out: " + peer);
    }

    private void handshake(@Nullable Deadline deadline) throws IOException {
        if (!begun) {
            tls.lookAtFiles();
            began = System.currentTimeMillis(); // as sessions count
            engine.beginHandshake();
            begun = true;
        }
        try {
            shakeHands(deadline);
            writer.wrapAll();
            writer.flush(deadline);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            writer.releaseIfEmpty();
        }
        tls13 = engine.getSession().getProtocol().equals("TLSv1.3");
        established = true;
        onEstablished.run();
    }

    private void shakeHands(@Nullable Deadline deadline) throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        while (true) {
            switch (status) {
                case NEED_TASK -> {
                    tasks.run();
                    status = engine.getHandshakeStatus();
                }
                case NEED_WRAP -> status = goOn(writer.wrap(Inbound.EMPTY));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    writer.flush(deadline);
                    status = receive(deadline);
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private HandshakeStatus receive(@Nullable Deadline deadline) throws IOException {
        Inbound in = reader.inbound();
        while (!in.hasRecord()) {
            if (wire.receive(in, Integer.MAX_VALUE, deadline) < 0) {
                throw new EOFException("the peer closed the connection");
            }
            if (!seemsTls) {
                Failures.checkTls(in);
                seemsTls = in.remaining() > 1;
            }
        }
        return goOn(reader.unwrapToPlain());
    }

    private static HandshakeStatus goOn(SSLEngineResult result) throws SSLException {
        if (result.getStatus() == Status.CLOSED) {
            throw new SSLException("the peer has ended it");
        }
        return result.getHandshakeStatus();
    }

    /** Tells the peer, closes, and says what went wrong. */
    private IOException failed(IOException e) {
        if (closed) {
            return new SocketException("Socket closed"); // that is what went wrong
        }
        IOException f = e;
        if (!(e instanceof SocketTimeoutException)) {
            f = e == failure ? e : Failures.ofHandshake(peer, e);
        }
        failure = f;
        sayWhatEngineHas();
        hangUp();
        return f;
    }

    /** An alert, as far as that needs no waiting. Under the lock, or in the reader. */
    private void sayWhatEngineHas() {
        try {
            writer.answer();
            wire.discard(); // a close with unread data would be a reset, and lose the alert
        } catch (IOException e) {
            // the failure that it is about is thrown
            return;
        }
    }

    private void hangUp() {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use, and that is said already
            return;
        }
    }

    // ---- data

    int read(byte[] b, int off, int len, int soTimeout) throws IOException {
        handshake(soTimeout);
        reader.enter();
        try {
            check();
            everRead = true;
            Deadline deadline = Deadline.ofMillis(soTimeout, "Read timed out");
            return reader.read(b, off, len, deadline);
        } finally {
            reader.leave();
        }
    }

    /** Waits, if it is known that there is nothing to read. */
    void awaitNews(int soTimeout) throws IOException {
        handshake(soTimeout);
        reader.enter();
        try {
            check();
            reader.awaitNews(Deadline.ofMillis(soTimeout, "Read timed out"));
        } finally {
            reader.leave();
        }
    }

    void write(byte[] b, int off, int len, int soTimeout) throws IOException {
        handshake(soTimeout);
        writer.lock.acquire();
        try {
            check();
            checkOutput();
            writer.write(b, off, len);
        } finally {
            writer.lock.unlock();
        }
    }

    private void checkOutput() throws SocketException {
        if (outputShut) {
            throw new SocketException("Socket output is shutdown");
        }
    }

    @Override
    public void engineAsks(HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NEED_WRAP || tls13 || outputShut || engine.isInboundDone()) {
            writer.answer();
        } else if (engine.getUseClientMode()) {
            writer.lock.acquire();
            try {
                shakeHands(deadline(tls.settings().handshakeTimeout));
                writer.flush(null);
            } catch (SSLException e) {
                throw failure != null ? e : broken(e);
            } finally {
                writer.releaseIfEmpty();
                writer.lock.unlock();
            }
        } else {
            engine.closeOutbound();
            throw broken(new SSLException("the client wants to renegotiate, which is not allowed"));
        }
    }

    @Override
    public IOException broken(SSLException cause) {
        if (!established) {
            return cause; // by the handshake, which says it better
        }
        IOException f = Failures.ofConnection(peer, cause);
        failure = f;
        sayWhatEngineHas();
        hangUp();
        return f;
    }

    // ---- the end

    /** Sends a close_notify; nothing can be written any more. Waits until it is sent. */
    void shutdownOutput(int soTimeout) throws IOException {
        handshake(soTimeout);
        writer.lock.acquire();
        try {
            check();
            if (outputShut) {
                throw new SocketException("Socket output is already shutdown");
            }
            outputShut = true;
            writer.wrapCloseNotify();
            writer.flush(null);
        } finally {
            writer.releaseIfEmpty();
            writer.lock.unlock();
        }
    }

    /** Both sides say that they go on without TLS. */
    void unwrap(int soTimeout) throws IOException {
        if (!outputShut) {
            shutdownOutput(soTimeout);
        }
        reader.enter();
        try {
            check();
            reader.awaitCloseNotify(Deadline.ofMillis(soTimeout, "Read timed out"));
            closed = true;
        } finally {
            reader.leave();
        }
    }

    /** Says goodbye if that can be done at once: not in the middle of somebody's record. */
    void close() {
        boolean mayTalk = established && failure == null && !closed;
        closed = true;
        if (mayTalk && writer.lock.tryLock()) {
            try {
                if (!outputShut) {
                    outputShut = true;
                    writer.wrapCloseNotify();
                }
                writer.flushNow();
                discardTickets();
            } catch (IOException e) {
                // the peer has gone first
                return;
            } finally {
                writer.lock.unlock();
            }
        }
    }

    /**
     * A client that only ever wrote has not read the session tickets of TLS 1.3. A close with them
     * unread would be a reset, and the server might lose what was written.
     */
    private void discardTickets() throws IOException {
        if (tls13 && !everRead && engine.getUseClientMode() && reader.tryEnter()) {
            try {
                wire.discard();
            } finally {
                reader.leave();
            }
        }
    }

    boolean isOutputShut() {
        return outputShut;
    }
}
