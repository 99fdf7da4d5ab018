package dev.jevent.subprocess;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A program has not ended in the time that it was given. An IOException, as its failure is. */
public final class TimeoutExpired extends IOException {

    private static final long serialVersionUID = 1;

    private final transient List<String> args;
    private final Duration timeout;
    private final transient Output output;

    TimeoutExpired(List<String> args, Duration timeout, Output output) {
        super("\"" + String.join(" ", args) + "\" has not ended in " + text(timeout));
        this.args = args;
        this.timeout = timeout;
        this.output = output;
    }

    private static String text(Duration d) {
        return d.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    /** The program and its arguments. */
    public List<String> args() {
        return args;
    }

    /** The time that was over. */
    public Duration timeout() {
        return timeout;
    }

    /** What it had written to pipes until then. */
    public Output output() {
        return output;
    }
}
