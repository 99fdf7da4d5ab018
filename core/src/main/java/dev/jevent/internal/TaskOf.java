package dev.jevent.internal;

/**
 * A task that only wraps another one. Reports tell where a greenlet was spawned by the class of its
 * task, and that is the one inside.
 */
public interface TaskOf {

    /** What the user has given. */
    Object task();
}
