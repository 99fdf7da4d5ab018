package dev.jevent.benchmarks;

import java.util.List;

/**
 * Runs a benchmark: all contenders in turns, A B C, C B A, so that a disturbance hits them all, and
 * one that grows or fades none more than the others.
 */
final class Runner {
    private final Options options;

    Runner(Options options) {
        this.options = options;
    }

    Results run(Benchmark benchmark) {
        Results results = new Results();
        List<Contender> contenders =
                benchmark.contenders().stream()
                        .filter(c -> c.missing().isEmpty() && options.wants(c.label()))
                        .toList();
        for (int i = 1; i <= options.repeats(); i++) {
            for (Contender contender : i % 2 == 1 ? contenders : contenders.reversed()) {
                if (results.failure(contender.label()).isEmpty() && !Child.isOver()) {
                    progress(benchmark, i, contender);
                    measure(contender, results);
                }
            }
        }
        return results;
    }

    private static void measure(Contender contender, Results results) {
        try {
            results.add(contender, contender.measurement().measure());
        } catch (Exception e) {
            results.fail(contender, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void progress(Benchmark benchmark, int repeat, Contender contender) {
        System.err.printf(
                "[%s %d/%d] %s%n", benchmark.name(), repeat, options.repeats(), contender.label());
    }
}
