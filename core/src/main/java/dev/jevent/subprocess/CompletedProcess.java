package dev.jevent.subprocess;

import java.util.List;

/**
 * A program that has ended. Follows Python's {@code subprocess.CompletedProcess}.
 *
 * @param args the program and its arguments
 * @param returncode its exit code, or the negative number of the signal that killed it
 * @param output what it has written to pipes
 */
public record CompletedProcess(List<String> args, int returncode, Output output) {

    /** What it has written to its standard output, if that was a pipe. */
    public byte[] stdout() {
        return output.stdout();
    }

    /** What it has written to its standard error, if that was a pipe. */
    public byte[] stderr() {
        return output.stderr();
    }

    /** Its standard output as text. */
    public String text() {
        return output.text();
    }

    /** Its standard error as text. */
    public String errorText() {
        return output.errorText();
    }

    /** Whether it returned 0. */
    public boolean successful() {
        return returncode == 0;
    }

    /**
     * This, if it returned 0.
     *
     * @throws CalledProcessError if not
     */
    public CompletedProcess checkReturncode() throws CalledProcessError {
        if (returncode != 0) {
            throw new CalledProcessError(this);
        }
        return this;
    }
}
