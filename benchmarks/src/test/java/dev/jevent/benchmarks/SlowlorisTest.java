package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.benchmarks.Slowloris.Memory;
import dev.jevent.benchmarks.Slowloris.Times;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Slow connections cost jevent little; they keep a pool of threads from answering anybody. */
class SlowlorisTest {

    private static Map<String, Double> seen(double count, double answered, double p99) {
        return Map.of(
                "count",
                count,
                "answered",
                answered,
                "p50_us",
                20.0,
                "p99_us",
                p99,
                "usual_p99_us",
                p99 / 2,
                "stalled_ms",
                30.0);
    }

    private static Memory memory(double resident, double live) {
        return new Memory(resident, OptionalDouble.of(live));
    }

    /** For a moment: only who answers means anything. */
    @Test
    void thePoolStarvesAndJeventDoesNot() throws Exception {
        Dose.onlyNightly(false);
        Tools tools = new Tools(Path.of("").toAbsolutePath());
        Commands commands = new Commands(tools, new Cores(List.of(0)), 100);
        Benchmark benchmark =
                new Slowloris(commands, 100, new Times(0, 0, 0, 0, 1, 1, 2)).benchmark();
        for (Contender contender : benchmark.contenders()) {
            assumeTrue(contender.missing().isEmpty(), () -> contender.missing().orElseThrow());
        }

        Map<String, Double> jevent = benchmark.contenders().get(0).measurement().measure();
        Map<String, Double> pool = benchmark.contenders().get(1).measurement().measure();

        assertEquals(0, jevent.get("lost"));
        assertTrue(jevent.containsKey("live"), "it answered how much memory it uses");
        assertEquals(100, pool.get("lost"));
    }

    @Test
    void readsWhatTheClientPrintsBeforeAndDuringTheAttack() throws IOException {
        Map<String, Double> numbers = Slowloris.latencies(seen(10, 10, 40), seen(10, 5, 60), 15);
        assertEquals(1.5, numbers.get("p99_change"));
        assertEquals(50, numbers.get("lost"));
        assertEquals(40, numbers.get("p99_alone"));
        assertEquals(60, numbers.get("p99_attacked"));
        assertEquals(20, numbers.get("usual_alone"));
        assertEquals(30, numbers.get("usual_attacked"));
        assertEquals(1.5, numbers.get("usual_change"));
        assertEquals(0.2, numbers.get("stalled"));
    }

    @Test
    void failsWhenRequestsAreLostBeforeTheAttack() {
        assertThrows(
                IOException.class,
                () -> Slowloris.latencies(seen(10, 9, 40), seen(10, 10, 40), 15));
    }

    @Test
    void memoryIsThatOfEachAttacker() {
        Map<String, Double> numbers = new HashMap<>();
        Slowloris.memories(numbers, memory(1000, 500), memory(3000, 1500), memory(3100, 1500), 10);
        assertEquals(
                Map.of(
                        "resident", 200.0,
                        "resident_growth", 10.0,
                        "live", 100.0,
                        "live_growth", 0.0),
                numbers);
    }

    @Test
    void aServerThatDoesNotAnswerHasNoBytesInUse() {
        Map<String, Double> numbers = new HashMap<>();
        Memory silent = new Memory(3000, OptionalDouble.empty());
        Slowloris.memories(numbers, memory(1000, 500), silent, silent, 10);
        assertEquals(Map.of("resident", 200.0, "resident_growth", 0.0), numbers);
    }
}
