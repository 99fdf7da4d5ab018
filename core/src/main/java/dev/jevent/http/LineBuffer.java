package dev.jevent.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A line of a log while it is made: ASCII only, whatever goes in, so that nothing a client has sent
 * ends the line, closes a quote or moves a terminal's cursor. Used again for the next one.
 */
final class LineBuffer {

    private static final int FIRST = 512;
    private static final int MOST = 4096; // characters of what somebody else chooses
    private static final int WIDEST = 6; // bytes of a character that is made visible
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.ISO_8859_1);

    private byte[] bytes = new byte[FIRST];
    private int size;

    LineBuffer clear() {
        size = 0;
        return this;
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    private void room(int n) {
        if (bytes.length - size < n) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + n));
        }
    }

    // ---- what we write ourselves

    LineBuffer put(char c) {
        room(1);
        bytes[size++] = (byte) c;
        return this;
    }

    LineBuffer put(String ascii) {
        int n = ascii.length();
        room(n);
        for (int i = 0; i < n; i++) {
            bytes[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    LineBuffer put(byte[] ascii) {
        room(ascii.length);
        System.arraycopy(ascii, 0, bytes, size, ascii.length);
        size += ascii.length;
        return this;
    }

    LineBuffer put(long number) {
        return number >= 0 && number < 10 ? put((char) ('0' + number)) : put(Long.toString(number));
    }

    /** So many digits, with zeros before them. */
    LineBuffer putDigits(long number, int digits) {
        room(digits);
        long left = number;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
        size += digits;
        return this;
    }

    // ---- what others have chosen

    /** As in the logs of well-known servers: {@code \"}, {@code \\}, {@code \x1B}. */
    LineBuffer putQuotable(String text) {
        return putVisible(text, false, true);
    }

    /** The same without quotes around it, where a quote is a character as others are. */
    LineBuffer putPlain(String text) {
        return putVisible(text, false, false);
    }

    /** The inside of a string of JSON, RFC 8259. */
    LineBuffer putJson(String text) {
        return putVisible(text, true, true);
    }

    private LineBuffer putVisible(String text, boolean json, boolean quotes) {
        int n = Math.min(text.length(), MOST);
        room(n);
        for (int i = 0; i < n; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && (!quotes || c != '"' && c != '\\')) {
                if (size == bytes.length) {
                    room(n - i);
                }
                bytes[size++] = (byte) c;
            } else {
                escape(c, json);
            }
        }
        return n < text.length() ? put("...") : this;
    }

    private void escape(char c, boolean json) {
        room(WIDEST);
        bytes[size++] = '\\';
        if (c == '"' || c == '\\') {
            bytes[size++] = (byte) c;
        } else if (json || c > 0xFF) {
            bytes[size++] = 'u';
            bytes[size++] = HEX[c >> 12];
            bytes[size++] = HEX[c >> 8 & 15];
            bytes[size++] = HEX[c >> 4 & 15];
            bytes[size++] = HEX[c & 15];
        } else {
            bytes[size++] = 'x';
            bytes[size++] = HEX[c >> 4];
            bytes[size++] = HEX[c & 15];
        }
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }
}
