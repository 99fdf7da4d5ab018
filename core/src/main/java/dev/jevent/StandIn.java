package dev.jevent;

import dev.jevent.internal.Enduring;
import dev.jevent.internal.OwnThread;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs the loop of a hub whose own thread is held by a greenlet that waits and cannot let go of it:
 * inside a class initialiser, or with a native frame on its stack. Without a stand-in that hub
 * would stand still, and for ever if the greenlet waits for something that has to come through the
 * hub.
 *
 * <p>A greenlet that waits in a call of jevent's gives the loop away itself, and gets it back
 * before it goes on: still one greenlet at a time. If it waits in a call of the JDK's, the {@link
 * Watchdog} notices; then the greenlet may go on beside the stand-in until its next wait.
 *
 * <p>A stand-in can be held as well, by a greenlet that needs the class whose initialiser waits:
 * then the watchdog makes one more.
 */
final class StandIn extends OwnThread {

    private static final Path THIS_THREAD = Path.of("/proc/thread-self");
    private static final char SLEEPING = 'S'; // proc(5)

    private final Hub hub;
    private volatile @Nullable Path stat; // where the kernel says what it does

    private StandIn(Hub hub) {
        // what lives in the hub has as much room here
        super("jevent-stand-in for " + hub.name(), Jdk.get().stackSize(hub.owner()), () -> {});
        this.hub = hub;
        setContextClassLoader(hub.owner().getContextClassLoader()); // for callbacks
    }

    /** Gives the loop to a new stand-in. On the thread that runs the loop. */
    static void takeOver(Hub hub) {
        start(hub, newThread(hub), hub.core.runner());
    }

    /**
     * Starts it as the runner.
     *
     * @param before who has the loop if the system gives no thread
     */
    static void start(Hub hub, Thread standIn, Thread before) {
        hub.core.setRunner(standIn);
        boolean started = false;
        try {
            standIn.start();
            started = true;
        } finally {
            if (!started) {
                hub.core.setRunner(before);
            }
        }
    }

    private static void enter(Hub hub) {
        for (; ; ) {
            try {
                hub.enter();
                return;
            } catch (OutOfMemoryError e) {
                Enduring.moment();
            }
        }
    }

    /** It goes on whatever happens: nobody else would. */
    private static void run(Hub hub) {
        try {
            hub.core.run();
        } catch (Throwable e) {
            Enduring.failed(e);
        }
    }

    /** A thread that runs the loop until it is taken from it. Not started. */
    static Thread newThread(Hub hub) {
        return new StandIn(hub);
    }

    @Override
    public void run() {
        try {
            stat = THIS_THREAD.toRealPath().resolve("stat");
        } catch (IOException | OutOfMemoryError e) {
            stat = null; // not Linux: nobody learns that it is held
        }
        enter(hub); // what runs here is at home in that hub
        while (hub.core.runner() == Thread.currentThread()) {
            run(hub);
        }
    }

    /**
     * Whether it waits inside the JVM, below Java code that has not called anything native: for a
     * class to be initialised, or for a monitor that it cannot leave its thread for. Any thread.
     *
     * @param mounted the greenlet's thread that it carries
     */
    boolean isStuck(Thread mounted) {
        StackTraceElement[] stack = mounted.getStackTrace();
        return stack.length > 0 && !stack[0].isNativeMethod() && isAsleep();
    }

    private boolean isAsleep() {
        Path p = stat;
        if (p == null) {
            return false;
        }
        try {
            String text = Files.readString(p);
            // the state stands behind the name, which is in brackets and may be anything
            return text.charAt(text.lastIndexOf(')') + 2) == SLEEPING;
        } catch (IOException e) {
            return false; // it has ended
        }
    }
}
