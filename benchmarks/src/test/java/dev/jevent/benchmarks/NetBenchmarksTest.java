package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.benchmarks.NetBenchmarks.Column;
import dev.jevent.benchmarks.NetBenchmarks.Load;
import dev.jevent.benchmarks.NetBenchmarks.Row;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Every contender of {@code net} serves every load; {@code --only} picks rows. */
class NetBenchmarksTest {
    private final Tools tools = new Tools(Path.of("").toAbsolutePath());
    private final NetBenchmarks net =
            new NetBenchmarks(
                    new Commands(tools, new Cores(List.of(0)), 100),
                    Options.parse(new String[] {"net", "--size", "4096"}));

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

    /**
     * One connection, for a moment: the numbers mean nothing. The others are for --quick. Every day
     * only jevent echoes.
     */
    @ParameterizedTest
    @EnumSource(names = {"JEVENT", "NETTY", "C"})
    void everyContenderServesEveryLoad(Column column) throws Exception {
        Dose.onlyNightly(column == Column.JEVENT);
        List<String> only = Dose.NIGHTLY ? List.of() : List.of("echo");
        for (List<Row> group : NetBenchmarks.groups(only)) {
            Row row = group.getFirst();
            Contender contender =
                    net.benchmark(group).contenders().get(List.of(Column.values()).indexOf(column));
            assumeTrue(contender.missing().isEmpty(), () -> contender.missing().orElseThrow());

            Map<String, Double> numbers =
                    net
                            .new Served(
                                    net.server(column, row),
                                    List.of(row),
                                    NetBenchmarks.WarmUp.NONE,
                                    0.3,
                                    0.2)
                            .measure();

            String key = row.load() == Load.ECHO ? "per_s_1" : "gb_s_1";
            assertTrue(numbers.get(key) > 0, row.name());
        }
    }

    /** The rows of one group of the C server, without a warm-up. */
    private Contender.Warm running(List<Row> rows) throws Exception {
        Command server = net.server(Column.C, rows.getFirst());
        assumeTrue(server.missing().isEmpty(), () -> server.missing().orElseThrow());
        return net.new Served(server, rows, NetBenchmarks.WarmUp.NONE, 0.02, 0.1).warm();
    }

