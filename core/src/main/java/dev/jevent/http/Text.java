package dev.jevent.http;

import dev.jevent.internal.Effort;
import dev.jevent.internal.Texts;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The characters of HTTP: RFC 9110 section 5.6 and RFC 3986. */
final class Text {

    private static final boolean[] TOKEN = table("!#$%&'*+-.^_`|~", true);
    private static final boolean[] HOST = table("!$&'()*+;=-._~%:[]", true);

    private Text() {}

    private static boolean[] table(String others, boolean alphanumeric) {
        var table = new boolean[256];
        for (char c = 0; c < 128; c++) {
            table[c] =
                    others.indexOf(c) >= 0
                            || alphanumeric
                                    && (c >= '0' && c <= '9'
                                            || c >= 'A' && c <= 'Z'
                                            || c >= 'a' && c <= 'z');
        }
        return table;
    }

    /** Whether a byte, or a character below 256, may be in a token. */
    static boolean isToken(int c) {
        return TOKEN[c & 0xFF];
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F || !TOKEN[text.charAt(i)]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static String checkName(String name) {
        if (!isToken(name)) {
            throw new IllegalArgumentException(
                    "no name of a header field: \"" + shown(name) + "\"");
        }
        return name;
    }

    /** Whether the field says where a message ends, or where it goes: not for others to set. */
    static boolean isFraming(String name) {
        return switch (name.length()) {
            case 4 -> name.equalsIgnoreCase("Host");
            case 7 -> name.equalsIgnoreCase("Upgrade") || name.equalsIgnoreCase("Trailer");
            case 10 -> name.equalsIgnoreCase("Connection");
            case 14 -> name.equalsIgnoreCase("Content-Length");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
    }

    /** Refuses what would end the field, or could not be sent. */
    static String checkValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7F || c > 0xFF) {
                throw new IllegalArgumentException(
                        "the field "
                                + name
                                + " must not have the character U+"
                                + String.format(java.util.Locale.ROOT, "%04X", (int) c)
                                + ": \""
                                + shown(value)
                                + "\"");
            }
        }
        return value;
    }

    /** The text with what could disturb a terminal or a log made visible, and not too long. */
    static String shown(String text) {
        int most = Math.min(text.length(), 200);
        StringBuilder shown = new StringBuilder(most + 16);
        for (int i = 0; i < most; i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '\\' && c != '"') {
                shown.append(c);
            } else if (c == '\\' || c == '"') {
                shown.append('\\').append(c);
            } else {
                shown.append(
                        c > 0xFF
                                ? String.format(java.util.Locale.ROOT, "\\u%04X", (int) c)
                                : String.format(java.util.Locale.ROOT, "\\x%02X", (int) c));
            }
        }
        return most < text.length() ? shown + "..." : shown.toString();
    }

    /**
     * Whether these bytes may be the value of a Host field: a name or an address, with a good port
     * if it has one, or nothing at all. No comma, for two of them may have been put together.
     */
    static boolean isHost(byte[] b, int from, int to) {
        int colon = -1;
        int bracket = -1;
        for (int i = from; i < to; i++) {
            int c = b[i];
            if (c < 0 || !HOST[c]) {
                return false;
            }
            if (c == '[' && i != from || c == ']' && (b[from] != '[' || bracket >= 0)) {
                return false;
            }
            if (c == ']') {
                bracket = i;
            } else if (c == ':' && (b[from] != '[' || bracket >= 0)) {
                if (colon >= 0) {
                    return false;
                }
                colon = i;
            }
        }
        if (from < to && b[from] == '[') {
            int end = colon < 0 ? to : colon;
            return bracket == end - 1 && bracket > from + 1 && isPort(b, colon, to);
        }
        return colon != from && isPort(b, colon, to);
    }

    /** Whether there is a port in what {@link #isHost} takes. */
    static boolean hasPort(byte[] b, int from, int to) {
        boolean isZero = true;
        int i = to;
        while (i > from && b[i - 1] >= '0' && b[i - 1] <= '9') {
            isZero &= b[--i] == '0';
        }
        return i > from && b[i - 1] == ':' && !isZero;
    }

    private static boolean isPort(byte[] b, int colon, int to) {
        if (colon < 0) {
            return true;
        }
        int port = 0;
        for (int i = colon + 1; i < to; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return false;
            }
            port = port * 10 + b[i] - '0';
            if (port > 0xFFFF) {
                return false;
            }
        }
        return true;
    }

    /** The items of a list, of which none is empty: RFC 9110, 5.6.1. A quoted comma is no end. */
    static void splitList(String value, List<String> to) {
        boolean quoted = false;
        int begin = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (c == ',' && !quoted) {
                addItem(value, begin, i, to);
                begin = i + 1;
            }
        }
        addItem(value, begin, value.length(), to);
    }

    private static void addItem(String value, int from, int end, List<String> to) {
        String item = value.substring(from, end).strip();
        if (!item.isEmpty()) {
            to.add(item);
        }
    }

    /** Without the quotes around it. */
    static String unquoted(String value) {
        int n = value.length();
        return n >= 2 && value.charAt(0) == '"' && value.charAt(n - 1) == '"'
                ? value.substring(1, n - 1)
                : value;
    }

    /** RFC 6265, 4.1.1: what may be the value of a cookie. */
    static boolean isCookieValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == '"' || c == ',' || c == ';' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private static int hex(byte c) {
        return c < 0 ? -1 : Character.digit(c, 16);
    }

    private static boolean isPlain(String text, boolean plus) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' || c > 0x7F || plus && c == '+') {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(byte[] b, int from, int to, boolean plus) {
        for (int i = from; i < to; i++) {
            if (b[i] == '%' || b[i] < 0 || plus && b[i] == '+') {
                return false;
            }
        }
        return true;
    }

    /**
     * With each %XX decoded, as UTF-8.
     *
     * @param text whose characters are bytes
     * @param plus whether a plus is a space, as in forms
     * @throws HttpException 400 if that is not possible
     */
    static String decode(String text, boolean plus) {
        if (isPlain(text, plus)) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return decode(bytes, 0, bytes.length, plus, new Effort());
    }

    /** The same of bytes, giving way in between if they are many. */
    static String decode(byte[] b, int from, int to, boolean plus, Effort effort) {
        if (to - from <= Effort.ROW && isPlain(b, from, to, plus)) {
            effort.did(to - from);
            return new String(b, from, to - from, StandardCharsets.US_ASCII);
        }
        var bytes = new byte[to - from];
        int n = 0;
        for (int i = from; i < to; n++) {
            byte c = b[i];
            if (c == '%') {
                int high = i + 2 < to ? hex(b[i + 1]) : -1;
                int low = i + 2 < to ? hex(b[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    throw new HttpException(400, "a bad % in an address or a form");
                }
                bytes[n] = (byte) (high << 4 | low);
                i += 3;
            } else {
                bytes[n] = plus && c == '+' ? (byte) ' ' : c;
                i++;
            }
            if ((n & Effort.ROW - 1) == Effort.ROW - 1) {
                effort.did(Effort.ROW);
            }
        }
        try {
            return Texts.decode(bytes, 0, n, StandardCharsets.UTF_8.newDecoder(), effort);
        } catch (CharacterCodingException e) {
            throw new HttpException(400, "an address or a form that is not UTF-8", e);
        }
    }
}
