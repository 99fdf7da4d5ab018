package dev.jevent.httpserver;

import dev.jevent.http.Limits;

import java.time.Duration;

/**
 * The system properties of {@code jdk.httpserver}, as far as they mean something here; see the
 * package. Those that cannot be understood have their default, as with the JDK.
 *
 * @param limits of the connections
 * @param drain how many bytes of a request's body are read and dropped when it is closed
 * @param requestTime for a request to come; zero: without end
 * @param responseTime for the answer; zero: without end
 * @param matchesWholeSegments whether the context {@code /foo} is not for {@code /foobar}
 */
record Settings(
        Limits limits,
        long drain,
        Duration requestTime,
        Duration responseTime,
        boolean matchesWholeSegments) {

    private static final String PREFIX = "sun.net.httpserver.";
    private static final int NO_LIMIT = 1 << 30; // of bytes in memory

    static Settings ofProperties() {
        Duration requestTime = seconds("maxReqTime");
        int header = Integer.getInteger(PREFIX + "maxReqHeaderSize", 380 * 1024);
        header = header <= 0 ? NO_LIMIT : Math.clamp(header, 1024, NO_LIMIT);
        int connections = Integer.getInteger("jdk.httpserver.maxConnections", -1);
        Limits limits =
                Limits.defaults()
                        .requestLine(header)
                        .headerBytes(header)
                        .headers(positive(Integer.getInteger(PREFIX + "maxReqHeaders", 200), 200))
                        .body(Long.MAX_VALUE)
                        .idleTimeout(idle())
                        .minRate(1, Duration.ofMinutes(10))
                        .connections(connections > 0 ? connections : Integer.MAX_VALUE)
                        .requests(Integer.MAX_VALUE);
        return new Settings(
                requestTime.isZero() ? limits : limits.headerTimeout(requestTime),
                Math.max(0, Long.getLong(PREFIX + "drainAmount", 64 * 1024)),
                requestTime,
                seconds("maxRspTime"),
                "pathPrefix".equalsIgnoreCase(System.getProperty(PREFIX + "pathMatcher")));
    }

    private static int positive(int value, int otherwise) {
        return value > 0 ? value : otherwise;
    }

    private static Duration idle() {
        Duration given = seconds("idleInterval");
        return given.isZero() ? Duration.ofSeconds(30) : given;
    }

    private static Duration seconds(String name) {
        return Duration.ofSeconds(Math.clamp(Long.getLong(PREFIX + name, 0), 0, NO_LIMIT));
    }

    /** Whether an exchange must be looked at while it lasts. */
    boolean limitsTime() {
        return !requestTime.isZero() || !responseTime.isZero();
    }
}
