package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;

/** A target is a most, or a least where more is better. */
class TargetsTest {
    private final Benchmark benchmark =
            new Benchmark(
                    "net",
                    "",
                    List.of(new Metric("gb_s", "GB/s", 2)),
                    List.of(),
                    List.of(),
                    List.of());

    @Test
    void ofWhatCostsTheFactorIsTheMost() {
        Target target = Target.ratio("jevent", "gb_s", 1.2, "C");
        assertTrue(Targets.reached(target, 1.2));
        assertFalse(Targets.reached(target, 1.21));
        assertEquals("jevent ≤ 1.20 × C (GB/s)", Targets.text(target, benchmark));
    }

    @Test
    void ofWhatIsBetterTheMoreTheFactorIsTheLeast() {
        Target target = Target.atLeast("jevent", "gb_s", 0.95, "C");
        assertTrue(Targets.reached(target, 0.95));
        assertFalse(Targets.reached(target, 0.94));
        assertEquals("jevent ≥ 0.95 × C (GB/s)", Targets.text(target, benchmark));
    }

    @Test
    void aRatioSaysHowSureItIs() {
        Target target = Target.ratio("jevent", "gb_s", 1, "C");
        assertEquals(
                "0.970 × (0.97-0.97, 80 turns)",
                Targets.value(target, 0.97, Collections.nCopies(80, 0.97)));
        assertEquals("0.970 ×", Targets.value(target, 0.97, Collections.nCopies(4, 0.97)));
        assertEquals("3", Targets.value(Target.limit("jevent", "gb_s", 4), 3, List.of()));
    }
}
