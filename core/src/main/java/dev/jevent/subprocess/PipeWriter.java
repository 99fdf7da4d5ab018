package dev.jevent.subprocess;

import dev.jevent.internal.io.Descriptor;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.Fd;
import dev.jevent.internal.sys.Net;

import java.io.IOException;
import java.lang.ref.Cleaner;

/** Our end of a pipe that a child reads from. Nothing is kept back. */
final class PipeWriter extends ChildInput {

    /** Closes the pipes that nobody closes. */
    static final Cleaner CLEANER = Cleaner.create();

    private final Descriptor descriptor;
    private final Cleaner.Cleanable garbage;

    /** Takes over a non-blocking descriptor. */
    @SuppressWarnings("this-escape") // final
    PipeWriter(int fd) {
        descriptor = Descriptor.of(fd, false, "Pipe");
        garbage = CLEANER.register(this, descriptor::close);
    }

    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    int writeSome(byte[] b, int off, int len) throws IOException {
        int most = Math.min(len, Net.MOST);
        int n = descriptor.output((scratch, fd) -> Fd.write(scratch, fd, b, off, most), null);
        if (n == -Errno.EPIPE) {
            throw new BrokenPipe(Errno.text(Errno.EPIPE));
        }
        if (n < 0) {
            throw new IOException("cannot write to a child: " + Errno.text(-n));
        }
        return n;
    }

    /** The child reads the end of its input. */
    @Override
    public void close() {
        garbage.clean();
    }
}
