package dev.jevent.subprocess;

import java.io.IOException;

/**
 * Runs programs to their end. Follows the functions of Python's {@code subprocess}; for options
 * there are the forms that take a {@link Command}.
 *
 * <p>All of them: the caller gives way while the program runs. If he is killed, timed out or
 * interrupted, or the command's timeout is over, the program is killed (all of its process group,
 * if it leads one) and collected before that is thrown on.
 */
public final class Subprocess {

    private Subprocess() {}

    // ---- run

    /**
     * Runs a program with the standard streams of this process.
     *
     * @throws IOException if it cannot be started
     */
    public static CompletedProcess run(String... command) throws IOException {
        return run(Popen.of(command));
    }

    /**
     * Runs a program: it gets the command's input, if there is one, and what it writes to pipes is
     * collected.
     *
     * @throws TimeoutExpired if it was killed because its time was over
     * @throws CalledProcessError if that was asked for, and it failed
     * @throws OutputTooLarge if it was killed because it wrote more than {@link
     *     Command#outputLimit}
     * @throws IOException if it cannot be started
     */
    public static CompletedProcess run(Command command) throws IOException {
        return command.run();
    }

    // ---- call

    /** Runs a program; its exit code, or the negative number of the signal that killed it. */
    public static int call(String... command) throws IOException {
        return call(Popen.of(command));
    }

    /** As {@link #call(String...)}. */
    public static int call(Command command) throws IOException {
        return command.run().returncode();
    }

    /**
     * Runs a program that has to succeed.
     *
     * @throws CalledProcessError if it does not return 0
     */
    public static void checkCall(String... command) throws IOException {
        checkCall(Popen.of(command));
    }

    /** As {@link #checkCall(String...)}. */
    public static void checkCall(Command command) throws IOException {
        CompletedProcess ignored = command.run().checkReturncode();
    }

    /**
     * Runs a program that has to succeed, for what it writes to its standard output; the bytes, if
     * it is no text, are {@code run(…).stdout()}.
     *
     * @throws CalledProcessError if it does not return 0
     */
    public static String checkOutput(String... command) throws IOException {
        return checkOutput(Popen.of(command));
    }

    /** As {@link #checkOutput(String...)}; the command's standard output becomes a pipe. */
    public static String checkOutput(Command command) throws IOException {
        var copy = new Command(command).stdout(Redirect.PIPE);
        return copy.run().checkReturncode().text();
    }

    // ---- the shell

    /** How a line of the shell ended, and what it wrote. */
    public record StatusOutput(int status, String output) {}

    /** Runs a line in the shell; what it writes, errors too, without the last line's end. */
    public static String getOutput(String line) throws IOException {
        return getStatusOutput(line).output();
    }

    /** As {@link #getOutput}, with the exit code, or the negative number of the signal. */
    public static StatusOutput getStatusOutput(String line) throws IOException {
        CompletedProcess p = Popen.shell(line).stdout(Redirect.PIPE).stderr(Redirect.STDOUT).run();
        String text = p.text();
        return new StatusOutput(
                p.returncode(), text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    }
}
