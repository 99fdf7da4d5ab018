package dev.jevent.subprocess;

import java.io.IOException;
import java.util.List;

/**
 * A program has written more than is collected of it; {@link Command#outputLimit} says how much.
 */
public final class OutputTooLarge extends IOException {

    private static final long serialVersionUID = 1;

    private final transient List<String> args;
    private final long limit;
    private final transient Output output;

    OutputTooLarge(Command command, Output output) {
        super(
                "\""
                        + String.join(" ", command.args)
                        + "\" has written more than "
                        + command.outputLimit
                        + " bytes, which is the limit of what is collected: set another one with"
                        + " outputLimit(bytes), or read it as a stream");
        this.args = command.args;
        this.limit = command.outputLimit;
        this.output = output;
    }

    /** The program and its arguments. */
    public List<String> args() {
        return args;
    }

    /** How many bytes of the output, and how many of the errors, were to be collected. */
    public long limit() {
        return limit;
    }

    /** What it had written until then. */
    public Output output() {
        return output;
    }
}
