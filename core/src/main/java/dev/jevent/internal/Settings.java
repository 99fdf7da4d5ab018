package dev.jevent.internal;

import java.time.Duration;
import java.util.List;

/**
 * What {@code -Djevent.…} says: each property is read here and nowhere else. One that makes no
 * sense is an error when the first hub is made, and says what would; nothing is guessed. (Who looks
 * up names is for {@code dev.jevent.resolver} to say, which also listens to the environment.)
 *
 * <p>Any thread.
 */
public final class Settings {

    /** A property makes no sense. */
    public static final class Wrong extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Wrong(String property, String value, String what) {
            super("-D" + property + "=" + value + ": it has to be " + what);
        }
    }

    private static final String THREADS = "jevent.threadpool";
    private static final String GRACE = "jevent.grace";
    private static final String MONITOR = "jevent.monitor";
    private static final String PRINT = "jevent.monitor.print";
    private static final String FLIGHT = "jevent.jfr";
    private static final String POLLER = "jevent.poller";
    private static final String SWITCH = "jevent.switch";
    private static final String STREAMS = "jevent.streams";
    private static final String LOOP_EXIT = "jevent.loopExit";

    private Settings() {}

    /**
     * Reads them all. Called whenever a hub is made, which is before most of them count.
     *
     * @throws Wrong if one of them makes no sense
     */
    public static void check() {
        int _ = threads();
        Duration _ = grace();
        long _ = monitorMillis();
        checkWord(PRINT, "true", "false");
        checkWord(FLIGHT, "true", "false");
        checkWord(POLLER, "epoll", "jdk");
        checkWord(SWITCH, "own", "jdk");
        checkWord(STREAMS, "own", "jdk");
        checkWord(LOOP_EXIT, "auto", "always", "never");
    }

    /** How many threads each hub has for what truly blocks, and all have together for files. */
    public static int threads() {
        int usual = Math.max(10, Runtime.getRuntime().availableProcessors());
        String what = "a number of threads, 1 or more";
        return (int) number(THREADS, usual, 1, Integer.MAX_VALUE, what);
    }

    /** How long a program may take to end. */
    public static Duration grace() {
        String what = "a number of seconds, 0 or more";
        return Duration.ofSeconds(number(GRACE, 8, 0, Long.MAX_VALUE, what));
    }

    /** From how many milliseconds on a hub that is held is told of; zero: nobody wants to know. */
    public static long monitorMillis() {
        String what = "a number of milliseconds, or 0 for no monitor";
        return number(MONITOR, 0, 0, Long.MAX_VALUE, what);
    }

    private static long number(String property, long usual, long least, long most, String what) {
        String text = System.getProperty(property);
        if (text == null) {
            return usual;
        }
        try {
            long n = Long.parseLong(text.strip());
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Wrong(property, text, what);
    }

    // Those below may be asked before there is a hub, while classes are initialised: they never
    // throw, and check() does.

    /** Whether what the monitor has to say is printed. */
    public static boolean monitorPrints() {
        return !is(PRINT, "false");
    }

    /** Whether the Flight Recorder is told anything. */
    public static boolean tellsFlightRecorder() {
        return !is(FLIGHT, "false");
    }

    /** Whether sockets are to wait in the JDK's pollers. */
    public static boolean isPortable() {
        return is(POLLER, "jdk");
    }

    /** Whether the JDK's file streams are to stay as they are. */
    public static boolean usesJdkStreams() {
        return is(STREAMS, "jdk");
    }

    /** Whether greenlets are to switch as the JDK's virtual threads do. */
    public static boolean switchesAsTheJdk() {
        return is(SWITCH, "jdk");
    }

    /** When a wait that cannot end is told so: {@code auto}, {@code always} or {@code never}. */
    public static String loopExit() {
        String text = System.getProperty(LOOP_EXIT);
        return text == null ? "auto" : text.strip();
    }

    private static boolean is(String property, String word) {
        String text = System.getProperty(property);
        return text != null && text.strip().equals(word);
    }

    private static void checkWord(String property, String... words) {
        String text = System.getProperty(property);
        if (text != null && !List.of(words).contains(text.strip())) {
            throw new Wrong(property, text, String.join(" or ", words));
        }
    }

    /** At which signal everything is printed; null if at none. */
    public static String runInfoSignal() {
        return System.getProperty("jevent.runInfoSignal");
    }
}
