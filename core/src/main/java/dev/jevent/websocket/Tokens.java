package dev.jevent.websocket;

import java.util.Locale;

/** Words of HTTP header fields (RFC 9110, 5.6.2). */
final class Tokens {

    private static final String OTHERS = "!#$%&'*+-.^_`|~";

    private Tokens() {}

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean word = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!word && OTHERS.indexOf(c) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /**
     * The text, if it is a token.
     *
     * @throws IllegalArgumentException if it is none
     */
    static String check(String text) {
        if (!isToken(text)) {
            throw new IllegalArgumentException("this is no token of HTTP: \"" + shown(text) + "\"");
        }
        return text;
    }

    /** Short, and without what no log should have. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 200); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F) {
                shown.append(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return text.length() > 200 ? shown.append('…').toString() : shown.toString();
    }
}
