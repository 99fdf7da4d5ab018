package dev.jevent;

import dev.jevent.internal.Frames;

import java.util.Optional;

/**
 * Where a greenlet was spawned, for reports. Walking the stack costs more than the spawn itself.
 * But a lambda has a class of its own, made for its place in the source, and such a place nearly
 * always stands in the call of {@code spawn}: so for lambdas the stack is walked once for each
 * place. For other tasks it is walked each time.
 */
final class SpawnSite {

    private static final StackWalker WALKER = StackWalker.getInstance();

    private static final ClassValue<SpawnSite> OF_LAMBDA =
            new ClassValue<>() {
                @Override
                protected SpawnSite computeValue(Class<?> type) {
                    return here();
                }
            };

    private final StackWalker.StackFrame frame; // null if nobody but jevent is on the stack

    private SpawnSite(StackWalker.StackFrame frame) {
        this.frame = frame;
    }

    /** The place that is spawning the task now. */
    static SpawnSite of(Object task) {
        Class<?> type = task.getClass();
        return type.isHidden() ? OF_LAMBDA.get(type) : here();
    }

    private static SpawnSite here() {
        Optional<StackWalker.StackFrame> frame =
                WALKER.walk(
                        frames -> frames.filter(f -> Frames.isUsers(f.getClassName())).findFirst());
        return new SpawnSite(frame.orElse(null));
    }

    @Override
    public String toString() {
        return frame == null ? "jevent" : frame.toStackTraceElement().toString();
    }
}
