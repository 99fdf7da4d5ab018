package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** How sure a median is. */
class IntervalTest {

    /** Around 1, with a tenth of them far too high, as a machine that stands still makes them. */
    private static List<Double> disturbed(Random random, int count) {
        return Stream.generate(
                        () -> {
                            double value = 1 + 0.05 * random.nextGaussian();
                            return random.nextInt(10) == 0 ? value + 1 : value;
                        })
                .limit(count)
                .toList();
    }

    @Test
    void whatIsAlwaysTheSameIsAPoint() {
        assertEquals(
                Optional.of(new Interval(0.97, 0.97)),
                Interval.ofMedian(Collections.nCopies(20, 0.97)));
    }

    @Test
    void fewValuesSayNothing() {
        assertEquals(Optional.empty(), Interval.ofMedian(List.of(1.0, 1.1, 0.9, 1.0)));
        assertTrue(Interval.ofMedian(List.of(1.0, 1.1, 0.9, 1.0, 1.2)).isPresent());
    }

    @Test
    void theSameValuesHaveTheSameInterval() {
        List<Double> values = disturbed(new Random(7), 50);
        assertEquals(Interval.ofMedian(values), Interval.ofMedian(values));
    }

    @Test
    void moreValuesAreMoreCertain() {
        Interval few = Interval.ofMedian(disturbed(new Random(7), 20)).orElseThrow();
        Interval many = Interval.ofMedian(disturbed(new Random(7), 2000)).orElseThrow();
        assertTrue((many.high() - many.low()) * 4 < few.high() - few.low(), few + " " + many);
    }

    /** The true median is the one of very many; 95 of 100, and by chance a few more or less. */
    @Test
    void nearlyAlwaysItHasTheTrueMedian() {
        Random random = new Random(7);
        double median = new Samples(disturbed(random, 1_000_000)).median();
        int holds = 0;
        for (int i = 0; i < 300; i++) {
            Interval interval = Interval.ofMedian(disturbed(random, 40)).orElseThrow();
            holds += interval.low() <= median && median <= interval.high() ? 1 : 0;
        }
        assertTrue(holds >= 273 && holds <= 297, holds + " of 300");
    }

    @Test
    void itsTextHasBothEnds() {
        assertEquals("0.95-0.99", new Interval(0.951, 0.988).text());
    }
}
