package dev.jevent.subprocess;

import java.nio.charset.Charset;

/**
 * What a program has written to pipes; empty what did not go to one.
 *
 * @param stdout its standard output
 * @param stderr its standard error
 * @param charset in which {@link #text} and {@link #errorText} read them
 */
@SuppressWarnings("ArrayRecordComponent") // bytes to be used, not to be compared
public record Output(byte[] stdout, byte[] stderr, Charset charset) {

    /** The standard output as text. */
    public String text() {
        return new String(stdout, charset);
    }

    /** The standard error as text. */
    public String errorText() {
        return new String(stderr, charset);
    }

    @Override
    public String toString() {
        return "Output[" + stdout.length + " and " + stderr.length + " bytes]";
    }
}
