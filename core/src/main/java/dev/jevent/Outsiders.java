package dev.jevent;

import dev.jevent.internal.Settings;
import dev.jevent.internal.Workers;
import dev.jevent.internal.jdk.Jdk;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether somebody outside of a hub could still wake it, when nothing inside can. In gevent nobody
 * could; in a JVM other threads are usual, and an error that tells a program it waits for ever must
 * not be wrong. {@code -Djevent.loopExit=always} does as gevent does, {@code never} never ends a
 * wait; the default looks at the threads that live.
 */
final class Outsiders {

    private static final String POLICY = Settings.loopExit();

    // threads that wait for commands from outside of the program and never touch its objects
    private static final Set<String> SERVANTS =
            Set.of("DestroyJavaVM", "Monitor Ctrl-Break", "Attach Listener", "Signal Dispatcher");

    private Outsiders() {}

    static boolean mayWake(Hub hub) {
        return switch (POLICY) {
            case "always" -> waitsForIo(hub);
            case "never" -> true;
            default -> waitsForIo(hub) || someThread(hub);
        };
    }

    private static boolean someThread(Hub hub) {
        Workers.tellWhenIdle(hub.core); // first: one that is busy now may be idle in a moment
        return !threads(hub).isEmpty();
    }

    /** Whether a greenlet waits for I/O without the loop's knowledge. */
    static boolean waitsForIo(Hub hub) {
        return waitsUnseen(hub);
    }

    /** The threads that might. */
    static List<Thread> threads(Hub hub) {
        return Jdk.get()
                .threads()
                .filter(t -> t != hub.owner() && t.isAlive() && mightWake(t))
                .collect(Collectors.toList());
    }

    private static boolean mightWake(Thread t) {
        if (Workers.isBusy(t)) {
            return true; // its task may do anything
        }
        String name = t.getName();
        if (t.isVirtual()) {
            return !name.startsWith("SubPoller-")
                    && !(Jdk.get().scheduler(t) instanceof Hub.Scheduler);
        }
        if (name.startsWith("process reaper")) {
            // The JDK's: it waits for a child. An idle one may have got the next child just now.
            return t.getState() != Thread.State.TIMED_WAITING
                    || ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive);
        }
        ThreadGroup group = t.getThreadGroup();
        return group != null
                && group.getParent() != null // the system's group has none
                && !group.getName().equals("InnocuousThreadGroup")
                && !group.getName().equals("CarrierThreads")
                && !name.startsWith("jevent-")
                && !SERVANTS.contains(name);
    }

    /**
     * Whether a greenlet waits for I/O without the hub's knowledge: in the portable mode, where
     * sockets wait in the JDK's pollers.
     */
    static boolean waitsUnseen(Hub hub) {
        if (!Polling.isPortable()) {
            return false;
        }
        for (RawGreenlet g : hub.living.all()) {
            Thread t = g.thread();
            if (t != null && !g.waitsVisibly() && isPolling(t)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPolling(Thread t) {
        for (StackTraceElement frame : t.getStackTrace()) {
            if (frame.getClassName().equals("sun.nio.ch.Poller")) {
                return true;
            }
        }
        return false;
    }
}
