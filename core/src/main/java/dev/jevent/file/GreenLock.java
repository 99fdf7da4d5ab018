package dev.jevent.file;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileLock;

/** A lock of a region of a {@link GreenFile}, around that of the JDK. */
final class GreenLock extends FileLock {

    private final FileBase base;
    private final FileLock real;

    GreenLock(GreenFile channel, FileBase base, FileLock real) {
        super(channel, real.position(), real.size(), real.isShared());
        this.base = base;
        this.real = real;
    }

    @Override
    public boolean isValid() {
        return real.isValid();
    }

    @Override
    public void release() throws IOException {
        base.call(
                () -> {
                    real.release();
                    return null;
                });
    }

    /** Gives back a lock that came when nobody waited for it any more. */
    static void drop(@Nullable FileLock lock) {
        if (lock == null) {
            return;
        }
        try {
            lock.release();
        } catch (IOException e) {
            // the file was closed, and all its locks with it
        }
    }
}
