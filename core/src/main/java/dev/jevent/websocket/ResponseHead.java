package dev.jevent.websocket;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Status line and header of a server's answer to a handshake, and what has come behind it. At most
 * 32 KiB; what is not clearly HTTP/1.1 is refused.
 */
final class ResponseHead {

    private static final int MOST = 32 * 1024;

    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();
    private int status;
    private String reason = "";
    private byte[] buffer = Buffers.take();
    private int pos; // behind the head
    private int limit;

    /**
     * Reads one; an informational response before it is skipped.
     *
     * @throws WebSocketHandshakeException if it is none
     */
    static ResponseHead read(InputStream in) throws IOException {
        ResponseHead head = new ResponseHead();
        for (int i = 0; i < 10; i++) {
            head.readOne(in);
            if (head.status < 100 || head.status > 199 || head.status == 101) {
                return head;
            }
        }
        throw head.bad("one informational response after the other");
    }

    private void readOne(InputStream in) throws IOException {
        fields.clear();
        status = 0;
        int begin = pos;
        int end = -1;
        for (int from = begin; end < 0; ) {
            end = end(from, begin);
            if (end < 0) {
                from = Math.max(begin, limit - 3);
                if (limit == buffer.length) {
                    if (limit >= MOST) {
                        throw bad("a header of more than " + MOST + " bytes");
                    }
                    buffer = Arrays.copyOf(buffer, 2 * limit);
                }
                int n = in.read(buffer, limit, buffer.length - limit);
                if (n < 0) {
                    throw bad(
                            limit == begin
                                    ? "nothing: it has closed the connection"
                                    : "half a header, and has closed the connection");
                }
                limit += n;
            }
        }
        parse(new String(buffer, begin, end - begin, StandardCharsets.ISO_8859_1));
        pos = end;
    }

    /** Behind the empty line; -1 if it did not come yet, which is seen with the first line too. */
    private int end(int from, int begin) throws WebSocketHandshakeException {
        String start = "HTTP/1.";
        for (int i = begin; i < Math.min(limit, begin + start.length()); i++) {
            if (buffer[i] != start.charAt(i - begin)) {
                throw bad("something that is not HTTP/1.1");
            }
        }
        for (int i = from; i + 3 < limit; i++) {
            if (buffer[i] == '\r'
                    && buffer[i + 1] == '\n'
                    && buffer[i + 2] == '\r'
                    && buffer[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private void parse(String text) throws WebSocketHandshakeException {
        String[] lines = text.split("\r\n", -1);
        String first = lines[0];
        boolean good =
                first.length() >= 12
                        && first.startsWith("HTTP/1.1 ")
                        && first.substring(9, 12).chars().allMatch(c -> c >= '0' && c <= '9')
                        && (first.length() == 12 || first.charAt(12) == ' ');
        if (!good) {
            throw bad("\"" + Tokens.shown(first) + "\"");
        }
        status = Integer.parseInt(first.substring(9, 12));
        reason = first.length() > 13 ? first.substring(13) : "";
        for (int i = 1; i < lines.length - 2; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1
                    || !Tokens.isToken(lines[i].substring(0, colon))
                    || lines[i].chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7F)) {
                throw bad("the field \"" + Tokens.shown(lines[i]) + "\"");
            }
            String value = lines[i].substring(colon + 1).strip();
            fields.add(new Field(lines[i].substring(0, colon), value));
        }
    }

    private WebSocketHandshakeException bad(String what) {
        return new WebSocketHandshakeException(
                "the server has answered the handshake with " + what, status, null);
    }

    int status() {
        return status;
    }

    /** As a message shows it. */
    String shown() {
        return reason.isEmpty() ? status + "" : status + " " + Tokens.shown(reason);
    }

    /** The values of all fields of that name. */
    List<String> all(String name) {
        return fields.stream()
                .filter(f -> f.name.equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    @Nullable String first(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.getFirst();
    }

    /** Whether the word is in the lists of that name. */
    boolean has(String name, String word) {
        return all(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .anyMatch(item -> item.strip().equalsIgnoreCase(word));
    }

    // ---- what came behind it

    byte[] buffer() {
        return buffer;
    }

    int pos() {
        return pos;
    }

    int limit() {
        return limit;
    }
}
