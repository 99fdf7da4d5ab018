package dev.jevent.benchmarks;

import java.util.Optional;

/**
 * Something aimed at: a row's median is at most a factor times the median of another row from the
 * same run, or at most an absolute limit.
 *
 * @param row the label of the row that has to reach it
 * @param metric the key of the metric
 * @param factor the largest ratio, or without a baseline the largest value
 * @param baseline the label of the row it is compared with
 */
record Target(String row, String metric, double factor, Optional<String> baseline) {

    static Target ratio(String row, String metric, double factor, String baseline) {
        return new Target(row, metric, factor, Optional.of(baseline));
    }

    /** Something that must not happen, not even once. */
    static Target never(String row, String metric) {
        return limit(row, metric, 0);
    }

    static Target limit(String row, String metric, double limit) {
        return new Target(row, metric, limit, Optional.empty());
    }
}
