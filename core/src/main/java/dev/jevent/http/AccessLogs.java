package dev.jevent.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Objects;

/**
 * Makes access logs for {@link HttpServer#accessLog}; {@link AccessLogWriter} says how they work.
 *
 * <pre>{@code
 * try (AccessLogWriter log = AccessLogs.json(Path.of("access.json"))) {
 *     new HttpServer(8080, handler).accessLog(log).serveForever();
 * }
 * }</pre>
 *
 * <p>Each request is one line of ASCII, whatever the client has sent: quotes and backslashes have a
 * backslash before them, other characters are written as {@code \x1B}, in JSON as {@code \u001B}.
 * What a client sent above U+007F are bytes: {@code \xC3\xA9} is an é in UTF-8. More than 4,096
 * characters of one value end in three dots. What was wrong with a request or its answer is a
 * quoted value at the end, in JSON a field {@code problem}.
 *
 * <p>Files are appended to, and made if there are none. Any thread.
 */
public final class AccessLogs {

    private AccessLogs() {}

    /**
     * The Common Log Format, with local time: {@code 192.0.2.1 - - [21/Nov/2026:09:34:51 +0000]
     * "GET /a HTTP/1.1" 200 1234}.
     *
     * @throws IOException if the file cannot be opened
     */
    public static AccessLogWriter common(Path file) throws IOException {
        return writer(text(false), LogTarget.file(file));
    }

    /** As {@link #common(Path)}, to a stream. */
    public static AccessLogWriter common(OutputStream out) {
        return writer(text(false), stream(out));
    }

    /**
     * The same with the values of {@code Referer} and {@code User-Agent}: {@code … 200 1234
     * "https://example.org/" "curl/8.0"}.
     *
     * @throws IOException if the file cannot be opened
     */
    public static AccessLogWriter combined(Path file) throws IOException {
        return writer(text(true), LogTarget.file(file));
    }

    /** As {@link #combined(Path)}, to a stream. */
    public static AccessLogWriter combined(OutputStream out) {
        return writer(text(true), stream(out));
    }

    /**
     * A JSON object in each line, with the fields {@code time} (UTC), {@code seconds} (that the
     * answer took), {@code remote}, {@code method}, {@code target}, {@code version}, {@code
     * status}, {@code sent}, {@code received} (bytes of the bodies), {@code host}, {@code referer},
     * {@code userAgent}, and {@code problem} if there was one. Where lines are missing, an object
     * with {@code time}, {@code missing} (how many) and {@code problem}.
     *
     * @throws IOException if the file cannot be opened
     */
    public static AccessLogWriter json(Path file) throws IOException {
        return writer(new LogFormat.Json(), LogTarget.file(file));
    }

    /** As {@link #json(Path)}, to a stream. */
    public static AccessLogWriter json(OutputStream out) {
        return writer(new LogFormat.Json(), stream(out));
    }

    private static LogFormat text(boolean combined) {
        return new LogFormat.Text(combined, ZoneId.systemDefault());
    }

    private static LogTarget stream(OutputStream out) {
        return LogTarget.stream(Objects.requireNonNull(out, "out"));
    }

    private static AccessLogWriter writer(LogFormat format, LogTarget target) {
        return new AccessLogWriter(format, target, LineWriter.PATIENCE);
    }
}
