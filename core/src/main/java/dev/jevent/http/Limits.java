package dev.jevent.http;

import dev.jevent.internal.HubAccess;

import java.time.Duration;

/**
 * What a client may ask of an {@link HttpServer}. Values that are not set have the default given
 * here.
 *
 * <pre>{@code
 * server.limits(Limits.defaults().body(1 << 30).idleTimeout(Duration.ofSeconds(15)));
 * }</pre>
 *
 * <p>Times are looked at some times a second: what is too slow may live a second, or a quarter of
 * the shortest time, longer.
 *
 * @param requestLine bytes of the request line: 8,192; more is answered with 414
 * @param headerBytes bytes of all header fields: 16,384; more is answered with 431
 * @param headers number of header fields: 100; more is answered with 431
 * @param body bytes of a request's body, however it is read: 100 MiB; more is answered with 413.
 *     {@link Request#bodyLimit} changes it for one request
 * @param memory bytes of a body that {@link Request#bytes()} and {@link Request#text()} read into
 *     memory: 8 MiB; more is answered with 413
 * @param form bytes of a form that {@link Request#form()} reads: 2 MiB; more is answered with 413
 * @param inflated bytes that may become of a compressed body, see {@link Gzip#requests}: 32 MiB, or
 *     as many as of any body if those are less; more is answered with 413
 * @param headerTimeout from the first byte of a request to the end of its header: 10 s; then it is
 *     answered with 408
 * @param idleTimeout how long a connection may wait for its next request, and for its first: 60 s;
 *     then it is closed
 * @param minRate bytes a second that a client must send of a body, and take of an answer, on an
 *     average: 256; what is slower is answered with 408, or closed. Only the time counts in which
 *     the server waits for the client. Zero: none
 * @param grace how much time it has above that, and how long it may stand still: 20 s
 * @param connections at once: 10,000; others wait to be accepted
 * @param requests on one connection: 10,000; then it is closed
 */
public record Limits(
        int requestLine,
        int headerBytes,
        int headers,
        long body,
        int memory,
        int form,
        long inflated,
        Duration headerTimeout,
        Duration idleTimeout,
        int minRate,
        Duration grace,
        int connections,
        int requests) {

    private static final Limits DEFAULTS =
            new Limits(
                    8192,
                    16 * 1024,
                    100,
                    100L << 20,
                    8 << 20,
                    2 << 20,
                    32L << 20,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    256,
                    Duration.ofSeconds(20),
                    10_000,
                    10_000);

    /**
     * All of them.
     *
     * @throws IllegalArgumentException if one is negative, or zero where that would let nobody in
     */
    public Limits {
        atLeast(requestLine, 16, "bytes of the request line");
        atLeast(headerBytes, 16, "bytes of the header");
        atLeast(headers, 1, "header fields");
        atLeast(body, 0, "bytes of a body");
        atLeast(memory, 0, "bytes of a body in memory");
        atLeast(form, 0, "bytes of a form");
        atLeast(inflated, 0, "bytes of a body that was inflated");
        positive(headerTimeout, "time for the header");
        positive(idleTimeout, "time between requests");
        atLeast(minRate, 0, "bytes a second");
        positive(grace, "time of grace");
        atLeast(connections, 1, "connections");
        atLeast(requests, 1, "requests of a connection");
    }

    private static void atLeast(long value, long least, String what) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "a limit of " + value + " " + what + "; use " + least + " or more");
        }
    }

    private static void positive(Duration value, String what) {
        if (HubAccess.get().nanos(value) == 0) {
            throw new IllegalArgumentException("no " + what);
        }
    }

    /** The defaults. */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** With another number of bytes of the request line. */
    public Limits requestLine(int bytes) {
        return new Limits(
                bytes,
                headerBytes,
                headers,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another number of bytes of the header. */
    public Limits headerBytes(int bytes) {
        return new Limits(
                requestLine,
                bytes,
                headers,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another number of header fields. */
    public Limits headers(int fields) {
        return new Limits(
                requestLine,
                headerBytes,
                fields,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another number of bytes of a body. */
    public Limits body(long bytes) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                bytes,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another number of bytes of a body in memory. */
    public Limits memory(int bytes) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                bytes,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another number of bytes of a form. */
    public Limits form(int bytes) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                bytes,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another number of bytes of a body that was inflated. */
    public Limits inflated(long bytes) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                form,
                bytes,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another time for the header. */
    public Limits headerTimeout(Duration time) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                form,
                inflated,
                time,
                idleTimeout,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another time between requests. */
    public Limits idleTimeout(Duration time) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                time,
                minRate,
                grace,
                connections,
                requests);
    }

    /** With another rate, and another time of grace. */
    public Limits minRate(int bytesPerSecond, Duration time) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                bytesPerSecond,
                time,
                connections,
                requests);
    }

    /** With another number of connections at once. */
    public Limits connections(int count) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                count,
                requests);
    }

    /** With another number of requests on one connection. */
    public Limits requests(int count) {
        return new Limits(
                requestLine,
                headerBytes,
                headers,
                body,
                memory,
                form,
                inflated,
                headerTimeout,
                idleTimeout,
                minRate,
                grace,
                connections,
                count);
    }
}
