package dev.jevent.examples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The head of an answer that {@link ReverseProxy} gets, and what it says of the body. Anything that
 * two readers could understand in two ways is refused.
 *
 * @param length of the body; -1 if that is not known before its end
 * @param keepsAlive whether the connection can be used again afterwards
 */
record Answer(int status, List<Field> fields, Body body, long length, boolean keepsAlive) {

    /** How the end of a body is found. */
    enum Body {
        NONE,
        FIXED,
        CHUNKED,
        UNTIL_CLOSED
    }

    /** A header field. */
    record Field(String name, String value) {}

    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.([01]) ([1-5][0-9]{2})(?: [^\\x00\\r\\n]*)?");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\\x00\\r\\n]*?)[ \t]*");

    /** Fields that are about one connection only, and those that say how a message is framed. */
    private static final Set<String> HOP_BY_HOP =
            Set.of(
                    "connection",
                    "content-length",
                    "keep-alive",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    static Answer parse(String head, boolean toHead) throws IOException {
        String[] lines = head.split("\r\n", -1);
        Matcher first = STATUS_LINE.matcher(lines[0]);
        check(first.matches(), "no status line");
        boolean is10 = first.group(1).equals("0");
        int status = Integer.parseInt(first.group(2));
        List<Field> fields = new ArrayList<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            Matcher field = FIELD.matcher(line);
            check(field.matches(), "a bad header field");
            fields.add(new Field(field.group(1), field.group(2)));
        }
        List<String> lengths = values(fields, "content-length").distinct().toList();
        List<String> codings = values(fields, "transfer-encoding").toList();
        check(
                lengths.size() < 2 && lengths.stream().allMatch(l -> l.matches("[0-9]{1,18}")),
                "a bad Content-Length");
        check(
                codings.isEmpty()
                        || codings.size() == 1
                                && codings.getFirst().equalsIgnoreCase("chunked")
                                && lengths.isEmpty()
                                && !is10,
                "a bad Transfer-Encoding");
        long length = lengths.isEmpty() ? -1 : Long.parseLong(lengths.getFirst());
        Body body =
                toHead || status < 200 || status == 204 || status == 304
                        ? Body.NONE
                        : !codings.isEmpty()
                                ? Body.CHUNKED
                                : length >= 0 ? Body.FIXED : Body.UNTIL_CLOSED;
        Set<String> options = options(values(fields, "connection"));
        boolean keepsAlive = is10 ? options.contains("keep-alive") : !options.contains("close");
        return new Answer(status, fields, body, length, keepsAlive && body != Body.UNTIL_CLOSED);
    }

    private static void check(boolean ok, String what) throws IOException {
        if (!ok) {
            throw new IOException("the server behind this one sends " + what);
        }
    }

    private static Stream<String> values(List<Field> fields, String name) {
        return fields.stream().filter(f -> f.name.equalsIgnoreCase(name)).map(Field::value);
    }

    /** The words of Connection fields, in lower case. */
    static Set<String> options(Stream<String> connection) {
        return connection
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /** Whether such a field is passed on, if the Connection field has these words. */
    static boolean isEndToEnd(String name, Set<String> options) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !HOP_BY_HOP.contains(lower) && !options.contains(lower);
    }

    /** The fields that are passed on. */
    List<Field> endToEnd() {
        Set<String> options = options(values(fields, "connection"));
        return fields.stream().filter(f -> isEndToEnd(f.name, options)).toList();
    }

    /** The protocol to which it switches. */
    String upgrade() {
        return values(fields, "upgrade").collect(Collectors.joining(", "));
    }
}
