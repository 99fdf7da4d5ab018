package dev.jevent.subprocess;

import java.util.List;
import java.util.Locale;

/** The names and numbers of Linux's signals. */
final class Signals {

    static final int KILL = 9;
    static final int TERM = 15;
    private static final int HIGHEST = 64;

    private static final List<String> NAMES =
            List.of(
                    ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM"
                                    + " STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM"
                                    + " PROF WINCH IO PWR SYS")
                            .split(" ", -1));

    private Signals() {}

    /** The number of {@code "TERM"} or {@code "SIGTERM"}. */
    static int number(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        int number = NAMES.indexOf(upper.startsWith("SIG") ? upper.substring(3) : upper);
        if (number < 1) {
            throw new IllegalArgumentException(
                    "no signal is called " + name + "; there are " + NAMES.subList(1, 32));
        }
        return number;
    }

    /** {@code SIGTERM}, or {@code signal 40}. */
    static String name(int number) {
        return number > 0 && number < NAMES.size() ? "SIG" + NAMES.get(number) : "signal " + number;
    }

    static int check(int number) {
        if (number < 1 || number > HIGHEST) {
            throw new IllegalArgumentException("no signal has the number " + number);
        }
        return number;
    }

    /** What has become of a process, for messages: "returned 3", "was killed by SIGKILL". */
    static String fate(int returncode) {
        return returncode >= 0 ? "returned " + returncode : "was killed by " + name(-returncode);
    }
}
