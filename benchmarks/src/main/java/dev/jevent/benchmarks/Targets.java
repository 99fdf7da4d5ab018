package dev.jevent.benchmarks;

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

    /** What was measured. */
    static String value(Target target, double measured) {
        return target.baseline().isPresent()
                ? String.format(Locale.ROOT, "%.3f ×", measured)
                : number(measured);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%,.2f", value);
    }
}
