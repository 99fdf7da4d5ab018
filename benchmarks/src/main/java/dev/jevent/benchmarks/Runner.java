package dev.jevent.benchmarks;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a benchmark: all contenders in turns, A B C, C B A, so that a disturbance hits them all, and
 * one that grows or fades none more than the others. With several turns in a repeat all are started
 * and warmed first, and then measured in these turns: on a machine whose speed changes from one
 * second to the next, many short measurements side by side say more than a few long ones. For the
 * same reason the parts of a contender are measured one by one, each beside that of the others; all
 * parts of one turn are one sample.
 */
final class Runner {
    private final Options options;
    private final int turns;

    Runner(Options options) {
        this(options, 1);
    }

    /**
     * A runner.
     *
     * @param turns how often each contender is measured in each repeat
     */
    Runner(Options options, int turns) {
        this.options = options;
        this.turns = turns;
    }

    Results run(Benchmark benchmark) {
        Results results = new Results();
        List<Contender> contenders =
                benchmark.contenders().stream()
                        .filter(c -> c.missing().isEmpty() && options.wants(c.label()))
                        .toList();
        for (int i = 1; i <= options.repeats(); i++) {
            Map<Contender, Contender.Warm> running = new LinkedHashMap<>();
            String repeat = benchmark.name() + " " + i + "/" + options.repeats();
            try {
                for (Contender contender : turn(contenders, i)) {
                    if (goesOn(contender, results)) {
                        if (turns > 1) {
                            progress(repeat, contender.label() + " warms up");
                        }
                        start(contender, running, results);
                    }
                }
                for (int turn = 1; turn <= turns; turn++) {
                    String name = turns > 1 ? repeat + ", " + turn + "/" + turns : repeat;
                    measure(name, turn(contenders, i + turn - 1), running, results);
                }
            } finally {
                running.values().forEach(Contender.Warm::close);
            }
        }
        return results;
    }

    private static List<Contender> turn(List<Contender> contenders, int number) {
        return number % 2 == 1 ? contenders : contenders.reversed();
    }

    private static boolean goesOn(Contender contender, Results results) {
        return results.failure(contender.label()).isEmpty() && !Child.isOver();
    }

    private static void start(
            Contender contender, Map<Contender, Contender.Warm> running, Results results) {
        try {
            running.put(contender, contender.measurement().warm());
        } catch (Exception e) {
            failed(contender, results, e);
        }
    }

    /** One turn: every part of all contenders. */
    private void measure(
            String name,
            List<Contender> contenders,
            Map<Contender, Contender.Warm> running,
            Results results) {
        int parts = running.values().stream().mapToInt(Contender.Warm::parts).max().orElse(0);
        Map<Contender, Map<String, Double>> numbers = new LinkedHashMap<>();
        if (turns > 1) {
            progress(name, "all");
        }
        for (int part = 0; part < parts; part++) {
            for (Contender contender : contenders) {
                if (goesOn(contender, results) && part < running.get(contender).parts()) {
                    if (turns == 1) {
                        progress(name, contender.label());
                    }
                    try {
                        numbers.computeIfAbsent(contender, c -> new HashMap<>())
                                .putAll(running.get(contender).measure(part));
                    } catch (Exception e) {
                        failed(contender, results, e);
                    }
                }
            }
        }
        for (Contender contender : contenders) {
            if (goesOn(contender, results)) {
                results.add(contender, numbers.get(contender));
            }
        }
    }

    private static void failed(Contender contender, Results results, Exception e) {
        results.fail(contender, e.getMessage() == null ? e.toString() : e.getMessage());
    }

    private static void progress(String where, String what) {
        System.err.printf("[%s] %s%n", where, what);
    }
}
