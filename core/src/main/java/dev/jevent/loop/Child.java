package dev.jevent.loop;

import org.jspecify.annotations.Nullable;

import java.util.OptionalInt;

/**
 * Calls back once when a process has ended. The JDK collects the ends of the processes that it has
 * started, so that none stays a zombie, watched or not.
 */
public final class Child extends Watcher {

    private final ProcessHandle handle;
    private final @Nullable Process process;
    private @Nullable Object watch; // of the current start
    private OptionalInt exitStatus = OptionalInt.empty();

    Child(Loop loop, Process process) {
        super(loop);
        this.process = process;
        this.handle = process.toHandle();
    }

    Child(Loop loop, ProcessHandle handle) {
        super(loop);
        if (handle.equals(ProcessHandle.current())) {
            throw new IllegalArgumentException("a process cannot wait for its own end");
        }
        this.process = null;
        this.handle = handle;
    }

    /** The number of the process. */
    public long pid() {
        return handle.pid();
    }

    /**
     * What the process has ended with, 128 and the number of the signal if one has killed it; empty
     * before the callback, and if only a {@code ProcessHandle} is known: the system tells the
     * parent alone.
     */
    public OptionalInt exitStatus() {
        return exitStatus;
    }

    @Override
    void begin() {
        var current = new Object();
        watch = current;
        var end = process != null ? process.onExit() : handle.onExit();
        end.whenComplete((ended, e) -> loop.core.submit((Runnable) () -> exited(current)));
    }

    private void exited(Object of) {
        if (of == watch && active()) {
            if (process != null) {
                exitStatus = OptionalInt.of(process.exitValue());
            }
            ended();
            fire();
        }
    }

    @Override
    void end() {
        watch = null;
    }
}
