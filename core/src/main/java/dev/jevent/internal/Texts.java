package dev.jevent.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/** Makes text of bytes that others have sent; of many of them piece by piece, giving way. */
public final class Texts {

    private Texts() {}

    /** As {@link String#String(byte[], int, int, Charset)}. */
    public static String decode(byte[] b, int off, int len, Charset charset, Effort effort) {
        if (len <= Effort.ROW) {
            effort.did(len);
            return new String(b, off, len, charset);
        }
        CharsetDecoder decoder =
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE);
        try {
            return decode(b, off, len, decoder, effort);
        } catch (CharacterCodingException e) {
            throw new AssertionError("it replaces what it cannot decode", e);
        }
    }

    /**
     * What the decoder makes of it.
     *
     * @throws CharacterCodingException if that reports something
     */
    public static String decode(byte[] b, int off, int len, CharsetDecoder decoder, Effort effort)
            throws CharacterCodingException {
        int end = off + len;
        ByteBuffer in = ByteBuffer.wrap(b, off, 0);
        CharBuffer out = CharBuffer.allocate(Math.clamp(len, 16, Effort.ROW));
        StringBuilder text = new StringBuilder(len);
        for (boolean last = false; !last; ) {
            int from = in.position();
            in.limit(Math.min(end, from + Effort.ROW));
            boolean all = in.limit() == end;
            CoderResult result = decoder.decode(in, out, all);
            if (result.isError()) {
                result.throwException();
            }
            last = all && result.isUnderflow();
            take(out, text);
            effort.did(in.position() - from);
        }
        while (decoder.flush(out).isOverflow()) {
            take(out, text);
        }
        take(out, text);
        return text.toString();
    }

    private static void take(CharBuffer out, StringBuilder text) {
        text.append(out.array(), 0, out.position());
        CharBuffer ignored = out.clear();
    }
}
