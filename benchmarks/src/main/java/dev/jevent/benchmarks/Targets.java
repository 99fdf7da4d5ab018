package dev.jevent.benchmarks;

import java.util.List;
import java.util.Locale;

/** How a target is judged and put into words. */
final class Targets {

    private Targets() {}

    static boolean reached(Target target, double measured) {
        return target.more() ? measured >= target.factor() : measured <= target.factor();
    }

    /** What is aimed at. */
    static String text(Target target, Benchmark benchmark) {
        String title =
                benchmark.metrics().stream()
                        .filter(metric -> metric.key().equals(target.metric()))
                        .findFirst()
                        .orElseThrow()
                        .title();
        String limit =
                target.baseline()
                        .map(row -> String.format(Locale.ROOT, "%.2f × %s", target.factor(), row))
                        .orElseGet(() -> number(target.factor()));
        String relation = target.factor() == 0 ? " = " : target.more() ? " ≥ " : " ≤ ";
        return target.row() + relation + limit + " (" + title + ")";
    }

    /**
     * What was measured, and how sure a ratio is.
     *
     * @param ratios of all turns; empty without a baseline
     */
    static String value(Target target, double measured, List<Double> ratios) {
        return target.baseline().isPresent()
                ? String.format(Locale.ROOT, "%.3f ×%s", measured, certainty(ratios))
                : number(measured);
    }

    private static String certainty(List<Double> ratios) {
        return Interval.ofMedian(ratios)
                .map(interval -> certainty(interval, ratios.size()))
                .orElse("");
    }

    /** What follows the median of ratios. */
    static String certainty(Interval interval, int turns) {
        return " (" + interval.text() + ", " + turns + " turns)";
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }
}
