package dev.jevent.subprocess;

import dev.jevent.Interrupted;
import dev.jevent.Waitable;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.LinkList;
import dev.jevent.internal.io.Share;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What can be said of a child, waited for and sent to it; {@link Popen} has the rest. */
abstract class ChildProcess extends Process implements Waitable {

    final Child child;
    final Command command;

    ChildProcess(Child child, Command command) {
        this.child = child;
        this.command = command;
    }

    // ---- who it is

    @Override
    public long pid() {
        return child.pid();
    }

    /** The program and its arguments. */
    public List<String> args() {
        return command.args;
    }

    @Override
    public ProcessHandle toHandle() {
        return child.handle();
    }

    /** Whether it runs; who asks again and again gives way now and then, so that it may end. */
    @Override
    public boolean isAlive() {
        return poll().isEmpty();
    }

    /** Whether it has ended. */
    @Override
    public boolean ready() {
        return child.exit.ready();
    }

    /**
     * How it has ended, if it has: the exit code, or the negative number of a signal. Who asks
     * again and again gives way now and then, so that it may end.
     */
    public OptionalInt poll() {
        if (!child.exit.ready()) {
            Share.take(1);
        }
        return child.exit.ready() ? OptionalInt.of(child.exit.returncode()) : OptionalInt.empty();
    }

    /**
     * How it has ended: the exit code, or the negative number of the signal that killed it.
     *
     * @throws IllegalThreadStateException if it runs
     */
    public int returncode() {
        checkEnded();
        return child.exit.returncode();
    }

    /**
     * How it has ended: the exit code, or 128 and the number of the signal that killed it.
     *
     * @throws IllegalThreadStateException if it runs
     */
    @Override
    public int exitValue() {
        checkEnded();
        return child.exit.exitValue();
    }

    private void checkEnded() {
        if (!child.exit.ready()) {
            throw new IllegalThreadStateException(this + " has not ended; await() waits for that");
        }
    }

    Command command() {
        return command;
    }

    // ---- wait

    /** Waits until it has ended; what {@link #returncode} says. */
    public int await() {
        child.exit.await(-1);
        return child.exit.returncode();
    }

    /**
     * Waits until it has ended, but not longer than the time; zero does not wait.
     *
     * @return whether it has ended
     * @throws IllegalArgumentException if the time is negative
     */
    public boolean await(Duration timeout) {
        return child.exit.await(HubAccess.get().nanos(timeout));
    }

    /** Waits until it has ended; what {@link #exitValue} says. */
    @Override
    public int waitFor() throws InterruptedException {
        try {
            child.exit.await(-1);
        } catch (Interrupted e) {
            throw interruption(e);
        }
        return child.exit.exitValue();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            return child.exit.await(Math.max(0, unit.toNanos(timeout)));
        } catch (Interrupted e) {
            throw interruption(e);
        }
    }

    private static InterruptedException interruption(Interrupted e) {
        return new InterruptedException(e.getMessage());
    }

    /** Negative waits without end. Whether it has ended. */
    boolean awaitNanos(long nanos) {
        return child.exit.await(nanos);
    }

    void awaitUndisturbed() {
        child.exit.awaitUndisturbed();
    }

    /**
     * A new future that is completed when it has ended. What depends on it runs in the JDK's common
     * pool; to cancel it does nothing to the child.
     */
    @Override
    public CompletableFuture<Process> onExit() {
        var future = new Ending(this);
        child.exit.rawLink(future);
        return future;
    }

    private static final class Ending extends CompletableFuture<Process>
            implements Consumer<Waitable>, LinkList.Immediate {
        private final Process process;

        Ending(Process process) {
            this.process = process;
        }

        @Override
        public void accept(Waitable exit) {
            completeAsync(() -> process); // not on the loop that collects all children
        }
    }

    // ---- signals

    /**
     * Sends a signal, unless the child has ended: another process that has got its number is never
     * hit (in the portable mode that can happen with others than TERM and KILL).
     *
     * @return whether it was sent
     * @throws IllegalArgumentException if there is no such signal
     * @throws UncheckedIOException if the system does not allow it
     */
    public boolean sendSignal(int signal) {
        Signals.check(signal);
        try {
            return child.signal(signal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #sendSignal(int)}: {@code "TERM"}, {@code "SIGUSR1"}. */
    public boolean sendSignal(String name) {
        return sendSignal(Signals.number(name));
    }

    /** Asks it to end: SIGTERM. Whether it was sent. */
    public boolean terminate() {
        return sendSignal(Signals.TERM);
    }

    /** Ends it: SIGKILL. Whether it was sent. */
    public boolean kill() {
        return sendSignal(Signals.KILL);
    }

    /** As {@link #terminate}. */
    @Override
    public void destroy() {
        terminate();
    }

    /** As {@link #kill}. */
    @Override
    public Process destroyForcibly() {
        kill();
        return this;
    }

    @Override
    public boolean supportsNormalTermination() {
        return true;
    }
}
