package dev.jevent.websocket;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.internal.CallerAccess;
import dev.jevent.lock.Semaphore;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

/**
 * The receiving half of a {@link WebSocket}. Nothing is read unless somebody receives, and no
 * buffer is held while nothing comes. What was taken from the connection is in the buffer, the
 * decoder or the builder at every moment in which this waits, so that a kill loses nothing.
 *
 * <p>One receives at a time. Who closes takes over when that one leaves.
 */
final class Receiver {

    private static final long MOST_DROPPED = 1 << 20; // of a peer that has broken the protocol
    private static final int SLICE = 512; // of a compressed message that is streamed
    private static final long MILLI = 1_000_000;

    private final Connection owner;
    private final Link link;
    private final Sender sender;
    private final FrameDecoder decoder;
    private final MessageBuilder builder;
    private final Pulse pulse;

    private final Semaphore role = new Semaphore(1);

    // of who has the role
    private byte[] buffer;
    private int pos;
    private int limit;
    private @Nullable MessageStream stream;
    private long moved; // the sender's count, at the last look

    /**
     * A receiver.
     *
     * @param first what came behind the handshake, from a position to a limit
     */
    Receiver(
            Connection owner,
            Link link,
            Sender sender,
            FrameDecoder decoder,
            MessageBuilder builder,
            WebSocketOptions options,
            byte[] first,
            int pos,
            int limit) {
        this.owner = owner;
        this.link = link;
        this.sender = sender;
        this.decoder = decoder;
        this.builder = builder;
        pulse = new Pulse(options);
        buffer = first;
        this.pos = pos;
        this.limit = limit;
        giveEmptyBuffer();
    }

    // ---- one at a time

    private void enter() {
        if (!role.tryAcquire()) {
            if (!owner.isClosing()) {
                throw new ConcurrentObjectUseError(
                        "another greenlet already receives from this WebSocket: " + owner);
            }
            role.acquire(); // who closes reads to the end
        }
    }

    private void leave() {
        giveEmptyBuffer();
        role.release();
        releaseIfOver();
    }

    /** For who closes: false if somebody receives and goes on with that for too long. */
    boolean enter(long nanos) {
        return role.acquire(Duration.ofNanos(Math.max(nanos, 0)));
    }

    /** The connection has ended: either this finds the role free, or who has it does the same. */
    void releaseIfOver() {
        if (owner.isOver() && role.tryAcquire()) {
            giveBuffer();
            builder.release();
            role.release();
        }
    }

    /** Whether it has a buffer, a part of a message or a decompressor. */
    boolean holds() {
        return buffer.length > 0 || builder.holds();
    }

    // ---- messages

    @Nullable Message receive() throws IOException {
        enter();
        try {
            return message();
        } finally {
            leave();
        }
    }

    @Nullable String receiveText() throws IOException {
        enter();
        try {
            Message m = message();
            if (m instanceof Message.Binary) {
                throw owner.fail(
                        new WebSocketException(CloseCode.UNSUPPORTED, "only text is wanted here"));
            }
            return m instanceof Message.Text(String text) ? text : null;
        } finally {
            leave();
        }
    }

    private @Nullable Message message() throws IOException {
        checkNoStream();
        int event = MessageBuilder.NOTHING;
        while (event != MessageBuilder.MESSAGE) {
            event = next(Integer.MAX_VALUE);
            if (event == Frames.CLOSE) {
                return null;
            }
        }
        return builder.takeMessage();
    }

    private void checkNoStream() {
        if (stream != null && !owner.isOver()) {
            throw new IllegalStateException(
                    "a message is being received as a stream; read that to its end or close it"
                            + " first");
        }
    }

    /** The next message as a stream; null at the end. */
    @Nullable MessageStream stream() throws IOException {
        enter();
        try {
            checkNoStream();
            builder.stream(true);
            boolean begun = false;
            try {
                int event = MessageBuilder.NOTHING;
                while (builder.isIdle() && event != MessageBuilder.MESSAGE) {
                    event = next(slice());
                    if (event == Frames.CLOSE) {
                        return null;
                    }
                }
                begun = true;
                stream = new MessageStream(this, builder.isText(), event == MessageBuilder.MESSAGE);
                return stream;
            } finally {
                if (!begun) {
                    builder.stream(false);
                }
            }
        } finally {
            leave();
        }
    }

    /** Bytes of the stream; -1 at its end. */
    int read(MessageStream from, byte[] b, int off, int len) throws IOException {
        enter();
        try {
            if (stream != from) {
                if (from.isComplete()) {
                    return -1;
                }
                throw owner.closed(); // who closes has taken over
            }
            while (builder.available() == 0) {
                if (from.isComplete()) {
                    stream = null;
                    builder.stream(false);
                    return -1;
                }
                int event = next(slice());
                if (event == Frames.CLOSE) {
                    throw owner.closed();
                }
                if (event == MessageBuilder.MESSAGE) {
                    from.complete();
                }
            }
            return builder.take(b, off, len);
        } finally {
            leave();
        }
    }

    /** What is kept of a message that is streamed is bounded, also if it is decompressed. */
    private int slice() {
        return builder.mayInflate() ? SLICE : Integer.MAX_VALUE;
    }

