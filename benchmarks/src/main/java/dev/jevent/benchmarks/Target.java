package dev.jevent.benchmarks;

import java.util.Optional;

/**
 * Something aimed at: a row is at most, or at least, a factor times another row from the same run,
 * in the median of its turns, or at most an absolute limit.
 *
 * @param row the label of the row that has to reach it
 * @param metric the key of the metric
 * @param factor the ratio, or without a baseline the value
 * @param baseline the label of the row it is compared with
 * @param more whether more is better, so that the factor is the least and not the most
 */
record Target(String row, String metric, double factor, Optional<String> baseline, boolean more) {

    static Target ratio(String row, String metric, double factor, String baseline) {
        return new Target(row, metric, factor, Optional.of(baseline), false);
    }

    /** A ratio of something of which more is better. */
    static Target atLeast(String row, String metric, double factor, String baseline) {
        return new Target(row, metric, factor, Optional.of(baseline), true);
    }

    /** Something that must not happen, not even once. */
    static Target never(String row, String metric) {
        return limit(row, metric, 0);
    }

    static Target limit(String row, String metric, double limit) {
        return new Target(row, metric, limit, Optional.empty(), false);
    }
}
