package dev.jevent.file;

import dev.jevent.Waiter;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.sys.Errno;
import dev.jevent.internal.sys.PipeCalls;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** Opens named pipes without open(2)'s wait for the other end. */
final class Fifo {

    private static final long FIRST_PAUSE = 1_000_000; // nanoseconds
    private static final long LAST_PAUSE = 50_000_000;

    private Fifo() {}

    static boolean is(Path path) {
        return Pipe.hasDescriptors()
                && path.getFileSystem() == FileSystems.getDefault()
                && FileKind.of(path) == FileKind.FIFO;
    }

    /** Its end to read from; the first read waits for somebody who writes. */
    static Pipe.Source source(Path path) throws IOException {
        return new Pipe.Source(FdEnd.fifo(checked(path, open(path, PipeCalls.O_RDONLY))));
    }

    /** Its end to write to; waits for somebody who reads, of whom the kernel sends no event. */
    static Pipe.Sink sink(Path path) throws IOException {
        long pause = FIRST_PAUSE;
        for (; ; ) {
            int fd = open(path, PipeCalls.O_WRONLY);
            if (fd != -PipeCalls.ENXIO) {
                return new Pipe.Sink(FdEnd.of(checked(path, fd), "FIFO"));
            }
            boolean ignored = HubAccess.get().await(new Waiter<Void>(), pause);
            pause = Math.min(pause * 2, LAST_PAUSE);
        }
    }

    private static int open(Path path, int direction) {
        return PipeCalls.open(path.toString(), direction);
    }

    private static int checked(Path path, int fd) throws IOException {
        if (fd < 0) {
            throw new FileSystemException(path.toString(), null, Errno.text(-fd));
        }
        return fd;
    }
}
