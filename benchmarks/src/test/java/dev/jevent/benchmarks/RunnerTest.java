package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.IOException;
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

    private Contender inTurns(String label, int parts, int failsAt) {
        return new Contender(
                label,
                Optional.empty(),
                new Contender.Measurement() {
                    @Override
                    public Map<String, Double> measure() {
                        throw new AssertionError("this is measured in two steps");
                    }

                    @Override
                    public Contender.Warm warm() {
                        order.add("+" + label);
                        return new Contender.Warm() {
                            private int measured;

                            @Override
                            public Map<String, Double> measure(int part) throws IOException {
                                order.add(parts == 1 ? label : label + part);
                                if (++measured == failsAt) {
                                    throw new IOException("it fails");
                                }
                                return Map.of(part == 0 ? "ns" : "us", (double) order.size());
                            }

                            @Override
                            public int parts() {
                                return parts;
                            }

                            @Override
                            public void close() {
                                order.add("-" + label);
                            }
                        };
                    }
                });
    }

    private static Benchmark inTurns(Contender... contenders) {
        return new Benchmark(
                "net",
                "turns",
                List.of(new Metric("ns", "ns", 0)),
                List.of(contenders),
                List.of(),
                List.of());
    }

    @Test
    void whatIsMeasuredInTurnsRunsUntilAllWereMeasured() {
        var benchmark = inTurns(inTurns("A", 1, 0), inTurns("B", 1, 0), inTurns("C", 1, 2));
        Options options = Options.parse(new String[] {"net", "--repeats", "2"});
        Results results = new Runner(options, 3).run(benchmark);
        assertEquals(
                List.of("+A +B +C A B C C B A A B -A -B -C +B +A B A A B B A -B -A".split(" ")),
                order);
        assertEquals(
                List.of(4.0, 9.0, 10.0, 18.0, 19.0, 22.0), results.samples("A", "ns").values());
        assertEquals(6, results.samples("B", "ns").values().size());
        assertEquals(Optional.of("it fails"), results.failure("C"));
        assertEquals(List.of(), results.samples("C", "ns").values());
    }

    @Test
    void thePartsOfAllLieBesideEachOtherAndAreOneSample() {
        var benchmark = inTurns(inTurns("A", 2, 0), inTurns("B", 2, 0), inTurns("C", 2, 4));
        Options options = Options.parse(new String[] {"net", "--repeats", "1"});
        Results results = new Runner(options, 3).run(benchmark);
        String turns = "A0 B0 C0 A1 B1 C1 C0 B0 A0 C1 B1 A1 A0 B0 A1 B1";
        assertEquals(List.of(("+A +B +C " + turns + " -A -B -C").split(" ")), order);
        assertEquals(List.of(4.0, 12.0, 16.0), results.samples("A", "ns").values());
        assertEquals(List.of(7.0, 15.0, 18.0), results.samples("A", "us").values());
        assertEquals(List.of(5.0, 11.0, 17.0), results.samples("B", "ns").values());
        assertEquals(Optional.of("it fails"), results.failure("C"));
        assertEquals(List.of(), results.samples("C", "ns").values());
    }
}
