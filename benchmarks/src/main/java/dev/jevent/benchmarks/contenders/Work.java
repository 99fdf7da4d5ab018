package dev.jevent.benchmarks.contenders;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the {@code toolkit} benchmark measures of one primitive: what one greenlet or thread does,
 * and what its partner does beside it again and again, if it needs one.
 *
 * @param batch what is measured
 * @param operations how many are done between two looks at the clock
 * @param parts how many hand-offs one operation is
 * @param partner the partner's part, once
 */
record Work(Rounds.Batch batch, int operations, int parts, Optional<Step> partner) {

    /** A part of the work, done once. */
    interface Step {
        void run() throws Exception;
    }

    /** Measures a work in its greenlet or thread, beside a partner of the same kind. */
    interface Company {
        double measure(Work work) throws Exception;
    }

    /** Nobody else is there. */
    static Work alone(Step step) {
        return new Work(times(step), 1000, 1, Optional.empty());
    }

    /** Many at a time. */
    static Work together(int operations, Rounds.Batch batch) {
        return new Work(batch, operations, 1, Optional.empty());
    }

    /** To the partner and back: two hand-offs. */
    static Work pingPong(Step step, Step partner) {
        return pingPong(times(step), partner);
    }

    /** To the partner and back, as often as it is told. */
    static Work pingPong(Rounds.Batch batch, Step partner) {
        return new Work(batch, 1000, 2, Optional.of(partner));
    }

    /** From the partner to here: one hand-off. */
    static Work stream(Step step, Step partner) {
        return new Work(times(step), 1000, 1, Optional.of(partner));
    }

    private static Rounds.Batch times(Step step) {
        return n -> {
            for (int i = 0; i < n; i++) {
                step.run();
            }
        };
    }

    /** Measures what is named, with commas between the names, and prints each result. */
    static void report(String names, List<Map<String, Supplier<Work>>> works, Company company)
            throws Exception {
        Map<String, Supplier<Work>> all = new HashMap<>();
        works.forEach(all::putAll);
        for (String name : names.split(",")) {
            if (!all.containsKey(name)) {
                throw new IllegalArgumentException("unknown: " + name);
            }
            Self.result(name, company.measure(all.get(name).get()));
        }
    }

    /** Nanoseconds for one operation, or for one hand-off. */
    double nanos() throws Exception {
        return Rounds.nanosPerOperation(operations, batch) / parts;
    }

    /** Does the partner's part until it is told to end, or interrupted, or killed. */
    static final class Partner {
        private final Step step;
        private volatile boolean over;

        Partner(Step step) {
            this.step = step;
        }

        void run() throws Exception {
            while (!over) {
                step.run();
            }
        }

        void end() {
            over = true;
        }
    }
}
