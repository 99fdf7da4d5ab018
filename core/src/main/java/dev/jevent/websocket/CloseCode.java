package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Why a connection ends: RFC 6455, 7.4, and the register of the IANA.
 *
 * @param code one of the wire, or 1005 (none was said) or 1006 (there was no Close), which are not
 * @param reason what was said, perhaps nothing
 */
record CloseCode(int code, String reason) {

    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL = 1002;
    static final int UNSUPPORTED = 1003;
    static final int NONE = 1005;
    static final int LOST = 1006;
    static final int BAD_DATA = 1007;
    static final int TOO_BIG = 1009;

    private static final int MOST_REASON = Frames.MOST_CONTROL - 2;

    /** Whether a Close may have it. */
    static boolean isOfTheWire(int code) {
        return code >= 1000 && code <= 1014 && code != 1004 && code != NONE && code != LOST
                || code >= 3000 && code <= 4999;
    }

    /** The body of a Close that a user wants to send. */
    static byte[] body(int code, String reason) {
        if (!isOfTheWire(code)) {
            throw new IllegalArgumentException(
                    "a Close cannot have the code "
                            + code
                            + "; use 1000 to 1003, 1007 to 1014, or 3000 to 4999 for your own");
        }
        byte[] body = bodyOf(code, reason);
        if (body.length > Frames.MOST_CONTROL) {
            throw new IllegalArgumentException(
                    "a reason to close of "
                            + (body.length - 2)
                            + " bytes in UTF-8; it can have "
                            + MOST_REASON);
        }
        return body;
    }

    /** The body of a Close, whose reason is cut to what it can have. */
    static byte[] cutBody(int code, @Nullable String reason) {
        if (code == NONE) {
            return new byte[0];
        }
        byte[] body = bodyOf(code, reason == null ? "" : reason);
        if (body.length <= Frames.MOST_CONTROL) {
            return body;
        }
        int end = Frames.MOST_CONTROL;
        while ((body[end] & 0xC0) == 0x80) {
            end--; // not in the middle of a character
        }
        return Arrays.copyOf(body, end);
    }

    private static byte[] bodyOf(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[2 + text.length];
        body[0] = (byte) (code >> 8);
        body[1] = (byte) code;
        System.arraycopy(text, 0, body, 2, text.length);
        return body;
    }

    /** What the peer has said in its Close. */
    static CloseCode of(byte[] body, int length) throws WebSocketException {
        if (length == 0) {
            return new CloseCode(NONE, "");
        }
        if (length == 1) {
            throw new WebSocketException(PROTOCOL, "a Close with half a code");
        }
        int code = (body[0] & 0xFF) << 8 | body[1] & 0xFF;
        if (!isOfTheWire(code)) {
            throw new WebSocketException(PROTOCOL, "a Close with the code " + code);
        }
        if (!Utf8.isValid(body, 2, length - 2)) {
            throw new WebSocketException(BAD_DATA, "a Close whose reason is not UTF-8");
        }
        return new CloseCode(code, new String(body, 2, length - 2, StandardCharsets.UTF_8));
    }

    /** For a message. */
    String shown() {
        return reason.isEmpty() ? code + "" : code + " " + reason;
    }
}
