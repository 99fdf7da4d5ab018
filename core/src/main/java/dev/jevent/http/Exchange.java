package dev.jevent.http;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an access log may want to know of a request and its response. What the client has said is as
 * it was sent, its bytes as ISO-8859-1: there are no line ends and no control characters in it but
 * tabs, but quotes, backslashes and all above U+007F, which a log has to escape as {@link
 * AccessLogs} do.
 *
 * @param time when the request was complete, up to its body
 * @param duration from then until the response was sent, as far as the kernel is concerned
 * @param remote where the client is
 * @param method of the request; {@code -} if nothing could be understood
 * @param target of the request; of a bad request what came of its first line, made visible
 * @param version {@code HTTP/1.1} or {@code HTTP/1.0}
 * @param status of the response; 499 if the client had gone before there was one
 * @param sent bytes of the response's body
 * @param received bytes of the request's body
 * @param host that was asked for, or empty
 * @param referer as the client says, or empty
 * @param userAgent as the client says, or empty
 * @param problem what was wrong, if something was
 */
public record Exchange(
        Instant time,
        Duration duration,
        SocketAddress remote,
        String method,
        String target,
        String version,
        int status,
        long sent,
        long received,
        String host,
        String referer,
        String userAgent,
        Optional<String> problem) {}
