package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.benchmarks.HttpBenchmarks.Column;
import dev.jevent.benchmarks.HttpBenchmarks.Load;
import dev.jevent.benchmarks.HttpBenchmarks.Row;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Every contender of {@code http} answers every load; {@code --only} picks rows. */
class HttpBenchmarksTest {
    private static final Tools TOOLS = new Tools(Path.of("").toAbsolutePath()); // asks programs
    private final HttpBenchmarks http =
            new HttpBenchmarks(
                    new Commands(TOOLS, new Cores(List.of(0)), 100),
                    Options.parse(new String[] {"http"}));

    private static Map<String, Double> seen(double count, double bytes) {
        return new HashMap<>(
                Map.of(
                        "count", count,
                        "bytes", bytes,
                        "seconds", 2.0,
                        "cpu_us", 1e6,
                        "client_us", 5e5,
                        "p50_us", 20.0,
                        "p99_us", 30.0));
    }

    private Benchmark benchmark(String row) {
        return http.benchmark(HttpBenchmarks.rows(List.of(row)));
    }

    /**
     * One process, one connection, for a moment each: the numbers mean nothing. Go, whose compiler
     * is slow, is for --quick.
     */
    @ParameterizedTest
    @EnumSource(
            names = {"LOG", "GO"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyContenderAnswersEveryLoad(Column column) throws Exception {
        Dose.onlyNightly(column == Column.JEVENT);
        Command server = http.server(column, Load.HELLO);
        assumeTrue(server.missing().isEmpty(), () -> server.missing().orElseThrow());
        assumeTrue(TOOLS.c("http_client").isPresent(), "no C compiler");
        List<Row> rows =
                Stream.of(Load.values())
                        .filter(load -> server.equals(http.server(column, load)))
                        .map(load -> new Row(load, 1))
                        .toList();

        Map<String, Double> numbers = http.measure(server, rows, 0, 0.01, 0.02);

        assertTrue(numbers.get("per_s_1") > 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"JEVENT", "C"})
    void andOverTls(Column column) throws Exception {
        Dose.onlyNightly(false);
        Command server = http.server(column, Load.TLS);
        assumeTrue(server.missing().isEmpty(), () -> server.missing().orElseThrow());
        Map<String, Double> numbers =
                http.measure(server, List.of(new Row(Load.TLS, 1)), 0, 0.01, 0.02);
        assertTrue(numbers.get("per_s_1") > 0);
    }

    @Test
    void onlyPicksRowsAndContenders() {
        assertEquals(
                List.of(List.of(new Row(Load.HELLO, 64), new Row(Load.HELLO, 1000))),
                HttpBenchmarks.groups(List.of("hello", "netty")));
        assertEquals(
                List.of(new Row(Load.TLS, 1000)),
                HttpBenchmarks.rows(List.of("tls-hello-1000", "bare")));
        assertEquals(HttpBenchmarks.rows(List.of()), HttpBenchmarks.rows(List.of("jevent")));
        assertEquals(
                List.of("jevent", "bare"),
                HttpBenchmarks.contenders(List.of("hello-64", "jevent", "bare")));
    }

    @Test
    void helloIsHeldAgainstEverybody() {
        List<Target> targets = benchmark("hello-64").targets();
        assertEquals(12, targets.size());
        assertTrue(targets.contains(Target.ratio("jevent", "cpu_us_64", 1.25, "C, bare loop")));
        assertTrue(targets.contains(Target.ratio("jevent", "cpu_us_64", 1.00, "Undertow")));
        assertEquals(List.of(), benchmark("json-64").targets());
    }

    @Test
    void whatAServerDoesNotHaveIsSaid() {
        assertEquals(
                Optional.of("it has no TLS"), http.server(Column.MICROHTTP, Load.TLS).missing());
        assertEquals(
                Optional.of("it has no WebSocket"),
                http.server(Column.GO, Load.WEBSOCKET).missing());
    }

    @Test
    void readsWhatTheClientPrints() throws IOException {
        assertEquals(
                Map.of(
                        "cpu_us_64", 10.0,
                        "p99_us_64", 30.0,
                        "per_s_64", 50_000.0,
                        "client_64", 25.0),
                HttpBenchmarks.numbers(new Row(Load.HELLO, 64), seen(100_000, 1_300_000)));
    }

    @Test
    void hugeAnswersCountInPart() throws IOException {
        assertEquals(
                Map.of("cpu_us_4", 4e5, "per_s_4", 1.25, "client_4", 25.0),
                HttpBenchmarks.numbers(new Row(Load.HUGE, 4), seen(0, 2.5e8)));
    }

    @Test
    void failsWhenNothingWasAnswered() {
        assertThrows(
                IOException.class,
                () -> HttpBenchmarks.numbers(new Row(Load.JSON, 64), seen(0, 0)));
    }
}
