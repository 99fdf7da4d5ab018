package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes what the access log gets. */
final class Log {

    private static final int CLIENT_HAS_GONE = 499;

    private Log() {}

    static void answered(
            HttpConnection connection,
            AccessLog log,
            Request request,
            Response response,
            long begun,
            @Nullable String problem) {
        Duration duration = Duration.ofNanos(System.nanoTime() - begun);
        log.log(
                new Exchange(
                        Instant.now().minus(duration),
                        duration,
                        connection.connection().remoteAddress(),
                        request.method(),
                        request.target(),
                        request.version(),
                        response.isCommitted() ? response.status() : CLIENT_HAS_GONE,
                        response.sent(),
                        request.input().count(),
                        request.host(),
                        field(request, "Referer"),
                        field(request, "User-Agent"),
                        Optional.ofNullable(problem)));
    }

    private static String field(Request request, String name) {
        return request.header(name).orElse("");
    }

    static void refused(
            HttpConnection connection,
            AccessLog log,
            String line,
            Response response,
            String problem) {
        log.log(
                new Exchange(
                        Instant.now(),
                        Duration.ZERO,
                        connection.connection().remoteAddress(),
                        "-",
                        line,
                        "HTTP/1.1",
                        response.isCommitted() ? response.status() : CLIENT_HAS_GONE,
                        response.sent(),
                        0,
                        "",
                        "",
                        "",
                        Optional.of(problem)));
    }
}
