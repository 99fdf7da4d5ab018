package dev.jevent.websocket;

import dev.jevent.Timeout;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.lock.RLock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The sending half of a {@link WebSocket}. A message has one lock and a frame another, so that
 * control frames go between the frames of a message. A small frame is put together in a buffer from
 * the pool and is one write; the buffer is taken when it is the frame's turn, and nobody has one
 * who waits for that.
 *
 * <p>Answers to pings are sent by whoever can do it without waiting: the receiver, or the one who
 * has just sent something. If there is no room, because the peer does not read, a helper waits for
 * it, one at most, and of the answers only the last is kept; so neither does the receiver wait nor
 * does anything pile up. Any thread.
 */
final class Sender {

    private static final int PIECE = 64 * 1024; // a peer that takes it lives
    private static final int START = Frames.MOST_HEADER; // of a payload in a buffer
    private static final byte[] NOTHING = Buffers.NONE;

    private final Connection owner;
    private final Link link;
    private final boolean masks;
    private final @Nullable Deflation deflation; // guarded by frames
    private final RLock messages = new RLock();
    private final RLock frames = new RLock();
    private boolean streaming; // guarded by messages
    private volatile boolean closeSent; // written under frames
    private volatile long moved; // how many large pieces were sent; written under frames

    private final AtomicReference<byte @Nullable []> pong = new AtomicReference<>();
    private final AtomicBoolean ping = new AtomicBoolean();
    private final AtomicBoolean helper = new AtomicBoolean();

    Sender(Connection owner, Link link, @Nullable Deflation deflation) {
        this.owner = owner;
        this.link = link;
        this.deflation = deflation;
        masks = !link.isServer();
    }

    /** Whether a Close was sent, or was tried to. */
    boolean isCloseSent() {
        return closeSent;
    }

    boolean isCompressed() {
        return deflation != null;
    }

    /** Whether it has a compressor. */
    boolean holds() {
        return deflation != null && deflation.holds();
    }

    /** A number that changes when the peer takes much. */
    long moved() {
        return moved;
    }

    // ---- messages

    void send(String text) throws IOException {
        int n = text.length();
        if (Utf8.most(n) > Buffers.SIZE - START || deflation != null && deflation.wants(n)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            send(Frames.TEXT, bytes, 0, bytes.length);
            return;
        }
        beginMessage();
        try {
            enter();
            byte[] buffer = Buffers.take();
            try {
                int end = Utf8.encode(text, buffer, START);
                writeFrame(Frames.FIN | Frames.TEXT, buffer, end);
                Buffers.give(buffer); // not if it throws: a write may still use it
            } finally {
                leave();
            }
        } finally {
            messages.unlock();
        }
    }

    void send(int opcode, byte[] b, int off, int len) throws IOException {
        beginMessage();
        try {
            enter();
            try {
                if (deflation != null && deflation.wants(len)) {
                    sendDeflated(deflation, opcode, b, off, len);
                } else {
                    sendPlain(Frames.FIN | opcode, b, off, len);
                }
            } finally {
                leave();
            }
        } finally {
            messages.unlock();
        }
    }

    /** The caller's message is the next; waits for those before it. */
    private void beginMessage() {
        messages.acquire();
        if (streaming) {
            messages.unlock();
            throw new IllegalStateException(
                    "this thread is sending a message as a stream; close that first");
        }
    }

    private void sendDeflated(Deflation d, int opcode, byte[] b, int off, int len)
            throws IOException {
        byte[] buffer = Buffers.take();
        int end = d.deflate(b, off, len, buffer, START);
        byte[] out = d.takeOut();
        if (end < 0) {
            Buffers.give(buffer);
            sendPlain(Frames.FIN | opcode, b, off, len);
            return;
        }
        writeFrame(Frames.FIN | Frames.RSV1 | opcode, out, end);
        Buffers.give(buffer);
    }

    private void sendPlain(int first, byte[] b, int off, int len) throws IOException {
        byte[] buffer = Buffers.take();
        int n = Math.min(len, buffer.length - START);
        System.arraycopy(b, off, buffer, START, n);
        if (n == len) {
            writeFrame(first, buffer, START + n);
        } else {
            int key = masks ? Frames.newKey() : 0;
            int begin = START - Frames.headerLength(len, masks);
            Frames.putHeader(buffer, begin, first, len, masks, key);
            if (masks) {
                Frames.mask(buffer, START, n, key, 0);
            }
            write(buffer, begin, START + n - begin);
            if (masks) {
                writeMasked(b, off, n, len, key);
            } else {
                write(b, off + n, len - n);
            }
        }
        Buffers.give(buffer);
    }

    /** What follows after so much; the caller's array stays as it is. */
    private void writeMasked(byte[] b, int off, int from, int len, int key) throws IOException {
        byte[] piece = new byte[Math.min(PIECE, len - from)];
        for (int done = from; done < len; ) {
            int n = Math.min(piece.length, len - done);
            System.arraycopy(b, off + done, piece, 0, n);
            Frames.mask(piece, 0, n, key, done);
            write(piece, 0, n);
            done += n;
        }
    }

    // ---- a message in pieces

    /** Nobody else sends a message until {@link #endStream}. */
    void beginStream() throws IOException {
        beginMessage();
        streaming = true;
        if (closeSent || owner.isOver()) {
            endStream();
            throw owner.closed();
        }
    }

    /** A frame of it, whose payload stands at the same place of a buffer as {@link #start} says. */
    void piece(int first, byte[] buffer, int end) throws IOException {
        enter();
        try {
            writeFrame(first, buffer, end);
        } finally {
            leave();
        }
    }

