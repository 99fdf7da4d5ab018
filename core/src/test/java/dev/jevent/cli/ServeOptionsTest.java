package dev.jevent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.Limits;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

class ServeOptionsTest {

    private static ServeOptions parse(String... words) {
        return ServeOptions.parse(List.of(words));
    }

    private static String addresses(String... words) {
        return parse(words).addresses.toString().replace("localhost/", "/");
    }

    @Test
    void withoutOptionsItIsPort8000OfThisMachineWithALog() {
        ServeOptions options = parse("public");
        assertEquals("public", options.what);
        assertEquals("[/127.0.0.1:8000]", options.addresses.toString());
        assertEquals(ServeOptions.LogFormat.COMBINED, options.log);
        assertNull(options.logFile);
        assertEquals(Limits.defaults(), options.limits);
        assertEquals(Duration.ofSeconds(5), options.stopTimeout);
    }

    @Test
    void addressesAreWrittenInManyWays() {
        assertEquals("[/127.0.0.1:80]", addresses("-p", "80", "."));
        assertEquals("[0.0.0.0/0.0.0.0:80]", addresses("-b", "*", "-p", "80", "."));
        assertEquals("[0.0.0.0/0.0.0.0:80]", addresses("--bind=:80", "."));
        assertEquals("[/10.0.0.1:80]", addresses("--bind", "10.0.0.1:80", "."));
        assertTrue(addresses("-b", "::1", "-p", "80", ".").endsWith("0:0:0:0:0:0:0:1]:80]"));
        assertTrue(addresses("-b", "[::1]:80", ".").endsWith("0:0:0:0:0:0:0:1]:80]"));
        assertEquals("[a.sock]", addresses("--unix", "a.sock", "."));
        assertEquals("[/127.0.0.1:0, a.sock]", addresses("--unix", "a.sock", "-p", "0", "."));
    }

    @Test
    void sizesAndTimesHaveUnits() {
        Limits limits =
                parse("--max-body=2G", "--max-header", "8k", "--idle-timeout", "2m", ".").limits;
        assertEquals(2L << 30, limits.body());
        assertEquals(8192, limits.headerBytes());
        assertEquals(Duration.ofMinutes(2), limits.idleTimeout());
        limits =
                parse(".", "--header-timeout=500ms", "--min-rate", "0", "--max-requests", "7")
                        .limits;
        assertEquals(Duration.ofMillis(500), limits.headerTimeout());
        assertEquals(0, limits.minRate());
        assertEquals(7, limits.requests());
        assertEquals(9, parse("--max-connections", "9", ".").limits.connections());
        assertEquals(Duration.ofSeconds(3), parse("--stop-timeout", "3", ".").stopTimeout);
    }

    @Test
    void optionsMayStandAnywhereUntilTwoDashes() {
        ServeOptions options = parse("-Da=1", "--gzip", "dir", "--listing", "-q", "-cp", "x");
        assertEquals("dir", options.what);
        assertTrue(options.gzip && options.listing && options.quiet);
        assertEquals("x", options.classPath);
        assertEquals(Map.of("a", "1"), options.properties);
        assertEquals("-dir", parse("--", "-dir").what);
    }

    @Test
    void theLogHasAFormatAndAFile() {
        assertEquals(ServeOptions.LogFormat.JSON, parse("--log", "json", ".").log);
        ServeOptions options = parse("--log=Common:a:b.log", ".");
        assertEquals(ServeOptions.LogFormat.COMMON, options.log);
        assertEquals(Path.of("a:b.log"), options.logFile);
        assertNull(parse("--no-log", ".").log);
    }

    @Test
    void wrongOptionsAreRefused() {
        for (List<String> words :
                List.of(
                        List.<String>of(),
                        List.of("a", "b"),
                        List.of("--port"),
                        List.of("-p", "x", "."),
                        List.of("-p", "65536", "."),
                        List.of("-b", "10.0.0.256", "."),
                        List.of("-b", ":80", "-p", "81", "."),
                        List.of("--listing=yes", "."),
                        List.of("--tls-key", "k", "."),
                        List.of("--log", "fancy", "."),
                        List.of("--proxy-protocol=10.0.0.0/99", "."),
                        List.of("--max-body", "-1", "."),
                        List.of("--max-header", "3", "."),
                        List.of("--max-header", "3g", "."),
                        List.of("--idle-timeout", "0", "."),
                        List.of("--idle-timeout", "long", "."),
                        List.of("--workers", "3", "."))) {
            UsageError error =
                    assertThrows(
                            UsageError.class, () -> ServeOptions.parse(words), words.toString());
            assertTrue(error.hint().length() > 10, error.hint());
        }
    }
}
