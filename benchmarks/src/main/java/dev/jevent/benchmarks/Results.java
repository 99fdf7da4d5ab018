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

    /** The median of one row divided by that of another; empty unless both were measured. */
    OptionalDouble ratio(String label, String baseline, String metric) {
        Samples ours = samples(label, metric);
        Samples theirs = samples(baseline, metric);
        if (ours.isEmpty() || theirs.isEmpty() || theirs.median() == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(ours.median() / theirs.median());
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
