package dev.jevent;

/**
 * How much of something that races, soaks or fuzzes there is: a small dose every day, the whole
 * with {@code mvn verify -Pnightly}, which sets the system property {@code jevent.nightly}.
 */
public final class Dose {

    public static final boolean NIGHTLY = Boolean.getBoolean("jevent.nightly");

    private Dose() {}

    public static int of(int everyDay, int nightly) {
        return NIGHTLY ? nightly : everyDay;
    }

    /** The same for what a system property of its own can set. */
    public static int of(String property, int everyDay, int nightly) {
        return Integer.getInteger(property, of(everyDay, nightly));
    }
}
