package dev.jevent.signal;

import dev.jevent.GreenletExit;

import org.jspecify.annotations.Nullable;

/**
 * Thrown into a program that is asked to end, by {@code Ctrl-C} (SIGINT) or SIGTERM; see {@link
 * Shutdown}. It is no {@code Exception}: {@code finally} blocks run, {@code catch (Exception e)}
 * does not swallow it.
 */
public final class ShutdownRequested extends GreenletExit {

    private static final long serialVersionUID = 1;

    private final String signal;
    private final int number;

    ShutdownRequested(String signal, int number) {
        this(signal, number, null);
    }

    private ShutdownRequested(String signal, int number, @Nullable Throwable cause) {
        super("SIG" + signal + ": the process is to end", cause);
        this.signal = signal;
        this.number = number;
    }

    /** The same for one more greenlet. */
    ShutdownRequested copy() {
        return new ShutdownRequested(signal, number);
    }

    @Override
    protected GreenletExit again() {
        return new ShutdownRequested(signal, number, this);
    }

    /** The signal: {@code INT} or {@code TERM}. */
    public String signal() {
        return signal;
    }

    /** How the process ends: 130 or 143. */
    public int exitCode() {
        return 128 + number;
    }
}
