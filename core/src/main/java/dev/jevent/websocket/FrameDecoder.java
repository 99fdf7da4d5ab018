package dev.jevent.websocket;

/**
 * Takes the bytes of one direction of a connection as they come, in pieces of any size, and tells a
 * {@link Sink} of the frames in them, unmasked. It refuses what RFC 6455, 5.2 to 5.5 do not allow
 * as early as it can be seen, and keeps nothing but the header of the frame that it is in. For one
 * thread at a time; after an exception it must not be fed any more.
 */
final class FrameDecoder {

    /** Who is told. What these throw comes out of {@link #feed}. */
    interface Sink {

        /**
         * A frame begins.
         *
         * @param last whether it is the last one of its message
         * @param compressed whether a compressed message begins with it
         * @param length of its payload
         */
        void begin(int opcode, boolean last, boolean compressed, long length)
                throws WebSocketException;

        /** A piece of its payload, which is not kept; the array is the one that was fed. */
        void data(byte[] b, int off, int len) throws WebSocketException;

        /** It is complete; whether the decoder goes on with the next one. */
        boolean end() throws WebSocketException;
    }

    private final boolean masked;
    private final boolean compressed;
    private final long maxFrame;
    private final byte[] header = new byte[Frames.MOST_HEADER];
    private int have; // bytes of the header
    private int need = 2; // bytes of the header, as far as is known
    private boolean inPayload;
    private long left; // of the payload
    private int key;
    private int done; // of the payload; only its last bits matter
    private boolean inMessage; // its last frame did not come yet
    private boolean control; // the frame

    /**
     * A decoder at the beginning of a stream.
     *
     * @param masked whether frames must be masked, those of a client, or must not
     * @param compressed whether messages may be
     * @param maxFrame bytes of a frame's payload
     */
    FrameDecoder(boolean masked, boolean compressed, long maxFrame) {
        this.masked = masked;
        this.compressed = compressed;
        this.maxFrame = maxFrame;
    }

    /** How much of the payload of a data frame has not come yet. */
    long remaining() {
        return inPayload && !control ? left : 0;
    }

    /** Whether no byte of the next frame was seen. */
    boolean isBetweenFrames() {
        return !inPayload && have == 0;
    }

    /**
     * Takes bytes, which are unmasked in their place.
     *
     * @return how many; fewer only if the sink wants no more
     * @throws WebSocketException 1002 if these are no frames, 1009 if one is too long
     */
    int feed(byte[] b, int off, int len, Sink sink) throws WebSocketException {
        int end = off + len;
        int at = off;
        while (at < end) {
            if (inPayload) {
                int n = (int) Math.min(left, end - at);
                if (masked) {
                    Frames.mask(b, at, n, key, done);
                    done += n;
                }
                left -= n;
                at += n;
                sink.data(b, at - n, n);
            } else {
                at = takeHeader(b, at, end);
                if (have < need) {
                    break;
                }
                begin(sink);
            }
            if (left == 0) {
                inPayload = false;
                have = 0;
                need = 2;
                if (!sink.end()) {
                    break;
                }
            }
        }
        return at - off;
    }

    private int takeHeader(byte[] b, int from, int end) throws WebSocketException {
        int at = from;
        while (at < end && have < need) {
            header[have++] = b[at++];
            if (have == 2) {
                checkStart();
                int length = header[1] & 0x7F;
                need = 2 + (length < 126 ? 0 : length == 126 ? 2 : 8) + (masked ? 4 : 0);
            }
        }
        return at;
    }

    /** What the first two bytes tell. */
    private void checkStart() throws WebSocketException {
        int opcode = header[0] & 0x0F;
        boolean last = (header[0] & Frames.FIN) != 0;
        control = opcode >= Frames.CLOSE;
        if (opcode > Frames.PONG || opcode > Frames.BINARY && !control) {
            throw bad("a frame with the reserved opcode " + opcode);
        }
        int reserved = header[0] & 0x70;
        boolean begins = opcode == Frames.TEXT || opcode == Frames.BINARY;
        if (reserved != 0 && !(reserved == Frames.RSV1 && compressed && begins)) {
            throw bad("a frame with reserved bits that were not agreed on");
        }
        if (((header[1] & Frames.MASKED) != 0) != masked) {
            throw bad(masked ? "a frame of a client without a mask" : "a masked frame of a server");
        }
        if (control) {
            if (!last || (header[1] & 0x7F) > Frames.MOST_CONTROL) {
                throw bad(last ? "a control frame of more than 125 bytes" : "half a control frame");
            }
        } else {
            if (begins == inMessage) {
                throw bad(
                        begins
                                ? "a message in the middle of another one"
                                : "a continuation of no message");
            }
            inMessage = !last;
        }
    }

    private void begin(Sink sink) throws WebSocketException {
        int length = header[1] & 0x7F;
        long n = length;
        int at = 2;
        if (length >= 126) {
            at = length == 126 ? 4 : 10;
            n = number(2, at);
            if (n < (length == 126 ? 126 : 0x1_0000)) { // also what is negative
                throw bad("a frame whose length is not as short as it can be, or no length");
            }
        }
        if (n > maxFrame && !control) {
            throw new WebSocketException(
                    CloseCode.TOO_BIG, "a frame of " + n + " bytes; it can have " + maxFrame);
        }
        if (masked) {
            key = (int) number(at, at + 4);
            done = 0;
        }
        left = n;
        inPayload = true;
        sink.begin(
                header[0] & 0x0F, (header[0] & Frames.FIN) != 0, (header[0] & Frames.RSV1) != 0, n);
    }

    private long number(int from, int to) {
        long n = 0;
        for (int i = from; i < to; i++) {
            n = n << 8 | header[i] & 0xFF;
        }
        return n;
    }

    private static WebSocketException bad(String what) {
        return new WebSocketException(CloseCode.PROTOCOL, what);
    }
}
