package dev.jevent.signal;

import dev.jevent.Action;
import dev.jevent.GreenletExit;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.Frames;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.Settings;
import dev.jevent.internal.jdk.Signals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets SIGINT ({@code Ctrl-C}) and SIGTERM end a program gracefully. {@code jevent run} does so by
 * itself; a program with a main of its own writes
 *
 * <pre>{@code
 * public static void main(String[] args) throws Exception {
 *     Shutdown.run(() -> {
 *         try (var server = new StreamServer(8080, this::handle)) {
 *             server.serveForever();
 *         } finally {
 *             store.flush();
 *         }
 *     });
 * }
 * }</pre>
 *
 * <pre>
 *   runs --first signal--> ShutdownRequested is thrown from where the program waits
 *                              | it has ended
 *                              v
 *                          the other greenlets of the hub are killed, with the same
 *                              | they have ended
 *                              v
 *                          shutdown hooks run, exit with 130 or 143
 * </pre>
 *
 * From then on every wait of the program, and then of the others, throws, until it has ended; who
 * has to wait while it cleans up does so in a {@link dev.jevent.pool.Scope#shield shield}.
 *
 * <p>A second signal, or the end of the grace time, goes on to the hooks at once, wherever the
 * program is and even if its hub is blocked; the end of the time says who has not ended and where
 * it waits. A third one does not wait for them either. Where the JVM does not tell of a signal
 * ({@code -Xrs}, or SIGINT in a job in the background), that one is not handled. While a {@link
 * Jevent#signalHandler} for one of them is there, it gets the signal instead.
 *
 * <p>Other hubs of the process end when their threads are told to by the program, or with the JVM.
 *
 * <p>The methods may be called from any thread unless they say otherwise.
 */
public final class Shutdown implements AutoCloseable {

    private static final CallerAccess ACCESS = CallerAccess.get();

    private static final long LOOK_MILLIS = 5;
    private static final int MOST_TOLD = 20;
    private static final int FRAMES_TOLD = 4;

    private record Handled(String name, Object previous) {}

    private final Hub hub;
    private final RawGreenlet program;
    private final Duration grace;
    private final List<Handled> handled = new ArrayList<>(2); // guarded by this
    private ShutdownRequested request; // guarded by this
    private int signals; // guarded by this: how many came
    private boolean closed; // guarded by this
    private volatile boolean programEnded;

    private Shutdown(RawGreenlet program, Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("negative duration: " + grace);
        }
        this.hub = program.hub();
        this.program = program;
        this.grace = grace;
    }

    // ---- the usual way

    /**
     * Does it, and ends the process if a signal asks for that meanwhile. The grace time is 8
     * seconds, or what the system property {@code jevent.grace} says in seconds.
     *
     * @throws Exception what it throws, if no signal has come
     */
    public static void run(Action program) throws Exception {
        run(defaultGrace(), program);
    }

    /** As {@link #run(Action)}, with another grace time. */
    public static void run(Duration grace, Action program) throws Exception {
        if (program == null) {
            throw new NullPointerException("a shutdown needs a program");
        }
        Shutdown shutdown = install(Jevent.getCurrent(), grace);
        try {
            program.run();
        } catch (Throwable e) {
            if (shutdown.uninstall()) {
                throw e;
            }
            shutdown.report(e);
        }
        if (!shutdown.uninstall()) {
            shutdown.finish();
        }
    }

    private void report(Throwable e) {
        boolean itself = e instanceof GreenletExit || ACCESS.standsFor(program, e, request());
        if (!itself) {
            ACCESS.report(hub, program, e);
        }
    }

    /**
     * How long a program may take to end if nobody says otherwise: 8 seconds, for who stops a
     * container waits ten, and then it is too late for hooks.
     */
    public static Duration defaultGrace() {
        return Settings.grace();
    }

    // ---- step by step

    /**
     * From now on the first signal throws {@link ShutdownRequested} into the greenlet or root. From
     * then on the process has the grace time: who catches it cleans up and calls {@link #finish}.
     */
    public static Shutdown install(RawGreenlet program, Duration grace) {
        var shutdown = new Shutdown(program, grace);
        shutdown.handle("INT", 2);
        shutdown.handle("TERM", 15);
        return shutdown;
    }

    private synchronized void handle(String name, int number) {
        try {
            Object previous = Signals.handle(name, () -> received(name, number));
            handled.add(new Handled(name, previous));
        } catch (IllegalArgumentException e) {
            // the JVM was told to leave it alone: it ends the process as the system does
            System.getLogger("dev.jevent")
                    .log(System.Logger.Level.DEBUG, "SIG" + name + " is not handled", e);
        }
    }

    /** The request, once a signal has come. */
    public Optional<ShutdownRequested> requested() {
        return Optional.ofNullable(request());
    }

    private synchronized ShutdownRequested request() {
        return request;
    }

    /** In a thread of the JVM's: the hub may be blocked, and Ctrl-C has to work nevertheless. */
    private void received(String name, int number) {
        ShutdownRequested r;
        int n;
        synchronized (this) {
            if (closed) {
                return; // it came while the handler was taken back
            }
            n = ++signals;
            if (n == 1) {
                request = new ShutdownRequested(name, number);
            }
            r = request;
        }
        if (n == 1) {
            OwnThread.start("jevent-shutdown", () -> endAfterGrace(r));
            ACCESS.throwInto(program, r, 0, true);
        } else if (n == 2) {
            System.exit(r.exitCode());
        } else {
            Runtime.getRuntime().halt(r.exitCode());
        }
    }

    private void endAfterGrace(ShutdownRequested r) {
        try {
            Thread.sleep(grace);
        } catch (InterruptedException e) {
            // nobody's thread but ours; if somebody wants it to end, the process ends
        }
        tellWhoIsLeft(r);
        System.exit(r.exitCode());
    }

    /** Who has not ended in the grace time, and where it waits. */
    private void tellWhoIsLeft(ShutdownRequested r) {
        List<RawGreenlet> left = new ArrayList<>(ACCESS.aboutLiving(hub));
        if (!programEnded && !left.contains(program)) {
            left.addFirst(program);
        }
        if (left.isEmpty()) {
            return;
        }
        var text = new StringBuilder("jevent: the grace time of SIG" + r.signal() + ", ");
        text.append(grace.toString().substring(2).toLowerCase(Locale.ROOT)).append(", is over. ");
        text.append("These have not ended:\n");
        for (RawGreenlet g : left.subList(0, Math.min(left.size(), MOST_TOLD))) {
            text.append("  ").append(g.name()).append(": ").append(place(g)).append('\n');
        }
        if (left.size() > MOST_TOLD) {
            text.append("  and ").append(left.size() - MOST_TOLD).append(" more\n");
        }
        System.err.print(text);
    }

    private static String place(RawGreenlet g) {
        Thread thread = g.thread();
        StackTraceElement[] stack =
                thread == null ? new StackTraceElement[0] : thread.getStackTrace();
        if (stack.length == 0) {
            return "it ends just now";
        }
        int users = 0; // the first frame of the program's
        while (users < stack.length - 1 && !Frames.isUsers(stack[users].getClassName())) {
            users++;
        }
        return Stream.of(stack)
                .skip(Math.max(0, users - 1)) // with what it has called
                .limit(FRAMES_TOLD)
                .map(Frames::text)
                .collect(Collectors.joining(" < "));
    }

    /**
     * Kills the greenlets of the hub that live, but for the caller, with a {@link
     * ShutdownRequested}, and ends the process when they have ended. Does not return. The hub runs
     * on while shutdown hooks run. In the hub's root or one of its greenlets.
     *
     * @throws IllegalStateException if no signal has come, or if called elsewhere
     */
    public void finish() {
        ShutdownRequested r = request();
        if (r == null) {
            throw new IllegalStateException("nobody has asked this process to end");
        }
        if (Hub.get() != hub) {
            throw new IllegalStateException("only the greenlets of " + hub + " may finish it");
        }
        programEnded = true;
        undisturbed(() -> killOthers(r));
        // hooks may wait for greenlets of this hub: so not here
        var exit = new OwnThread("jevent-exit", () -> System.exit(r.exitCode()));
        exit.setDaemon(false); // else the JVM might end first, with another exit code
        exit.start();
        for (; ; ) {
            undisturbed(() -> Jevent.sleep(Duration.ofDays(1)));
        }
    }

    private static void undisturbed(Action action) {
        try {
            ACCESS.<Object>shielded(
                    () -> {
                        action.run();
                        return action;
                    });
        } catch (Exception e) {
            throw CallerAccess.<RuntimeException>sneaky(e);
        }
    }

    /** Each is told from all its waits, but for shielded ones; the grace time ends it all. */
    private void killOthers(ShutdownRequested r) {
        RawGreenlet self = Jevent.getCurrent();
        Set<RawGreenlet> told = Collections.newSetFromMap(new IdentityHashMap<>());
        told.add(self);
        for (; ; ) {
            boolean others = false;
            for (RawGreenlet g : ACCESS.living(hub)) {
                others |= g != self;
                if (told.add(g)) {
                    ACCESS.throwInto(g, r.copy(), 0, true);
                }
            }
            if (!others && ACCESS.queued(hub) == 0) {
                return;
            }
            Jevent.sleep(LOOK_MILLIS);
        }
    }

    /** Handles the signals no more, unless one has come: then the process is to end. */
    @Override
    public void close() {
        uninstall();
    }

    /** False if a signal has come. */
    private synchronized boolean uninstall() {
        if (request != null) {
            return false;
        }
        if (!closed) {
            closed = true;
            handled.forEach(h -> Signals.restore(h.name, h.previous));
        }
        return true;
    }

    @Override
    public String toString() {
        return "Shutdown of " + program + " in " + grace;
    }
}
