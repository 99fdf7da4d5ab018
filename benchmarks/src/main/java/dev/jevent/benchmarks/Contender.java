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
            return part -> measure();
        }
    }

    /** One that runs, and does nothing while others are measured. */
    interface Warm extends AutoCloseable {
        /**
         * Measures one of its parts. All of them together are what {@link Measurement#measure}
         * returns.
         *
         * @param part from 0
         */
        Map<String, Double> measure(int part) throws Exception;

        /** How many it has. */
        default int parts() {
            return 1;
        }

        @Override
        default void close() {}
    }
}
