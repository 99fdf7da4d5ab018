package dev.jevent.benchmarks;

/**
 * A number that every contender of a benchmark reports.
 *
 * @param key its name in a contender's {@code RESULT} line and in the JSON file
 * @param title its name in the table, with the unit
 * @param decimals digits after the point in the table
 * @param compared whether a ratio to jevent means anything
 */
record Metric(String key, String title, int decimals, boolean compared) {

    Metric(String key, String title, int decimals) {
        this(key, title, decimals, true);
    }

    /** A number that should be 0. */
    static Metric count(String key, String title) {
        return new Metric(key, title, 0, false);
    }
}
