package dev.jevent.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks whether bytes that come in pieces are UTF-8 (RFC 3629), and says so with the first one that
 * cannot be. For one thread at a time.
 */
final class Utf8 {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080808080808080L;
    private static final int LOW = 0x80;
    private static final int HIGH = 0xBF;

    private int need; // bytes that the character still lacks
    private int low = LOW; // what the next of them can be
    private int high = HIGH;

    /** Begins anew. */
    void reset() {
        need = 0;
        low = LOW;
        high = HIGH;
    }

    /** Whether no character is half there. */
    boolean isComplete() {
        return need == 0;
    }

    /** Takes the next bytes; false if they cannot be. */
    boolean accept(byte[] b, int off, int len) {
        int end = off + len;
        for (int i = off; i < end; ) {
            if (need > 0) {
                int c = b[i++] & 0xFF;
                if (c < low || c > high) {
                    return false;
                }
                low = LOW;
                high = HIGH;
                need--;
                continue;
            }
            while (i + 8 <= end && ((long) LONGS.get(b, i) & NOT_ASCII) == 0) {
                i += 8;
            }
            if (i < end) {
                int c = b[i++];
                if (c < 0 && !begin(c & 0xFF)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The first byte of a character that has several. */
    private boolean begin(int c) {
        if (c < 0xC2 || c > 0xF4) {
            return false;
        }
        need = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
        switch (c) {
            case 0xE0 -> low = 0xA0; // no longer than it must be
            case 0xED -> high = 0x9F; // no surrogates
            case 0xF0 -> low = 0x90;
            case 0xF4 -> high = 0x8F; // up to U+10FFFF
            default -> {
                return true;
            }
        }
        return true;
    }

    /** Whether this is all of a text. */
    static boolean isValid(byte[] b, int off, int len) {
        Utf8 utf8 = new Utf8();
        return utf8.accept(b, off, len) && utf8.isComplete();
    }

    /** How many bytes a text of so many chars may have. */
    static int most(int chars) {
        return 3 * chars;
    }

    /** Writes a text; half a pair of surrogates becomes a question mark. Where it ends. */
    static int encode(String text, byte[] to, int at) {
        int n = text.length();
        int end = at;
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                to[end++] = (byte) c;
            } else if (c < 0x800) {
                to[end++] = (byte) (0xC0 | c >> 6);
                to[end++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                to[end++] = (byte) (0xE0 | c >> 12);
                to[end++] = (byte) (0x80 | c >> 6 & 0x3F);
                to[end++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < n
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int whole = Character.toCodePoint(c, text.charAt(++i));
                to[end++] = (byte) (0xF0 | whole >> 18);
                to[end++] = (byte) (0x80 | whole >> 12 & 0x3F);
                to[end++] = (byte) (0x80 | whole >> 6 & 0x3F);
                to[end++] = (byte) (0x80 | whole & 0x3F);
            } else {
                to[end++] = '?';
            }
        }
        return end;
    }
}
