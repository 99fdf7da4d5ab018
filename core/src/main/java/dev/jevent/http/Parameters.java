package dev.jevent.http;

import dev.jevent.internal.Effort;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the parameters of a query and the fields of a form: each byte is looked at once to find
 * them, and once more to decode them.
 */
final class Parameters {

    private static final int MOST = 1000;

    private final byte[] bytes;
    private final Effort effort = new Effort();
    private final Map<String, List<String>> all = new LinkedHashMap<>();
    private int count;

    private Parameters(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * All of them, in their order.
     *
     * @throws HttpException 400 if they cannot be decoded, as UTF-8, or are more than 1,000
     */
    static Map<String, List<String>> of(byte[] bytes) {
        return new Parameters(bytes).read();
    }

    static Map<String, List<String>> of(String query) {
        return of(query.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Map<String, List<String>> read() {
        int from = 0;
        int equals = -1; // the first one behind that
        for (int i = 0, n = bytes.length; i < n; i++) {
            if (bytes[i] == '&') {
                add(from, equals, i);
                from = i + 1;
                equals = -1;
            } else if (bytes[i] == '=' && equals < 0) {
                equals = i;
            }
            if ((i & Effort.ROW - 1) == Effort.ROW - 1) {
                effort.did(Effort.ROW);
            }
        }
        add(from, equals, bytes.length);
        return all;
    }

    private void add(int from, int equals, int to) {
        if (from == to) {
            return;
        }
        if (++count > MOST) {
            throw new HttpException(400, "more than " + MOST + " parameters");
        }
        String name = Text.decode(bytes, from, equals < 0 ? to : equals, true, effort);
        String value = equals < 0 ? "" : Text.decode(bytes, equals + 1, to, true, effort);
        all.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
    }
}
