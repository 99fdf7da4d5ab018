package dev.jevent.benchmarks;

import java.util.List;

/**
 * What is measured, of whom, and what is aimed at. The first contender is the one that all others
 * are compared with: jevent.
 *
 * @param name what it is called on the command line
 * @param title one line that says what is measured
 * @param metrics the sections of its table
 * @param notes lines under the table that say what a reader has to know
 */
record Benchmark(
        String name,
        String title,
        List<Metric> metrics,
        List<Contender> contenders,
        List<Target> targets,
        List<String> notes) {

    Contender reference() {
        return contenders.getFirst();
    }
}
