package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Every day one contender shows that the harness works; all do with {@code -Pnightly}. */
final class Dose {

    static final boolean NIGHTLY = Boolean.getBoolean("jevent.nightly");

    private Dose() {}

    /** Goes on with {@code -Pnightly}, or if that is enough for a day. */
    static void onlyNightly(boolean unless) {
        assumeTrue(NIGHTLY || unless, "for -Pnightly");
    }
}
