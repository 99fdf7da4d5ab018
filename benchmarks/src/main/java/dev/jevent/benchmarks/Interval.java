package dev.jevent.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Where the median of something lies, with 95 % certainty, after it was measured some times. By the
 * bootstrap, which assumes nothing about how the values are spread: as many of them as there are
 * are drawn, each as often as it comes, and of the medians of many such draws the middle 95 % are
 * the interval. The draws are the same each time, so the same values have the same interval.
 */
record Interval(double low, double high) {

    /** With fewer values it would say nothing. */
    static final int LEAST = 5;

    private static final int DRAWS = 2000;
    private static final double OUTSIDE = 0.025; // at each end
    private static final long SEED = 1;

    /** The interval of the median; empty for fewer than {@link #LEAST} values. */
    static Optional<Interval> ofMedian(List<Double> values) {
        if (values.size() < LEAST) {
            return Optional.empty();
        }
        double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
        double[] drawn = new double[all.length];
        double[] medians = new double[DRAWS];
        Random random = new Random(SEED);
        for (int i = 0; i < DRAWS; i++) {
            for (int j = 0; j < drawn.length; j++) {
                drawn[j] = all[random.nextInt(all.length)];
            }
            medians[i] = median(drawn);
        }
        Arrays.sort(medians);
        int outside = (int) (DRAWS * OUTSIDE);
        return Optional.of(new Interval(medians[outside], medians[DRAWS - 1 - outside]));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
    }

    /** Both ends, as a table has them. */
    String text() {
        return String.format(Locale.ROOT, "%.2f-%.2f", low, high);
    }
}
