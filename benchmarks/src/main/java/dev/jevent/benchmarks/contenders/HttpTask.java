package dev.jevent.benchmarks.contenders;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What every server of {@code http} that runs on the JVM has to answer. */
final class HttpTask {
    static final String TEXT = "text/plain";
    static final String JSON = "application/json";
    static final String BYTES = "application/octet-stream";

    /** The field whose value {@code /headers} answers with. */
    static final String TOKEN = "X-Token";

    static final int LARGE = 100_000;
    static final int HUGE = 100_000_000;

    private static final byte[] HELLO = "Hello, World!".getBytes(UTF_8);
    private static final byte[] LETTERS = letters(LARGE);

    private HttpTask() {}

    private static final class Huge {
        static final byte[] LETTERS = letters(HUGE);
    }

    private static byte[] letters(int count) {
        byte[] letters = new byte[count];
        Arrays.fill(letters, (byte) 'a');
        return letters;
    }

    /** The answer to {@code /hello}. */
    static byte[] hello() {
        return HELLO;
    }

    /** The answer to {@code /100k}, and what that to {@code /100m} is made of. */
    static byte[] large() {
        return LETTERS;
    }

    /** Writes the answer to {@code /100m}, in pieces. */
    static void writeHuge(OutputStream out) throws IOException {
        for (int left = HUGE; left > 0; left -= LARGE) {
            out.write(LETTERS);
        }
    }

    /** The same for a server that has to have it in one piece. */
    static byte[] huge() {
        return Huge.LETTERS;
    }

    private static final int USUAL = 8 * 1024; // what the JDK's buffered streams read at once

    /** Reads all, and says how much that was: the answer to {@code /upload}. */
    static byte[] drain(InputStream in) throws IOException {
        byte[] buffer = new byte[USUAL];
        long count = 0;
        int n;
        while ((n = in.read(buffer)) >= 0) {
            count += n;
        }
        return count(count);
    }

    static byte[] count(long bytes) {
        return bytes(Long.toString(bytes));
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** The answer to {@code /json}: an object, written anew. */
    static byte[] json() {
        return new Item(42, "Hello, World!", true, List.of("red", "green", "blue")).json();
    }

    private record Item(int id, String message, boolean active, List<String> tags) {

        byte[] json() {
            StringBuilder out = new StringBuilder(128);
            out.append("{\"id\":").append(id).append(",\"message\":");
            string(message, out);
            out.append(",\"active\":").append(active).append(",\"tags\":[");
            for (int i = 0; i < tags.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                string(tags.get(i), out);
            }
            return out.append("]}").toString().getBytes(UTF_8);
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

    /**
     * The date of an answer, for servers that do not send it by themselves: made once a second, by
     * a thread of its own.
     */
    static final class Dates {
        private static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                        .withZone(ZoneOffset.UTC);
        private static final ScheduledExecutorService CLOCK =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("date").factory());
        private static volatile String now = make();

        static {
            var ignored =
                    CLOCK.scheduleAtFixedRate(
                            () -> now = make(), 1000, 1000, TimeUnit.MILLISECONDS);
        }

        private Dates() {}

        private static String make() {
            return FORMAT.format(Instant.now());
        }

        static String now() {
            return now;
        }
    }
}
