package dev.jevent.subprocess;

import dev.jevent.Waitable;
import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Another program that runs, a child of this process: a {@link Process} of which nothing blocks the
 * hub. Follows {@code gevent.subprocess.Popen}.
 *
 * <pre>{@code
 * try (Popen sort = Popen.of("sort").stdin(PIPE).stdout(PIPE).start()) {
 *     String sorted = sort.communicate("b\na\n").text();
 * }
 * }</pre>
 *
 * <p>No thread is held while it runs, and none while somebody waits for it or for its streams. It
 * is collected when it ends, even if this object was forgotten; a pipe that is not read to its end
 * has to be closed, or goes with this object.
 *
 * <p>How it ended has two forms. Java's {@link #exitValue}, {@link #waitFor} say 128 and the number
 * of the signal that killed it; Python's {@link #poll}, {@link #await()}, {@link #returncode} say
 * the negative number of the signal, which no exit code is. (In the portable mode the JDK does not
 * tell them apart: what is 129 to 159 counts as a signal. There a pipe ends with the child, even if
 * a process that the child has started holds it.)
 *
 * <p>All methods may be called from any thread. Those that wait throw a kill, a {@link
 * dev.jevent.Timeout} or an interrupt of the caller; that concerns nobody else, and not the child.
 */
public final class Popen extends ChildProcess implements AutoCloseable {

    /** For tests: how long a close that is in a hurry waits. */
    static volatile long closeNanos = 1_000_000_000;

    private final OutputStream stdin;
    private final InputStream stdout;
    private final InputStream stderr;
    private final PopenLinks links;
    private @Nullable Communication communication; // guarded by this
    private long starter; // written before anybody else has this; so is cuts
    private int cuts;

    Popen(
            Child child,
            Command command,
            @Nullable ChildInput stdin,
            @Nullable ChildOutput stdout,
            @Nullable ChildOutput stderr) {
        super(child, command);
        this.stdin = stdin != null ? stdin : new NoPipe();
        this.stdout = stdout != null ? stdout : InputStream.nullInputStream();
        this.stderr = stderr != null ? stderr : InputStream.nullInputStream();
        this.links = new PopenLinks(this, child.exit);
        if (child.leadsGroup) {
            PipeWriter.CLEANER.register(this, child::release);
        }
    }

    // ---- what to run

    /** A program and its arguments. */
    public static Command of(String... command) {
        return new Command(List.of(command));
    }

    /** A program and its arguments. */
    public static Command of(List<String> command) {
        return new Command(command);
    }

    /** A line for {@code /bin/sh}. Put nothing into it that comes from others. */
    public static Command shell(String line) {
        return new Command(List.of("/bin/sh", "-c", line));
    }

    // ---- links

    /** As {@link Waitable#rawLink}; it keeps the caller's hub alive until it is told. */
    @Override
    public void rawLink(Consumer<? super Waitable> callback) {
        links.add(callback);
    }

    @Override
    public void unlink(Object callback) {
        links.remove(callback);
    }

    // ---- its group

