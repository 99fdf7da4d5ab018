package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.benchmarks.ToolkitBenchmarks.Column;
import dev.jevent.benchmarks.ToolkitBenchmarks.Row;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every contender of the toolkit measures every row that it has; {@code --only} picks rows. */
class ToolkitTest {

    private static List<String> names(String... only) {
        return ToolkitBenchmarks.rows(List.of(only)).stream().map(Row::name).toList();
    }

    /** In one process for all rows, for a moment: the numbers mean nothing. Go is for --quick. */
    @ParameterizedTest
    @EnumSource(names = "GO", mode = EnumSource.Mode.EXCLUDE)
    void everyContenderMeasuresItsRows(Column column) throws Exception {
        Dose.onlyNightly(column == Column.JEVENT);
        Tools tools = new Tools(Path.of("").toAbsolutePath());
        Commands commands = new Commands(tools, Cores.discover(), 100);
        List<String> rows =
                ToolkitBenchmarks.rows(List.of()).stream()
                        .filter(row -> row.columns().contains(column))
                        .map(Row::name)
                        .toList();
        Command command =
                new ToolkitBenchmarks(commands, true)
                        .command(column, rows)
                        .with("BENCH_ROUND_MS", 1)
                        .with("BENCH_WARMUP", 0)
                        .with("BENCH_ROUNDS", 1);
        assumeTrue(command.missing().isEmpty(), () -> command.missing().orElseThrow());

        Map<String, Double> results = Child.results(Child.run(command, Duration.ofSeconds(50)));

        assertEquals(new HashSet<>(rows), results.keySet());
        results.forEach((name, nanos) -> assertTrue(nanos > 0, name));
    }

    @Test
    void onlyPicksRowsAndContenders() {
        assertEquals(List.of("semaphore", "semaphore-handoff"), names("semaphore").subList(0, 2));
        assertEquals(List.of("select"), names("select", "jevent", "go"));
        assertEquals(names(), names("jevent"));
        assertEquals(
                List.of("jevent", "go"),
                ToolkitBenchmarks.contenders(List.of("select", "jevent", "go")));
    }

    @Test
    void targetsAreHeldAgainstTheRowsThatTheyName() {
        ToolkitBenchmarks toolkit =
                new ToolkitBenchmarks(
                        new Commands(
                                new Tools(Path.of("").toAbsolutePath()),
                                new Cores(List.of(0)),
                                100),
                        true);
        Benchmark channels =
                toolkit.benchmark(ToolkitBenchmarks.rows(List.of("channel-handoff")).getFirst());
        assertEquals(
                List.of(
                        Target.ratio("jevent", "channel-handoff", 0.5, "JDK, all cores"),
                        Target.ratio("jevent", "channel-handoff", 0.15, "gevent"),
                        Target.ratio("jevent", "channel-handoff", 1, "jox, 1 core"),
                        Target.ratio("jevent", "channel-handoff", 1, "Kotlin, 1 core")),
                channels.targets());
    }

    @Test
    void theTableShowsNumbersRatiosAndTargets() {
        Row row = ToolkitBenchmarks.rows(List.of("latch-handoff")).getFirst();
        Contender jevent = new Contender("jevent", Optional.empty(), Map::of);
        Contender jdk = new Contender("JDK, all cores", Optional.empty(), Map::of);
        Contender one = new Contender("JDK, 1 core", Optional.of("nothing here"), Map::of);
        Benchmark benchmark =
                new Benchmark(
                        "toolkit latch-handoff",
                        row.title(),
                        List.of(row.metric()),
                        List.of(jevent, jdk, one),
                        List.of(
                                Target.ratio("jevent", row.name(), 0.5, jdk.label()),
                                Target.ratio("jevent", row.name(), 0.1, jdk.label())),
                        List.of());
        Results results = new Results();
        results.add(jevent, Map.of(row.name(), 200.0));
        results.add(jdk, Map.of(row.name(), 1000.0));
        ToolkitReport report =
                new ToolkitReport(
                        Options.parse(new String[] {"toolkit"}).only(List.of("jevent", "jdk")));
        report.add(row, benchmark, results);

        String text = report.text();

        assertTrue(
                text.contains(
                        """
                                                       jevent        JDK        JDK
                                                               all cores     1 core

                        handed over: ns for one hand-off
                          latch-handoff                   200      1,000          –
                                                                 0.20 ok
                        """),
                text);
        assertTrue(text.contains("skipped      JDK, 1 core: nothing here\n"), text);
        assertTrue(
                text.contains(
                        "NOT REACHED  latch-handoff: jevent ≤ 0.10 × JDK, all cores (ns for one"
                                + " hand-off): 0.200 ×\nreached      1 of 2 targets\n"),
                text);
    }
}
