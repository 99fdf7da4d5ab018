package dev.jevent.websocket;

import dev.jevent.internal.Effort;
import dev.jevent.internal.Texts;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes messages of frames: puts them together, decompresses them, looks whether text is UTF-8
 * while it comes, and keeps to the limit. A message that is complete in the buffer that came is
 * made from there, without a copy in between. For the receiver.
 *
 * <p>It stops the decoder after each message and each control frame; {@link #takeEvent} says what
 * it was. While a message is {@linkplain #stream streamed} it keeps only what was not taken yet.
 */
final class MessageBuilder implements FrameDecoder.Sink {

    static final int NOTHING = -1;
    static final int MESSAGE = Frames.BINARY; // also of text

    private static final int MOST = Integer.MAX_VALUE - 16; // an array of this JVM
    private static final int FIRST = 4 * 1024; // set aside for a message of unknown length

    private final int maxMessage;
    private final @Nullable Inflation inflation;
    private final Effort effort = new Effort();
    private final Utf8 utf8 = new Utf8();

    private byte[] control = Buffers.NONE; // made when it is needed
    private int controlSize;
    private int event = NOTHING;

    // the frame
    private int opcode;
    private boolean last;
    private long frameLength;
    private long frameLeft;

    // the message
    private boolean inMessage;
    private boolean text;
    private boolean compressed;
    private boolean whole; // one frame, as it is
    private boolean streamed;
    private byte[] bytes = Buffers.NONE;
    private int size;
    private int taken; // if it is streamed
    private @Nullable Message message; // complete

    MessageBuilder(int maxMessage, @Nullable Inflation inflation) {
        this.maxMessage = maxMessage;
        this.inflation = inflation;
    }

    // ---- for the decoder

    @Override
    public void begin(int code, boolean isLast, boolean isCompressed, long length)
            throws WebSocketException {
        opcode = code;
        effort.add(Effort.CALL);
        if (code >= Frames.CLOSE) {
            controlSize = 0;
            if (length > control.length) {
                control = new byte[Frames.MOST_CONTROL];
            }
            return;
        }
        last = isLast;
        frameLength = length;
        frameLeft = length;
        if (code != Frames.CONTINUATION) {
            inMessage = true;
            text = code == Frames.TEXT;
            compressed = isCompressed;
            utf8.reset();
        }
        whole = code != Frames.CONTINUATION && last && !compressed && !streamed;
        if (!streamed && !compressed && size + length > maxMessage) {
            throw tooBig();
        }
    }

    private WebSocketException tooBig() {
        return new WebSocketException(
                CloseCode.TOO_BIG, "a message of more than " + maxMessage + " bytes");
    }

    @Override
    public void data(byte[] b, int off, int len) throws WebSocketException {
        if (opcode >= Frames.CLOSE) {
            System.arraycopy(b, off, control, controlSize, len);
            controlSize += len;
        } else if (whole && len == frameLength) {
            message = make(b, off, len);
        } else if (compressed) {
            inflation().data(b, off, len, this);
        } else {
            whole = false;
            if (b != bytes) {
                grow(size + len, expected());
                System.arraycopy(b, off, bytes, size, len);
            }
            frameLeft -= len;
            added(len);
        }
    }

    private Inflation inflation() {
        Inflation i = inflation;
        if (i == null) {
            throw new AssertionError("the decoder lets no compressed message through");
        }
        return i;
    }

    private Message make(byte[] b, int off, int len) throws WebSocketException {
        if (!text) {
            return new Message.Binary(Arrays.copyOfRange(b, off, off + len));
        }
        if (!utf8.accept(b, off, len) || !utf8.isComplete()) {
            throw notText();
        }
        return new Message.Text(Texts.decode(b, off, len, StandardCharsets.UTF_8, effort));
    }

    private static WebSocketException notText() {
        return new WebSocketException(CloseCode.BAD_DATA, "a text that is not UTF-8");
    }

    @Override
    public boolean end() throws WebSocketException {
        if (opcode >= Frames.CLOSE) {
            event = opcode;
            return false;
        }
        if (!last) {
            return true;
        }
        if (compressed) {
            inflation().end(this);
        }
        if (text && !utf8.isComplete()) {
            throw notText();
        }
        inMessage = false;
        event = MESSAGE;
        if (!streamed && message == null) {
            message = make();
        }
        return false;
    }

    private Message make() {
        byte[] b = bytes;
        int n = size;
        forget();
        return text
                ? new Message.Text(Texts.decode(b, 0, n, StandardCharsets.UTF_8, effort))
                : new Message.Binary(n == b.length ? b : Arrays.copyOf(b, n));
    }

    private void forget() {
        bytes = Buffers.NONE;
        size = 0;
        taken = 0;
    }

    // ---- the bytes of a message

    /** How long the message will be, as far as is known: many frames may follow this one. */
    private long expected() {
        return last ? size + frameLeft : streamed ? MOST : maxMessage;
    }

    /**
     * Makes room up to a size. No more than twice what has come is set aside: a length is quickly
     * said.
     *
     * @param expected what the size will be, as far as is known
     */
    private void grow(int needed, long expected) {
        if (needed > bytes.length) {
            long larger = Math.max(needed, Math.max(2L * bytes.length, FIRST));
            bytes = Arrays.copyOf(bytes, (int) Math.min(larger, Math.max(needed, expected)));
        }
    }

    /** Of a message that is decompressed: makes room for more, and answers how much there is. */
    int roomForMore() throws WebSocketException {
        if (size == bytes.length) {
            grow(size + 1, streamed ? MOST : maxMessage + 1L); // one is too much
        }
        return bytes.length - size;
    }

    /** Where the message is put together. */
    byte[] array() {
        return bytes;
    }

    /** How much of the array is in use. */
    int size() {
        return size;
    }

    /** So much was put behind it. */
    void added(int n) throws WebSocketException {
        if (text && !utf8.accept(bytes, size, n)) {
            throw notText();
        }
        size += n;
        if (size > maxMessage && !streamed) {
            throw tooBig();
        }
    }

    /**
     * Room in the array for what follows of this frame, so that it can be received there; zero if
     * it is better received elsewhere.
     */
    int roomFor(long remaining) {
        if (compressed || streamed || remaining < Buffers.SIZE) {
            return 0;
        }
        whole = false;
        grow(
                (int) Math.max(size + Buffers.SIZE, Math.min(2L * size, maxMessage)),
                size + remaining);
        return (int) Math.min(remaining, bytes.length - size);
    }

    /** The work on what comes. */
    Effort effort() {
        return effort;
    }

    // ---- for the receiver

    /** What the decoder stopped at: an opcode, {@link #MESSAGE}, or nothing. */
    int takeEvent() {
        int e = event;
        event = NOTHING;
        return e;
    }

    /** Whether no message is under way. */
    boolean isIdle() {
        return !inMessage;
    }

    /** The message that is complete. */
    Message takeMessage() {
        Message m = message;
        if (m == null) {
            throw new AssertionError("no message is complete");
        }
        message = null;
        return m;
    }

    /** The payload of the last control frame; valid up to {@link #controlSize}. */
    byte[] control() {
        return control;
    }

    int controlSize() {
        return controlSize;
    }

    // ---- streams

    /** The next message, or what there is of one, is taken in pieces; or that is over. */
    void stream(boolean on) {
        streamed = on;
        whole = false;
        if (!on) {
            forget();
        }
    }

    /** Whether the message that is streamed has begun, and is text. */
    boolean isText() {
        return text;
    }

    /** Whether what comes next may be more than it looks. */
    boolean mayInflate() {
        return inflation != null && (compressed || !inMessage);
    }

    int available() {
        return size - taken;
    }

    int take(byte[] b, int off, int len) {
        int n = Math.min(len, size - taken);
        System.arraycopy(bytes, taken, b, off, n);
        taken += n;
        if (taken == size) {
            size = 0;
            taken = 0;
        }
        return n;
    }

    /** What is there of a message that is streamed is not wanted. */
    void drop() {
        size = 0;
        taken = 0;
    }

    /** Whether it has memory outside of the heap, or of a message. */
    boolean holds() {
        return bytes.length > 0 || inflation != null && inflation.holds();
    }

    /** The connection has ended. */
    void release() {
        forget();
        if (inflation != null) {
            inflation.release();
        }
    }
}