    /**
     * Sends a signal to all of the process group that the child leads, or led: those that it has
     * started are reached after its own end, too, until this is closed.
     *
     * @return whether somebody was there
     * @throws IllegalStateException if it leads none
     * @throws UncheckedIOException if the system does not allow it
     */
    public boolean signalGroup(int signal) {
        Signals.check(signal);
        if (!child.leadsGroup) {
            throw new IllegalStateException(
                    this
                            + " has no process group of its own; start it with processGroup() or"
                            + " newSession()");
        }
        try {
            return child.signalGroup(signal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #signalGroup(int)}: {@code "TERM"}, {@code "SIGUSR1"}. */
    public boolean signalGroup(String name) {
        return signalGroup(Signals.number(name));
    }

    /**
     * Asks it to end, waits, and ends it if it has not done so: SIGTERM, and SIGKILL after the
     * grace. If it leads a process group, both go to all of that, and who is left of the group when
     * the child has ended is killed.
     *
     * @param grace zero for none
     * @return what {@link #returncode} says
     */
    public int stop(Duration grace) {
        long nanos = HubAccess.get().nanos(grace);
        signalAll(Signals.TERM);
        if (!child.exit.await(nanos)) {
            signalAll(Signals.KILL);
            child.exit.await(-1);
        }
        killGroup();
        return child.exit.returncode();
    }

    /** If it leads one. */
    void killGroup() {
        if (child.leadsGroup) {
            signalGroup(Signals.KILL);
        }
    }

    /** Nobody signals its group any more. */
    void release() {
        child.release();
    }

    private void signalAll(int signal) {
        if (child.leadsGroup) {
            signalGroup(signal);
        } else {
            sendSignal(signal);
        }
    }

    // ---- streams

    /**
     * What the child reads, if that is a pipe; nothing is kept back, no flush is needed. It is for
     * one writer at a time. When nobody reads any more, a write throws.
     */
    @Override
    public OutputStream getOutputStream() {
        return stdin;
    }

    /** What the child writes, if that goes to a pipe; else it is empty. One reader at a time. */
    @Override
    public InputStream getInputStream() {
        return stdout;
    }

    /** The errors that the child writes, if they go to a pipe; else it is empty. */
    @Override
    public InputStream getErrorStream() {
        return stderr;
    }

    /** Where there is no pipe. */
    private final class NoPipe extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException(
                    "the standard input of " + Popen.this + " is no pipe; say stdin(PIPE)");
        }
    }

    // ---- communicate

    /**
     * Reads all that the child writes to pipes and waits for its end; the pipe to its input, if
     * there is one, is closed. After a {@link TimeoutExpired} it goes on where that one ended.
     */
    public Output communicate() throws IOException {
        return communicate(-1, null);
    }

    /**
     * As {@link #communicate()}, but not longer than the time.
     *
     * @throws TimeoutExpired with what was read so far; the child runs on, and this can be called
     *     again to get everything
     */
    public Output communicate(Duration timeout) throws IOException {
        return communicate(HubAccess.get().nanos(timeout), null);
    }

    /**
     * Writes to the child's input and closes it, and meanwhile reads all that it writes to pipes,
     * so that no side waits for the other; then waits for its end. It is no error if the child does
     * not read everything. A kill, a timeout or an interrupt of the caller leaves it so that this
     * can be called again.
     *
     * @throws IllegalStateException if there is no pipe to its input, or it was given input before
     */
    public Output communicate(byte[] input) throws IOException {
        return communicate(-1, input.clone());
    }

    /** As {@link #communicate(byte[])}, but not longer than the time. */
    public Output communicate(byte[] input, Duration timeout) throws IOException {
        return communicate(HubAccess.get().nanos(timeout), input.clone());
    }

    /** As {@link #communicate(byte[])}, in the command's charset. */
    public Output communicate(String input) throws IOException {
        return communicate(-1, input.getBytes(command.charset));
    }

    /** As {@link #communicate(byte[])}, in the command's charset, but not longer than the time. */
    public Output communicate(String input, Duration timeout) throws IOException {
        return communicate(HubAccess.get().nanos(timeout), input.getBytes(command.charset));
    }

    Output communicate(long nanos, byte @Nullable [] input) throws IOException {
        Communication c;
        synchronized (this) {
            if (input != null && communication != null) {
                throw new IllegalStateException(
                        this + " was given its input already; communicate() goes on with that");
            }
            if (input != null && !(stdin instanceof ChildInput)) {
                throw new IllegalStateException(
                        "the standard input of " + this + " is no pipe; say stdin(PIPE)");
            }
            if (communication == null) {
                communication = new Communication(this, command, input);
            }
            c = communication;
        }
        return c.run(nanos);
    }

    // ---- the end

    /**
     * Closes the pipes and waits for the child's end, however long that takes. But a greenlet that
     * has started it and was killed since, or is in a {@link dev.jevent.Timeout} that is over, is
     * not to wait for long: then the child has a second to end, and is killed (all of its process
     * group, if it leads one). So it is, at once, if something ends this wait.
     */
    @Override
    public void close() {
        closePipes();
        try {
            boolean ignored = child.exit.await(isCut() ? closeNanos : -1);
        } finally {
            if (!child.exit.ready() && killAll()) {
                awaitUndisturbed(); // short: nothing can ignore that signal
            }
            child.release();
        }
    }

    /** The caller, which has started it, is in a hurry if it is cut from now on. */
    void startedHere() {
        starter = Thread.currentThread().threadId();
        cuts = HubAccess.get().cuts();
    }

    private boolean isCut() {
        return starter == Thread.currentThread().threadId() && HubAccess.get().isCutSince(cuts);
    }

    /** Kills it, and its group; whether it ends by that. */
    boolean killAll() {
        try {
            killGroup();
        } catch (UncheckedIOException e) {
            // some of it is somebody else's; the child itself may not be
        }
        try {
            return kill();
        } catch (UncheckedIOException e) {
            return false; // it has become somebody else's; it is collected when it ends
        }
    }

    void closePipes() {
        try (stdin;
                stdout;
                stderr) {
            // all of them, whatever one throws
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a pipe's end does not fail
        }
    }

    @Override
    public String toString() {
        String state = ready() ? Signals.fate(returncode()) : "runs";
        return "Popen[" + pid() + " " + command + ", " + state + "]";
    }
}
