package dev.jevent.benchmarks;

import java.util.Map;
import java.util.Optional;

/**
 * A row of a table.
 *
 * @param label its name, unique in its benchmark
 * @param missing why it cannot be measured on this machine, if it cannot
 * @param measurement measures it once
 */
record Contender(String label, Optional<String> missing, Measurement measurement) {

    /** Runs the contender once and returns its numbers by {@link Metric#key}. */
    interface Measurement {
        Map<String, Double> measure() throws Exception;

        /** The same in two steps, of which the second is done several times. */
        default Warm warm() throws Exception {
            return this::measure;
        }
    }

    /** One that runs, and does nothing while others are measured. */
    interface Warm extends AutoCloseable {
        Map<String, Double> measure() throws Exception;

        @Override
        default void close() {}
    }
}
