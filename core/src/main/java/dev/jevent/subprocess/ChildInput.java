package dev.jevent.subprocess;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What this process writes to a child: its standard input, through a pipe. */
abstract class ChildInput extends OutputStream {

    private final byte[] one = new byte[1];

    /**
     * Waits until some of it can be written, and writes that.
     *
     * @return how much is out of the caller's hands, at least one byte
     * @throws BrokenPipe if nobody can read it any more
     */
    abstract int writeSome(byte[] b, int off, int len) throws IOException;

    @Override
    public final void write(int b) throws IOException {
        one[0] = (byte) b;
        write(one, 0, 1);
    }

    @Override
    public final void write(byte[] b, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, b.length);
        for (int done = 0; done < len; ) {
            done += writeSome(b, off + done, len - done);
        }
        flush();
    }

    /** The child has closed its standard input, or is gone. */
    static final class BrokenPipe extends IOException {
        private static final long serialVersionUID = 1;

        BrokenPipe(String message) {
            super(message);
        }
    }
}
