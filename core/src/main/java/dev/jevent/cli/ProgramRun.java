package dev.jevent.cli;

import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.LoopExit;
import dev.jevent.file.Stdio;
import dev.jevent.internal.CallerAccess;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.agent.UserThreads;
import dev.jevent.internal.loop.EventLoop;
import dev.jevent.resolver.Resolvers;
import dev.jevent.signal.Shutdown;
import dev.jevent.signal.ShutdownRequested;

import java.time.Duration;
import java.util.List;

/**
 * The life of a program under {@code jevent run}: the calling thread becomes a hub, and main is its
 * first greenlet.
 *
 * <pre>
 *   main runs --ends--> what it left behind runs --nothing is left--> exit 0, or 1 if main failed
 *       |
 *       +--waits for what can never happen--> explained, exit 1
 * </pre>
 *
 * What a program leaves behind keeps it alive as non-daemon threads do with {@code java}: greenlets
 * that are ready, wait for a timer or for I/O, or wait for something that another thread may do;
 * and non-daemon threads. A greenlet that nothing can wake any more does not, nor does a virtual
 * thread that the program has made itself: those are daemons.
 *
 * <p>The hub runs on while shutdown hooks run, whoever called {@link System#exit}, and so does this
 * thread, until the JVM is gone: a hook may well wait for a greenlet.
 *
 * <p>SIGINT and SIGTERM end it gracefully: {@link Shutdown} throws {@link ShutdownRequested} into
 * this thread, which passes it on to main, and when main has ended to all that are left.
 */
final class ProgramRun {

    private static final CallerAccess ACCESS = CallerAccess.get();
    private static final long LOOK_MILLIS = 20;
    private static final int TURNS_OF_A_SLEEP = 2; // one that sleeps, one in which the root is due

    /** What main does. */
    @FunctionalInterface
    interface Body {
        /** Does it; a {@link CannotRun} is said in one line. */
        void call(String[] arguments) throws Throwable;
    }

    private final Body body;
    private final Duration grace;

    ProgramRun(MainMethod method) {
        this(method::call, Shutdown.defaultGrace());
    }

    /** One that has so much time to end when a signal asks for that. */
    ProgramRun(Body body, Duration grace) {
        this.body = body;
        this.grace = grace;
    }

    /** Runs the program, to its end and that of the JVM: does not return. */
    void run(List<String> arguments) {
        String[] args = arguments.toArray(String[]::new);
        Hub hub = Hub.get();
        UserThreads.install(); // which needs what the first hub brings
        Stdio.installInput();
        Resolvers.areInInetAddress(); // from the first look-up on
        hub.name("main");
        Greenlet<Void> main = hub.spawn(() -> call(args));
        main.name("main");
        reportAsJava(hub, main);
        Shutdown shutdown = Shutdown.install(hub.rootGreenlet(), grace);
        try {
            exit(life(hub, main));
        } catch (ShutdownRequested e) {
            shielded(() -> end(main, e));
            shutdown.finish();
        }
    }

    /** Main is asked to end, and it alone: while it does so it may need the others. */
    private static void end(Greenlet<Void> main, ShutdownRequested request) {
        ACCESS.throwInto(main, request, 0, true);
        try {
            undisturbed(main::ready, main::join);
        } catch (LoopExit e) {
            // main waits for ever: it ends with the others
        }
    }

    /** The request to end is thrown from every wait of this thread's, but it has to wait on. */
    private static void shielded(Runnable wait) {
        try {
            ACCESS.<Object>shielded(
                    () -> {
                        wait.run();
                        return wait;
                    });
        } catch (Exception e) {
            throw ProgramRun.<RuntimeException>sneaky(e);
        }
    }

    private void call(String[] args) throws Exception {
        try {
            body.call(args);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw ProgramRun.<RuntimeException>sneaky(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }

    /** What main throws is reported as the JDK does, what others throw as jevent does. */
    private static void reportAsJava(Hub hub, Greenlet<Void> main) {
        var others = hub.errorHandler();
        hub.errorHandler(
                (context, error) -> {
                    if (context != main) {
                        others.handle(context, error);
                        return;
                    }
                    if (error instanceof CannotRun) {
                        System.err.println("jevent: " + error.getMessage());
                        return;
                    }
                    MainMethod.trim(error);
                    Thread thread = Thread.currentThread();
                    thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
                });
    }

    private static int life(Hub hub, Greenlet<Void> main) {
        while (!main.ready()) {
            try {
                undisturbed(main::ready, main::join);
            } catch (LoopExit e) {
                if (staysStill()) {
                    System.err.println("jevent: " + e.getMessage());
                    return 1;
                }
            }
        }
        do {
            undisturbed(() -> false, () -> HubAccess.get().joinGreenlets(hub));
        } while (waitForOthers(hub));
        return main.exception() == null ? 0 : 1;
    }

    /**
     * Whether nothing happens for a moment in a loop that said that nothing can. The JDK's news
     * that a thread has ended, for one, may still be under way when that thread is gone.
     */
    private static boolean staysStill() {
        EventLoop loop = HubAccess.get().currentLoop();
        long turns = loop.turns();
        undisturbed(() -> true, () -> Jevent.sleep(LOOK_MILLIS));
        return loop.turns() - turns <= TURNS_OF_A_SLEEP;
    }

    /** Waits, even if somebody interrupts this thread: it is nobody's but jevent's. */
    private static void undisturbed(java.util.function.BooleanSupplier over, Runnable wait) {
        do {
            try {
                wait.run();
                return;
            } catch (Interrupted e) {
                // it stays
            }
        } while (!over.getAsBoolean());
    }

    /** Whether there is still somebody, after a moment for them. */
    private static boolean waitForOthers(Hub hub) {
        if (!userThreads() && !HubAccess.get().mayBeWoken(hub)) {
            return false;
        }
        undisturbed(() -> true, () -> Jevent.sleep(LOOK_MILLIS));
        return true;
    }

    /** Whether a non-daemon thread lives, other than this one. */
    private static boolean userThreads() {
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        Thread[] threads = new Thread[top.activeCount() + 16];
        int n = top.enumerate(threads);
        for (int i = 0; i < n; i++) {
            Thread t = threads[i];
            if (!t.isDaemon() && t != Thread.currentThread() && t.isAlive()) {
                return true;
            }
        }
        return n == threads.length; // perhaps there are more
    }

    private static void exit(int code) {
        var exit = new OwnThread("jevent-exit", () -> System.exit(code));
        exit.setDaemon(false); // else the JVM might end first, with another exit code
        exit.start();
        for (; ; ) {
            shielded(() -> undisturbed(() -> false, () -> Jevent.sleep(Duration.ofDays(1))));
        }
    }
}