    /** The programs in C that this test has started and that still run. */
    private static List<ProcessHandle> programs() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .filter(p -> p.info().command().orElse("").matches(".*net_(client|server).*"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Load.class)
    void burstsFollowEachOtherOnTheSameConnections(Load load) throws Exception {
        List<Row> rows = List.of(new Row(false, load, 1), new Row(false, load, 64));
        try (Contender.Warm warm = running(rows)) {
            assertEquals(2, warm.parts());
            List<ProcessHandle> before = programs();
            assertEquals(3, before.size());
            for (int burst = 0; burst < 2; burst++) {
                for (int part = 0; part < 2; part++) {
                    Map<String, Double> numbers = warm.measure(part);
                    String rate = load == Load.ECHO ? "per_s" : "gb_s";
                    String key = rate + "_" + rows.get(part).connections();
                    assertTrue(numbers.get(key) > 0, numbers.toString());
                }
            }
            assertEquals(before, programs());
        }
        assertEquals(List.of(), programs());
    }

    @Test
    void aServerThatDiesIsAFailureAndNobodyStays() throws Exception {
        try (Contender.Warm warm = running(List.of(new Row(false, Load.ECHO, 64)))) {
            warm.measure(0);
            ProcessHandle server =
                    programs().stream()
                            .filter(p -> p.info().command().orElse("").contains("net_server"))
                            .findFirst()
                            .orElseThrow();
            server.destroyForcibly();
            server.onExit().get(10, TimeUnit.SECONDS);
            IOException e = assertThrows(IOException.class, () -> warm.measure(0));
            assertTrue(e.getMessage().startsWith("it ended by itself"), e.getMessage());
        }
        assertEquals(List.of(), programs());
    }

    @Test
    void aServerThatDiesInABurstIsAFailureAndNobodyStays() throws Exception {
        List<Row> rows = List.of(new Row(false, Load.ECHO, 1));
        Command command = net.server(Column.C, rows.getFirst());
        assumeTrue(command.missing().isEmpty(), () -> command.missing().orElseThrow());
        var served = net.new Served(command, rows, NetBenchmarks.WarmUp.NONE, 0, 10);
        try (Contender.Warm warm = served.warm()) {
            ProcessHandle server =
                    programs().stream()
                            .filter(p -> p.info().command().orElse("").contains("net_server"))
                            .findFirst()
                            .orElseThrow();
            var killer =
                    new Thread(
                            () -> {
                                LockSupport.parkNanos(300_000_000);
                                server.destroyForcibly();
                            });
            killer.start();
            IOException e = assertThrows(IOException.class, () -> warm.measure(0));
            killer.join();
            assertTrue(e.getMessage().startsWith("it ended before it answered"), e.getMessage());
        }
        assertEquals(List.of(), programs());
    }

    @Test
    void onlyPicksRowsAndContenders() {
        assertEquals(
                List.of(
                        List.of(new Row(false, Load.UPLOAD, 1), new Row(false, Load.UPLOAD, 64)),
                        List.of(new Row(true, Load.UPLOAD, 1), new Row(true, Load.UPLOAD, 64))),
                NetBenchmarks.groups(List.of("upload", "netty")));
        assertEquals(
                List.of(new Row(true, Load.ECHO, 1000)),
                NetBenchmarks.rows(List.of("tls-echo-1000")));
        assertEquals(NetBenchmarks.rows(List.of()), NetBenchmarks.rows(List.of("jevent")));
        assertEquals(List.of("netty"), NetBenchmarks.contenders(List.of("upload", "netty")));
    }

    @Test
    void costsAreHeldAgainstNettyAndThroughputAgainstC() {
        assertEquals(
                List.of(Target.ratio("jevent", "cpu_us_1", 1, "Netty")),
                net.benchmark(List.of(new Row(true, Load.ECHO, 1))).targets());
        assertEquals(
                List.of(Target.ratio("jevent", "cpu_ns_64", 1, "Netty")),
                net.benchmark(List.of(new Row(true, Load.DOWNLOAD, 64))).targets());
        assertEquals(
                List.of(Target.atLeast("jevent", "gb_s_1", 0.95, "C, epoll")),
                net.benchmark(List.of(new Row(false, Load.UPLOAD, 1))).targets());
    }

    @Test
    void readsWhatTheClientPrintsOfRoundTrips() throws IOException {
        assertEquals(
                Map.of(
                        "cpu_us_64", 10.0,
                        "p50_us_64", 20.0,
                        "p99_us_64", 30.0,
                        "per_s_64", 50_000.0,
                        "client_64", 25.0),
                NetBenchmarks.numbers(new Row(false, Load.ECHO, 64), seen(100_000, 6_400_000)));
    }

    @Test
    void readsWhatTheClientPrintsOfThroughput() throws IOException {
        assertEquals(
                Map.of("gb_s_1", 2.048, "cpu_ns_1", 250.0, "client_1", 25.0),
                NetBenchmarks.numbers(new Row(true, Load.DOWNLOAD, 1), seen(0, 4.096e9)));
    }

    @Test
    void failsWhenNothingWentThrough() {
        assertThrows(
                IOException.class,
                () -> NetBenchmarks.numbers(new Row(false, Load.ECHO, 1), seen(0, 0)));
    }

    @Test
    void theTableHasARowForEachNumberOfConnections() throws Exception {
        List<Row> rows = NetBenchmarks.rows(List.of("plain-download"));
        Benchmark benchmark = net.benchmark(rows);
        Results results = new Results();
        results.add(benchmark.contenders().getFirst(), Map.of("gb_s_1", 3.0, "gb_s_64", 4.0));
        results.add(benchmark.contenders().get(2), Map.of("gb_s_1", 4.0, "gb_s_64", 4.0));
        GridReport report =
                NetBenchmarks.report(Options.parse(new String[] {"net", "--only", "jevent,epoll"}));
        report.add(
                benchmark,
                results,
                rows.stream().flatMap(row -> NetBenchmarks.lines(row).stream()).toList());

        String text = report.text();

        assertTrue(
                text.contains(
                        """
                                                       jevent          C
                                                                   epoll

                        throughput: GB/s (more is better)
                          plain-download-1               3.00       4.00
                                                                 0.75 NO
                          plain-download-64              4.00       4.00
                                                                 1.00 ok
                        """),
                text);
        assertTrue(
                text.contains(
                        "NOT REACHED  plain-download: jevent ≥ 0.95 × C, epoll (throughput: GB/s"
                                + " (more is better), 1 connection): 0.750 ×\n"
                                + "reached      1 of 2 targets\n"),
                text);
    }

    @Test
    void theReportsSayHowSureARatioIs() throws Exception {
        Options options = Options.parse(new String[] {"net", "--only", "jevent,epoll"});
        List<Row> rows = List.of(new Row(false, Load.DOWNLOAD, 1));
        Benchmark benchmark = net.benchmark(rows);
        Results results = new Results();
        for (int turn = 0; turn < 6; turn++) {
            results.add(benchmark.contenders().getFirst(), Map.of("gb_s_1", 3.0));
            results.add(benchmark.contenders().get(2), Map.of("gb_s_1", 4.0));
        }
        GridReport report = NetBenchmarks.report(options);
        report.add(benchmark, results, NetBenchmarks.lines(rows.getFirst()));

        String text = report.text();
        assertTrue(text.contains("0.75 NO\n" + " ".repeat(39) + "0.75-0.75\n"), text);
        assertTrue(text.contains(": 0.750 × (0.75-0.75, 6 turns)\n"), text);
        text = TextReport.of(benchmark, options, results);
        assertTrue(text.contains(": 0.750 × (0.75-0.75, 6 turns)\n"), text);
        var targets = (List<?>) JsonReport.of(benchmark, options, results).get("targets");
        Map<?, ?> target = (Map<?, ?>) targets.getFirst();
        assertEquals(List.of(0.75, 0.75), target.get("interval"));
        assertEquals(6, target.get("turns"));
    }
}