    // ---- the end

    /** Reads and drops until the peer has closed; the caller has the role, which this leaves. */
    void dropUntilClosed() throws IOException {
        try {
            stream = null;
            builder.stream(true); // keeps nothing
            while (next(slice()) != Frames.CLOSE) {
                builder.drop();
            }
        } finally {
            leave();
        }
    }

    /** Reads and drops, whatever it is, until the connection ends; the caller has the role. */
    void dropUntilEnd() throws IOException {
        byte[] b = buffer.length == Buffers.SIZE ? buffer : Buffers.take();
        buffer = Buffers.NONE;
        pos = 0;
        limit = 0;
        for (long all = 0, n = 0; n >= 0 && all < MOST_DROPPED; all += n) {
            int millis = millis(owner.closingLeft());
            if (millis <= 0) {
                return;
            }
            try {
                link.awaitInput(millis);
                n = link.read(b, 0, b.length);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    // ---- frames

    /**
     * Goes on by a piece of input; does what control frames ask for.
     *
     * @param most bytes to decode at once
     * @return {@code MESSAGE} when one is complete, {@code CLOSE} when there will be none any more
     */
    private int next(int most) throws IOException {
        builder.effort().pause();
        if (owner.isOver()) {
            return Frames.CLOSE;
        }
        int event;
        try {
            if (pos == limit && !fill()) {
                return Frames.CLOSE;
            }
            if (pos < limit) {
                int n = Math.min(most, limit - pos);
                int taken = decoder.feed(buffer, pos, n, builder);
                pos += taken;
                builder.effort().add(taken);
            }
            event = builder.takeEvent();
            if (event == Frames.CLOSE) {
                CloseCode code = CloseCode.of(builder.control(), builder.controlSize());
                owner.peerCloses(code);
            }
        } catch (WebSocketException e) {
            if (owner.isOver()) {
                throw e;
            }
            throw owner.fail(e);
        }
        if (event == Frames.PING) {
            sender.pong(Arrays.copyOf(builder.control(), builder.controlSize()));
        }
        return event;
    }

    private void giveEmptyBuffer() {
        if (pos == limit) {
            giveBuffer();
        }
    }

    private void giveBuffer() {
        Buffers.give(buffer);
        buffer = Buffers.NONE;
        pos = 0;
        limit = 0;
    }

    /** Receives more; false if nothing comes any more, and then all about that is done. */
    private boolean fill() throws IOException {
        giveBuffer();
        boolean idle = decoder.isBetweenFrames() && builder.isIdle() && !owner.isClosing();
        pulse.begin();
        if (idle) {
            link.idle(true);
        }
        int n = 0;
        try {
            while (n == 0) {
                n = readInTime();
            }
        } catch (WebSocketException e) {
            throw e;
        } catch (IOException e) {
            if (CallerAccess.get().isInterruption(e)) { // in the portable mode: it has closed it
                owner.lose();
                throw e;
            }
            n = -1;
        } finally {
            if (idle) {
                link.idle(false);
            }
            pulse.pause();
        }
        if (n < 0) {
            owner.inputEnded();
        }
        return n > 0;
    }

    /** As a read, and zero if nothing has come in time but may still come. */
    private int readInTime() throws IOException {
        try {
            return read();
        } catch (SocketTimeoutException e) {
            return goesOn() ? 0 : -1;
        }
    }

    /** At least a byte, or -1 at the end; what belongs to a large frame goes where it is needed. */
    private int read() throws IOException {
        link.awaitInput(timeout());
        int room = builder.roomFor(decoder.remaining());
        int n;
        if (room > 0) {
            n = link.read(builder.array(), builder.size(), room);
            if (n > 0) {
                int taken = decoder.feed(builder.array(), builder.size(), n, builder);
                builder.effort().add(taken);
            }
        } else {
            buffer = Buffers.take();
            n = link.read(buffer, 0, buffer.length);
            limit = Math.max(n, 0);
        }
        if (n > 0) {
            pulse.heard();
        }
        return n;
    }

    // ---- time

    /** How long to wait for input, as {@code SO_TIMEOUT}; zero is without end. */
    private int timeout() throws SocketTimeoutException {
        if (!owner.isClosing()) {
            return pulse.isTimed() ? Math.max(1, millis(pulse.next())) : 0;
        }
        int left = millis(owner.closingLeft());
        if (left <= 0) {
            throw new SocketTimeoutException("the peer does not close");
        }
        return left;
    }

    private static int millis(long nanos) {
        return (int) Math.min(Integer.MAX_VALUE, (nanos + MILLI - 1) / MILLI);
    }

    /** Nothing has come for a while. */
    private boolean goesOn() throws IOException {
        if (owner.isClosing()) {
            return owner.closingLeft() > 0;
        }
        if (sender.moved() != moved) {
            moved = sender.moved(); // it takes what we send, and has other things to do
            pulse.heard();
        }
        switch (pulse.look()) {
            case GONE -> {
                return link.canReadNow(); // or it was this side that had no time
            }
            case ASK -> sender.ping();
            case WAIT -> {
                return true;
            }
        }
        return true;
    }
}
