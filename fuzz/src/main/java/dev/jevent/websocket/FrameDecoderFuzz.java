package dev.jevent.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Any bytes as frames of a client: they are taken or refused with a code that may be sent; the same
 * whether they come at once or in pieces, and never more payload than bytes. And whether they are
 * UTF-8 is what the JDK says of them.
 */
public final class FrameDecoderFuzz {

    private FrameDecoderFuzz() {}

    /** What Jazzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        boolean masked = input.length == 0 || (input[0] & 1) == 0;
        String whole = decode(input, input.length, masked);
        Random pieces = new Random(Arrays.hashCode(input));
        same(whole, decode(input, 1, masked), input);
        same(whole, decode(input, 1 + pieces.nextInt(1 + input.length), masked), input);
        utf8(input, 1 + pieces.nextInt(1 + input.length));
    }

    private static void same(String expected, String seen, byte[] input) {
        if (!expected.equals(seen)) {
            throw new IllegalStateException(
                    expected + " at once, and in pieces " + seen + ": " + Arrays.toString(input));
        }
    }

    private static final class Story implements FrameDecoder.Sink {
        private final StringBuilder text = new StringBuilder();
        private long payload;

        @Override
        public void begin(int opcode, boolean last, boolean compressed, long length) {
            text.append(opcode).append(last).append(compressed).append(length).append(' ');
        }

        @Override
        public void data(byte[] b, int off, int len) {
            payload += len;
            for (int i = off; i < off + len; i++) {
                text.append((char) (b[i] & 0xFF));
            }
        }

        @Override
        public boolean end() {
            text.append('|');
            return true;
        }
    }

    private static String decode(byte[] input, int piece, boolean masked) {
        FrameDecoder decoder = new FrameDecoder(masked, true, 1000);
        Story story = new Story();
        byte[] copy = input.clone(); // unmasked in its place
        try {
            for (int at = 0; at < copy.length; ) {
                int n = Math.min(piece, copy.length - at);
                int taken = decoder.feed(copy, at, n, story);
                if (taken != n) {
                    throw new IllegalStateException("it took " + taken + " of " + n);
                }
                at += n;
            }
        } catch (WebSocketException e) {
            if (e.closeCode() != 1002 && e.closeCode() != 1009) {
                throw new IllegalStateException("refused with " + e.closeCode(), e);
            }
            story.text.append(e.closeCode());
        }
        if (story.payload > input.length) {
            throw new IllegalStateException("more payload than bytes");
        }
        return story.text.toString();
    }

    private static void utf8(byte[] input, int piece) {
        Utf8 utf8 = new Utf8();
        boolean good = true;
        for (int at = 0; at < input.length && good; at += piece) {
            good = utf8.accept(input, at, Math.min(piece, input.length - at));
        }
        good &= utf8.isComplete();
        if (good != isUtf8(input)) {
            throw new IllegalStateException("UTF-8: " + good + ": " + Arrays.toString(input));
        }
    }

    private static boolean isUtf8(byte[] input) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
