package dev.jevent.internal.loop;

import java.util.ArrayList;
import java.util.List;

/**
 * The callbacks that run around each sleep of a loop: before it, after it, and instead of it when
 * there is nothing else to do. Loop thread only.
 */
public final class Phases {

    /** When a callback runs. */
    public enum Phase {
        /** Before the loop looks for I/O. */
        PREPARE,
        /** After it. */
        CHECK,
        /** When nothing else is to be done; as long as there is one, the loop does not sleep. */
        IDLE
    }

    private List<Runnable> prepare = List.of();
    private List<Runnable> check = List.of();
    private List<Runnable> idle = List.of();

    /** Loops make it. */
    Phases() {}

    /** Adds a callback. */
    public void add(Phase phase, Runnable callback) {
        List<Runnable> changed = new ArrayList<>(of(phase)); // a phase may be under way
        changed.add(callback);
        set(phase, changed);
    }

    /** Takes the same callback away. */
    public void remove(Phase phase, Runnable callback) {
        List<Runnable> changed = new ArrayList<>(of(phase));
        changed.remove(callback);
        set(phase, changed);
    }

    private List<Runnable> of(Phase phase) {
        return switch (phase) {
            case PREPARE -> prepare;
            case CHECK -> check;
            case IDLE -> idle;
        };
    }

    private void set(Phase phase, List<Runnable> changed) {
        switch (phase) {
            case PREPARE -> prepare = changed;
            case CHECK -> check = changed;
            case IDLE -> idle = changed;
        }
    }

    boolean isIdle() {
        return !idle.isEmpty();
    }

    void prepare(EventLoop loop) {
        run(loop, prepare);
    }

    void check(EventLoop loop) {
        run(loop, check);
    }

    void idle(EventLoop loop) {
        run(loop, idle);
    }

    private static void run(EventLoop loop, List<Runnable> callbacks) {
        if (!callbacks.isEmpty()) {
            for (Runnable callback : callbacks) {
                loop.call(callback, callback);
            }
        }
    }
}
