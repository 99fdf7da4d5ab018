package dev.jevent.subprocess;

import dev.jevent.Waitable;
import dev.jevent.internal.Gate;

import java.util.function.Consumer;

/**
 * How a child has ended, and who waits for it. It does not know the {@link Popen}, so that one
 * which was forgotten is garbage while its child runs, and its pipes are closed. Any thread.
 */
final class Exit implements Waitable {

    @SuppressWarnings("this-escape") // kept only
    private final Gate gate = new Gate(this);

    private volatile int returncode;

    /** Tells it. Once. */
    void ended(int code) {
        returncode = code;
        gate.open();
    }

    @Override
    public boolean ready() {
        return gate.isOpen();
    }

    /** Python's: the exit code, or the negative number of the signal. When it is ready. */
    int returncode() {
        return returncode;
    }

    /** Java's: the exit code, or 128 and the number of the signal. When it is ready. */
    int exitValue() {
        int code = returncode;
        return code >= 0 ? code : 128 - code;
    }

    /** Negative waits without end. Whether it is ready. */
    boolean await(long nanos) {
        return Waits.await(gate, nanos);
    }

    void awaitUndisturbed() {
        Waits.awaitUndisturbed(gate);
    }

    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        gate.rawLink(callback);
    }

    @Override
    public void unlink(Object callback) {
        gate.unlink(callback);
    }
}