    static int start() {
        return START;
    }

    void checkStream() {
        if (!messages.isHeld()) {
            throw new IllegalStateException(
                    "a message that is sent as a stream belongs to the thread that has begun it");
        }
    }

    void endStream() {
        streaming = false;
        messages.unlock();
    }

    // ---- frames; under the lock

    private void enter() throws IOException {
        frames.acquire();
        if (closeSent || owner.isOver()) {
            frames.unlock();
            throw owner.closed();
        }
    }

    private void leave() {
        frames.unlock();
        if (pong.get() != null || ping.get()) {
            sendControls(); // of one who saw the lock taken
        }
        releaseIfOver();
    }

    /** One whose payload begins at {@link #START}. */
    private void writeFrame(int first, byte[] buffer, int end) throws IOException {
        int length = end - START;
        int begin = START - Frames.headerLength(length, masks);
        int key = masks ? Frames.newKey() : 0;
        Frames.putHeader(buffer, begin, first, length, masks, key);
        if (masks) {
            Frames.mask(buffer, START, length, key, 0);
        }
        write(buffer, begin, end - begin);
    }

    /** What is broken off here has spoiled the connection. */
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock
    private void write(byte[] b, int off, int len) throws IOException {
        boolean done = false;
        try {
            for (int sent = 0; sent < len; ) {
                int n = Math.min(PIECE, len - sent);
                link.write(b, off + sent, n);
                sent += n;
                moved += n == PIECE ? 1 : 0; // less says only that the kernel has room
            }
            done = true;
        } catch (IOException e) {
            throw owner.failedToSend(e);
        } finally {
            if (!done) {
                owner.lose();
            }
        }
    }

    private void writeControl(int opcode, byte[] payload) throws IOException {
        byte[] buffer = Buffers.take();
        System.arraycopy(payload, 0, buffer, START, payload.length);
        writeFrame(Frames.FIN | opcode, buffer, START + payload.length);
        Buffers.give(buffer);
    }

    // ---- control frames

    void ping(byte[] data) throws IOException {
        enter();
        try {
            writeControl(Frames.PING, data);
        } finally {
            leave();
        }
    }

    /** Answers a ping; does not wait. The array is given. */
    void pong(byte[] data) {
        pong.set(data);
        sendControls();
    }

    /** Sends a ping of its own; does not wait. */
    void ping() {
        ping.set(true);
        sendControls();
    }

    /** Sends what is to be sent, if that needs no waiting; or has it done. */
    private void sendControls() {
        while ((pong.get() != null || ping.get()) && !owner.isOver()) {
            if (!frames.tryLock()) {
                return; // whoever holds it looks when he leaves it
            }
            boolean room = link.canWriteNow();
            try {
                if (room) {
                    writeControls();
                }
            } finally {
                frames.unlock();
                releaseIfOver();
            }
            if (!room) {
                startHelper();
                return;
            }
        }
    }

    /** There is room, so it is not disturbed by what is meant for the greenlet's own business. */
    private void writeControls() {
        try {
            CallerAccess.get()
                    .<@Nullable Void>shielded(
                            () -> {
                                writeControlsNow();
                                return null;
                            });
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            return; // the connection is lost; the receiver finds that
        }
    }

    private void writeControlsNow() throws IOException {
        byte[] answer = pong.getAndSet(null);
        boolean asks = ping.getAndSet(false);
        if (!closeSent && answer != null) {
            writeControl(Frames.PONG, answer);
        }
        if (!closeSent && asks) {
            writeControl(Frames.PING, NOTHING);
        }
    }

    private void startHelper() {
        if (helper.compareAndSet(false, true)) {
            Thread ignored = Thread.ofVirtual().name("jevent-pong").start(this::help);
        }
    }

    private void help() {
        try {
            while ((pong.get() != null || ping.get()) && !owner.isOver()) {
                frames.lock();
                try {
                    writeControlsNow();
                } finally {
                    frames.unlock();
                    releaseIfOver();
                }
            }
        } catch (IOException e) {
            return; // the connection is lost; the receiver finds that
        } finally {
            helper.set(false);
        }
        sendControls(); // what came after the last look
    }

    /**
     * Sends a Close, if none was sent; nothing can be sent after it.
     *
     * @param nanos how long that may take
     * @return false if it was not possible in that time
     */
    boolean close(byte[] body, long nanos) throws IOException {
        long end = HubAccess.get().nanoTime() + nanos;
        if (!frames.acquire(Duration.ofNanos(Math.max(nanos, 0)))) {
            return false;
        }
        try {
            if (closeSent || owner.isOver()) {
                return true;
            }
            closeSent = true;
            long left = Math.max(0, end - HubAccess.get().nanoTime());
            if (link.knowsRoom()) {
                if (!link.awaitRoom(left)) {
                    return false;
                }
                writeControl(Frames.CLOSE, body);
                return true;
            }
            return writeInTime(body, left);
        } finally {
            frames.unlock();
            releaseIfOver();
        }
    }

    private boolean writeInTime(byte[] body, long nanos) throws IOException {
        var timeout = new Timeout(Duration.ofNanos(Math.max(nanos, 1_000_000)));
        try {
            timeout.run(() -> writeControl(Frames.CLOSE, body));
            return true;
        } catch (Timeout t) {
            if (t == timeout) {
                return false;
            }
            throw t;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** The connection has ended: either this finds the lock free, or its holder does the same. */
    void releaseIfOver() {
        if (deflation != null && owner.isOver() && frames.tryLock()) {
            try {
                deflation.release();
            } finally {
                frames.unlock();
            }
        }
    }
}
