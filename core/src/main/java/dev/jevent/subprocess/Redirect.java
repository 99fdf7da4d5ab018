package dev.jevent.subprocess;

import java.io.FileDescriptor;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * What a child has as its standard input, output or error. The names are Python's; {@code import
 * static dev.jevent.subprocess.Redirect.*}.
 *
 * <p>Paths are relative to the folder of this process, not to the child's.
 */
public sealed interface Redirect permits Target {

    /** A pipe to this process: {@link Popen#getOutputStream} and its like, {@code communicate}. */
    Redirect PIPE = Target.Standard.PIPE;

    /** The same as this process has; the default. */
    Redirect INHERIT = Target.Standard.INHERIT;

    /** Nothing to be read; what is written is dropped. */
    Redirect DEVNULL = Target.Standard.DEVNULL;

    /** For the standard error: the same as the standard output. */
    Redirect STDOUT = Target.Standard.STDOUT;

    /** A file to read from. */
    static Redirect from(Path file) {
        return new Target.OfFile(file, Target.Use.READ);
    }

    /** A file to write to; it is made, or what is in it is lost. */
    static Redirect to(Path file) {
        return new Target.OfFile(file, Target.Use.WRITE);
    }

    /** A file to write to, at its end; it is made if it is not there. */
    static Redirect appendTo(Path file) {
        return new Target.OfFile(file, Target.Use.APPEND);
    }

    /**
     * An open descriptor of this process, by its number; it stays open here and belongs to the
     * caller. A pipe or terminal that does not block here, such as {@code Pipe.source().fd()}, does
     * in the child; a connected socket blocks from then on in both, which jevent's own sockets do
     * not mind. In the portable mode only 0 for the input, 1 for the output and 2 for the error.
     *
     * @throws IllegalArgumentException if negative
     */
    static Redirect fd(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("no descriptor: " + number);
        }
        return new Target.OfNumber(number);
    }

    /** As {@link #fd}: that of a {@code FileInputStream}, a {@code RandomAccessFile} … */
    static Redirect of(FileDescriptor descriptor) {
        return new Target.OfDescriptor(descriptor);
    }

    /**
     * What another child writes, {@link Popen#getInputStream} or {@link Popen#getErrorStream}: the
     * programs talk to each other, and not through this process. The stream is given away: once the
     * child runs, it is closed here, and nobody should use it meanwhile.
     *
     * @throws IllegalArgumentException if it is another stream
     */
    static Redirect of(InputStream stream) {
        if (!(stream instanceof ChildOutput pipe)) {
            throw notOfAChild(stream, "an InputStream");
        }
        return new Target.OfStream(pipe);
    }

    /** As {@link #of(InputStream)}: what another child reads, {@link Popen#getOutputStream}. */
    static Redirect of(OutputStream stream) {
        if (!(stream instanceof ChildInput pipe)) {
            throw notOfAChild(stream, "an OutputStream");
        }
        return new Target.OfStream(pipe);
    }

    private static IllegalArgumentException notOfAChild(Object stream, String what) {
        return new IllegalArgumentException(
                "a child can be given "
                        + what
                        + " only if it is the pipe of another child, which "
                        + stream
                        + " is not; for a file there is of(FileDescriptor)");
    }
}
