package dev.jevent.subprocess;

import java.io.IOException;
import java.util.List;

/**
 * A program has not returned 0. An IOException: who runs programs must reckon with it as with a
 * program that is not there, and does so in the same place. Its message has the end of what the
 * program wrote to its standard error, if that was captured.
 */
public final class CalledProcessError extends IOException {

    private static final long serialVersionUID = 1;
    private static final int TAIL = 500;

    private final transient CompletedProcess process;

    CalledProcessError(CompletedProcess process) {
        super(message(process));
        this.process = process;
    }

    private static String message(CompletedProcess p) {
        String said = p.errorText().strip();
        String tail = said.length() <= TAIL ? said : "…" + said.substring(said.length() - TAIL);
        return "\""
                + String.join(" ", p.args())
                + "\" "
                + Signals.fate(p.returncode())
                + (tail.isEmpty() ? "" : ": " + tail);
    }

    /** The program and its arguments. */
    public List<String> args() {
        return process.args();
    }

    /** Its exit code, or the negative number of the signal that killed it. */
    public int returncode() {
        return process.returncode();
    }

    /** What it has written to pipes. */
    public Output output() {
        return process.output();
    }
}
