package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who is measured when. */
class RunnerTest {

    private final List<String> order = new ArrayList<>();

    private Contender contender(String label, Optional<String> missing) {
        return new Contender(
                label,
                missing,
                () -> {
                    order.add(label);
                    return Map.of("ns", (double) order.size());
                });
    }

    @Test
    void whoIsMeasuredFirstIsTheLastTheNextTime() {
        var benchmark =
                new Benchmark(
                        "switch",
                        "turns",
                        List.of(new Metric("ns", "ns", 0)),
                        List.of(
                                contender("A", Optional.empty()),
                                contender("B", Optional.of("not here")),
                                contender("C", Optional.empty())),
                        List.of(),
                        List.of());
        Options options = Options.parse(new String[] {"switch", "--repeats", "3"});
        Results results = new Runner(options).run(benchmark);
        assertEquals(List.of("A", "C", "C", "A", "A", "C"), order);
        assertEquals(List.of(1.0, 4.0, 5.0), results.samples("A", "ns").values());
        assertEquals(List.of(2.0, 3.0, 6.0), results.samples("C", "ns").values());
        assertEquals(5.0 / 6, results.ratio("A", "C", "ns").getAsDouble(), 1e-9);
    }
}
