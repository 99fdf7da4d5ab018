package dev.jevent.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes maps, collections, strings, numbers and booleans as JSON. */
final class Json {

    private Json() {}

    static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, "\n", out);
        return out.append('\n').toString();
    }

    private static void write(Object value, String newline, StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> {
                List<Object> parts = new ArrayList<>();
                map.forEach((key, v) -> parts.add(Map.entry(key, v)));
                all(parts, '{', '}', newline, out);
            }
            case Map.Entry<?, ?> entry -> {
                write(entry.getKey(), newline, out);
                out.append(": ");
                write(entry.getValue(), newline, out);
            }
            case Collection<?> list -> all(list, '[', ']', newline, out);
            case Double number -> out.append(String.format(Locale.ROOT, "%.6g", number));
            case Number number -> out.append(number);
            case Boolean flag -> out.append(flag);
            default -> string(value.toString(), out);
        }
    }

    private static void all(
            Collection<?> parts, char open, char close, String newline, StringBuilder out) {
        out.append(open);
        String inner = newline + "  ";
        String separator = "";
        boolean flat = parts.stream().allMatch(Number.class::isInstance);
        for (Object part : parts) {
            out.append(separator).append(flat ? "" : inner);
            write(part, inner, out);
            separator = flat ? ", " : ",";
        }
        out.append(flat ? "" : newline).append(close);
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
