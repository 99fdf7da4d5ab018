package dev.jevent.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** All numbers of a run as maps and lists, for {@link Json}. */
final class JsonReport {

    private JsonReport() {}

    static Map<String, Object> of(Benchmark benchmark, Options options, Results results) {
        List<Object> metrics = new ArrayList<>();
        for (Metric metric : benchmark.metrics()) {
            List<Object> rows = new ArrayList<>();
            for (Contender contender : benchmark.contenders()) {
                if (options.wants(contender.label())) {
                    rows.add(row(benchmark, metric, contender, results));
                }
            }
            metrics.add(map("key", metric.key(), "title", metric.title(), "rows", rows));
        }
        List<Object> targets = new ArrayList<>();
        benchmark.targets().forEach(target -> targets.add(target(target, benchmark, results)));
        return map(
                "name", benchmark.name(),
                "title", benchmark.title(),
                "repeats", options.repeats(),
                "quick", options.quick(),
                "metrics", metrics,
                "targets", targets,
                "notes", benchmark.notes());
    }

    private static Map<String, Object> row(
            Benchmark benchmark, Metric metric, Contender contender, Results results) {
        Map<String, Object> row = map("contender", contender.label());
        contender.missing().ifPresent(why -> row.put("skipped", why));
        results.failure(contender.label()).ifPresent(why -> row.put("failed", why));
        Samples samples = results.samples(contender.label(), metric.key());
        if (!samples.isEmpty()) {
            row.put("median", samples.median());
            row.put("min", samples.min());
            row.put("max", samples.max());
            row.put("samples", samples.values());
        }
        OptionalDouble ratio =
                results.ratio(benchmark.reference().label(), contender.label(), metric.key());
        if (metric.compared() && ratio.isPresent()) {
            row.put("jeventDividedByThis", ratio.getAsDouble());
        }
        return row;
    }

    private static Map<String, Object> target(Target target, Benchmark benchmark, Results results) {
        Map<String, Object> map =
                map(
                        "text",
                        Targets.text(target, benchmark),
                        target.more() ? "atLeast" : "atMost",
                        target.factor());
        OptionalDouble measured = results.measured(target);
        if (measured.isPresent()) {
            map.put("measured", measured.getAsDouble());
            map.put("reached", Targets.reached(target, measured.getAsDouble()));
        }
        List<Double> ratios = results.ratios(target);
        Interval.ofMedian(ratios)
                .ifPresent(
                        interval -> {
                            map.put("interval", List.of(interval.low(), interval.high()));
                            map.put("turns", ratios.size());
                        });
        return map;
    }

    /** Keys and values in turn. */
    static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return map;
    }
}
