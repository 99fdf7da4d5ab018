package dev.jevent.subprocess;

import dev.jevent.Jevent;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.Spawn;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One start of a child, on a worker: it reads the disk, and the thread that starts a program stands
 * still until that runs. Whether the caller is still there when it runs, is decided by one
 * compare-and-set; if he is not, the child is killed.
 */
final class Launch implements Callable<@Nullable Popen> {

    private static final Object ABANDONED = new Object();

    private final Command command;
    private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();

    Launch(Command command) {
        this.command = command;
    }

    static boolean isPortable() {
        return HubAccess.get().isPortable() || !Native.isAvailable() || !Spawn.isAvailable();
    }

    Popen start() throws IOException {
        boolean done = false;
        try {
            Popen child = Jevent.blocking(this);
            done = true;
            return java.util.Objects.requireNonNull(child);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot run " + command.describe(), e);
        } finally {
            if (!done && !outcome.compareAndSet(null, ABANDONED)) {
                discard((Popen) outcome.get());
            }
        }
    }

    @Override
    public @Nullable Popen call() throws IOException {
        Popen child;
        try {
            child = isPortable() ? JdkLauncher.start(command) : SpawnLauncher.start(command);
        } catch (IOException | RuntimeException e) {
            if (outcome.get() == ABANDONED) {
                return null; // nobody wants to know
            }
            throw e;
        }
        if (!outcome.compareAndSet(null, child)) {
            discard(child);
        }
        return child;
    }

    private static void discard(@Nullable Popen child) {
        if (child != null) {
            child.closePipes();
            child.destroyForcibly();
        }
    }
}
