package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table says what was measured, which way its ratios go, and what was not reached or not there.
 */
class TextReportTest {
    private final Contender jevent = new Contender("jevent", Optional.empty(), Map::of);
    private final Contender gevent = new Contender("gevent", Optional.empty(), Map::of);
    private final Contender go = new Contender("Go", Optional.of("no go here"), Map::of);
    private final Benchmark benchmark =
            new Benchmark(
                    "switch",
                    "two greenlets take turns",
                    List.of(new Metric("ns", "ns for one", 1), Metric.count("early", "early")),
                    List.of(jevent, gevent, go),
                    List.of(
                            Target.ratio("jevent", "ns", 0.12, "gevent"),
                            Target.ratio("jevent", "ns", 1.25, "Go"),
                            Target.limit("jevent", "ns", 100),
                            Target.never("jevent", "early")),
                    List.of("A note."));

    private String report(Results results) {
        return TextReport.of(benchmark, Options.parse(new String[] {"switch"}), results);
    }

    @Test
    void showsMediansRatiosAndTargets() {
        Results results = new Results();
        results.add(jevent, Map.of("ns", 100.0, "early", 0.0));
        results.add(jevent, Map.of("ns", 120.0, "early", 1.0));
        results.add(jevent, Map.of("ns", 110.0, "early", 0.0));
        results.add(gevent, Map.of("ns", 1000.0));
        results.add(gevent, Map.of("ns", 1200.0));
        results.add(gevent, Map.of("ns", 2200.0)); // then all was slow, but for jevent by chance

        assertEquals(
                """
                switch: two greenlets take turns

                ns for one                    median         min         max    × jevent
                  jevent                       110.0       100.0       120.0       1.000
                  gevent                     1,200.0     1,000.0     2,200.0       0.100
                  Go                               –           –           –           –

                early                         median         min         max
                  jevent                           0           0           1
                  gevent                           –           –           –
                  Go                               –           –           –

                5 runs, in turns. × jevent: in each run "jevent" divided by the row, and of that the median;
                0.25 means that jevent has a quarter of the row's number.
                A note.

                skipped      Go: no go here
                reached      jevent ≤ 0.12 × gevent (ns for one): 0.100 ×
                not measured jevent ≤ 1.25 × Go (ns for one)
                NOT REACHED  jevent ≤ 100 (ns for one): 110
                NOT REACHED  jevent = 0 (early): 1
                """,
                report(results));
    }

    @Test
    void saysWhyAContenderFailed() {
        Results results = new Results();
        results.add(jevent, Map.of("ns", 100.0));
        results.fail(jevent, "exit code 1");

        String report = report(results);

        assertTrue(results.anyFailed());
        assertTrue(report.contains("FAILED       jevent: exit code 1\n"), report);
        assertTrue(report.contains("not measured jevent ≤ 100"), report);
    }
}
