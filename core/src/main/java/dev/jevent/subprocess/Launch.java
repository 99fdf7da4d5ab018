package dev.jevent.subprocess;

import dev.jevent.Jevent;
import dev.jevent.Waitable;
import dev.jevent.internal.Gate;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.sys.Native;
import dev.jevent.internal.sys.Spawn;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One start of a child, on a worker: it reads the disk, and the thread that starts a program stands
 * still until that runs. Whether the caller is still there when it is to run, is decided by one
 * compare-and-set:
 *
 * <pre>
 *     opening --begins()--> starting --> started, failed
 *        |                     |
 *   (caller gone)        (caller gone): waits for what becomes of it, kills and collects it
 *        v
 *    abandoned: no child is started
 * </pre>
 *
 * Opening may take as long as a FIFO has nobody at its other end; the start of a program takes some
 * milliseconds, and its end after SIGKILL not much more. In the portable mode, where the JDK does
 * both at once, the caller does not wait if there is a FIFO, and the worker kills the child.
 */
final class Launch implements Callable<@Nullable Popen>, Waitable {

    private enum Step {
        OPENING,
        STARTING,
        ABANDONED
    }

    private final Command command;
    private final AtomicReference<Step> step = new AtomicReference<>(Step.OPENING);

    @SuppressWarnings("this-escape") // kept only
    private final Gate over = new Gate(this);

    private volatile @Nullable Popen started; // written before the gate opens

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
            Objects.requireNonNull(child).startedHere();
            return child;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot run " + command.describe(), e);
        } finally {
            if (!done && !step.compareAndSet(Step.OPENING, Step.ABANDONED)) {
                Waits.awaitUndisturbed(over);
                discard(started);
            }
        }
    }

    /** Before the child is made: whether anybody wants it. */
    boolean begins() {
        return step.compareAndSet(Step.OPENING, Step.STARTING);
    }

    @Override
    public @Nullable Popen call() throws IOException {
        try {
            return isPortable() ? startByTheJdk() : startBySpawn();
        } catch (IOException | RuntimeException e) {
            if (step.get() == Step.ABANDONED) {
                return null; // nobody wants to know
            }
            throw e;
        }
    }

    private @Nullable Popen startBySpawn() throws IOException {
        try {
            started = SpawnLauncher.start(command, this);
            return started;
        } finally {
            over.open();
        }
    }

    private @Nullable Popen startByTheJdk() throws IOException {
        boolean mayWait = opensFifo(command.stdin, command.stdout, command.stderr);
        if (!mayWait && !begins()) {
            return null;
        }
        try {
            Popen child = JdkLauncher.start(command);
            started = child;
            if (mayWait && !begins()) {
                discard(child);
            }
            return child;
        } finally {
            over.open();
        }
    }

    private static boolean opensFifo(Redirect... redirects) {
        for (Redirect r : redirects) {
            if (r instanceof Target.OfFile f
                    && Files.exists(f.file())
                    && !Files.isRegularFile(f.file())) {
                return true;
            }
        }
        return false;
    }

    /** It is gone when this returns. */
    private static void discard(@Nullable Popen child) {
        if (child != null) {
            child.closePipes();
            if (child.killAll()) {
                child.awaitUndisturbed();
            }
            child.release();
        }
    }

    @Override
    public boolean ready() {
        return over.isOpen();
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        over.rawLink(callback);
    }

    @Override
    public void unlink(Object callback) {
        over.unlink(callback);
    }
}
