package dev.jevent.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** What was measured in one run of a benchmark, by the labels of its contenders. */
final class Results {
    private final Map<String, List<Map<String, Double>>> runs = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    void add(Contender contender, Map<String, Double> numbers) {
        runs.computeIfAbsent(contender.label(), label -> new ArrayList<>()).add(numbers);
    }

    void fail(Contender contender, String why) {
        failures.put(contender.label(), why);
    }

    /** Why a contender failed, if it did. */
    Optional<String> failure(String label) {
        return Optional.ofNullable(failures.get(label));
    }

    boolean anyFailed() {
        return !failures.isEmpty();
    }

    /**
     * The values of a contender; empty if it was skipped, failed or does not report this metric.
     */
    Samples samples(String label, String metric) {
        if (failures.containsKey(label)) {
            return new Samples(List.of());
        }
        return new Samples(
                runs.getOrDefault(label, List.of()).stream()
                        .filter(run -> run.containsKey(metric))
                        .map(run -> run.get(metric))
                        .toList());
    }

    /**
     * One row divided by another: of each turn, in which they were measured soon after another, and
     * of these the median. A machine that is slow for some minutes slows both, and a ratio of
     * medians would compare the hours. Empty unless both were measured.
     */
    OptionalDouble ratio(String label, String baseline, String metric) {
        List<Double> ratios = ratios(label, baseline, metric);
        return ratios.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(new Samples(ratios).median());
    }

    /** One row divided by another, of each turn in which both were measured. */
    List<Double> ratios(String label, String baseline, String metric) {
        List<Double> ours = samples(label, metric).values();
        List<Double> theirs = samples(baseline, metric).values();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            if (theirs.get(i) != 0) {
                ratios.add(ours.get(i) / theirs.get(i));
            }
        }
        return ratios;
    }

    /** The ratios of which a target is held against the median; empty if it has no baseline. */
    List<Double> ratios(Target target) {
        return target.baseline()
                .map(baseline -> ratios(target.row(), baseline, target.metric()))
                .orElse(List.of());
    }

    /** What a target is held against: a ratio or a value; empty if it was not measured. */
    OptionalDouble measured(Target target) {
        if (target.baseline().isPresent()) {
            return ratio(target.row(), target.baseline().get(), target.metric());
        }
        Samples samples = samples(target.row(), target.metric());
        if (samples.isEmpty()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(target.factor() == 0 ? samples.max() : samples.median());
    }
}
