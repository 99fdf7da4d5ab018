package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One element of a Sec-WebSocket-Extensions field (RFC 6455, 9.1).
 *
 * @param name what it is
 * @param parameters in their order
 */
record Extension(String name, List<Parameter> parameters) {

    /** One of its parameters; null if it has no value. */
    record Parameter(String name, @Nullable String value) {}

    /**
     * Reads an element, which has no comma outside of quotes.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Extension parse(String element) {
        List<String> parts = split(element);
        List<Parameter> parameters = new ArrayList<>();
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            String value = equals < 0 ? null : value(part.substring(equals + 1).strip());
            String name = equals < 0 ? part : part.substring(0, equals).strip();
            parameters.add(new Parameter(Tokens.check(name), value));
        }
        return new Extension(Tokens.check(parts.getFirst()), parameters);
    }

    private static List<String> split(String element) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int begin = 0;
        for (int i = 0; i < element.length(); i++) {
            char c = element.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                parts.add(element.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        parts.add(element.substring(begin).strip());
        return parts;
    }

    /** A token, or one in quotes. */
    private static String value(String text) {
        int n = text.length();
        boolean quoted = n > 1 && text.charAt(0) == '"' && text.charAt(n - 1) == '"';
        return Tokens.check(quoted ? text.substring(1, n - 1).replace("\\", "") : text);
    }
}
