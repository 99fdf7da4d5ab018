package dev.jevent;

import dev.jevent.internal.OwnThread;
import dev.jevent.internal.Settings;
import dev.jevent.internal.Workers;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Whether somebody outside of a hub could still wake it, when nothing inside can. In gevent nobody
 * could; in a JVM other threads are usual, and an error that tells a program it waits for ever must
 * not be wrong. {@code -Djevent.loopExit=always} does as gevent does, {@code never} never ends a
 * wait; the default looks at the threads that live.
 *
 * <p>Threads that serve the JVM, the JDK or jevent are told by what they are, never by a name,
 * which anybody may give: by their class, by the task that they run, or as the JVM's own, which
 * have no task and no Java frame on their stack. Who is none of those counts as somebody.
 */
final class Outsiders {

    private static final String POLICY = Settings.loopExit();

    // to look at all threads of a JVM takes long, so it is done after a rest of this time only
    private static final long PATIENCE_NANOS = 5_000_000;

    // classes of java.base that no program can extend or make
    private static final Set<String> SERVANTS =
            Set.of(
                    "java.lang.ref.Reference$ReferenceHandler",
                    "java.lang.ref.Finalizer$FinalizerThread",
                    "jdk.internal.misc.CarrierThread");
    private static final String INNOCUOUS = "jdk.internal.misc.InnocuousThread";
    private static final String IDE = "com.intellij.rt."; // waits for commands of the developer's

    /** How often all threads of the JVM were looked through; for tests. */
    static final AtomicLong SEARCHES = new AtomicLong();

    private Outsiders() {}

    /** How long nothing must have happened in a hub before {@link #findOne} is asked. */
    static long patience() {
        return POLICY.equals("auto") ? PATIENCE_NANOS : 0;
    }

    /**
     * Whether nobody has to be looked for: the answer is known.
     *
     * @return {@code TRUE} if the hub sleeps, {@code FALSE} if not, null if it has to ask
     */
    static Boolean known(Hub hub) {
        return switch (POLICY) {
            case "always" -> waitsForIo(hub);
            case "never" -> true;
            default -> waitsForIo(hub) ? true : null;
        };
    }

    /** A thread that might wake the hub, if there is one. */
    static @Nullable Thread findOne(Hub hub) {
        SEARCHES.incrementAndGet();
        Workers.tellWhenIdle(hub.core); // first: one that is busy now may be idle in a moment
        return outsiders(hub).findFirst().orElse(null);
    }

    /** Whether a greenlet waits for I/O without the loop's knowledge. */
    static boolean waitsForIo(Hub hub) {
        return waitsUnseen(hub);
    }

    /** Whether there is one that might. */
    static boolean areThere(Hub hub) {
        return outsiders(hub).findFirst().isPresent();
    }

    private static Stream<Thread> outsiders(Hub hub) {
        return Jdk.get().threads().filter(t -> t != hub.owner() && mightWake(t));
    }

    /** Whether the thread lives and might wake somebody. Any thread. */
    static boolean mightWake(Thread t) {
        if (t instanceof OwnThread || !t.isAlive()) {
            return false;
        }
        if (Workers.isWorker(t)) {
            return Workers.isBusy(t); // its task may do anything
        }
        if (t.isVirtual()) {
            return !(Jdk.get().scheduler(t) instanceof Hub.Scheduler) && !isSubPoller(t);
        }
        Class<?> type = t.getClass();
        if (type == Thread.class) {
            Runnable task = Jdk.get().task(t);
            return task == null ? !isOfTheJvm(t) : !isOfTheJdk(t, task);
        }
        String name = type.getName();
        if (type.getClassLoader() == null) {
            return name.equals(INNOCUOUS) ? mayReap(t) : !SERVANTS.contains(name);
        }
        return !name.startsWith(IDE);
    }

    /**
     * Whether it was made by the JVM for itself. Native code may make a thread too and call into
     * Java from it; so the one that waits for the end of the program, which looks alike, is told by
     * its name.
     */
    private static boolean isOfTheJvm(Thread t) {
        if (t.getStackTrace().length > 0) {
            return false; // it is Java code that runs, whatever for
        }
        return isInTopGroup(t) || t.getName().equals("DestroyJavaVM");
    }

    /** Whether the JDK has made it for itself, as for a connection of the management's. */
    private static boolean isOfTheJdk(Thread t, Runnable task) {
        Module module = task.getClass().getModule();
        String name = module.isNamed() ? module.getName() : "";
        return isInTopGroup(t)
                && !name.equals("java.base") // an executor's worker may be anybody's
                && (name.startsWith("java.") || name.startsWith("jdk."));
    }

    /** No program starts there, and none of its threads is there by chance. */
    private static boolean isInTopGroup(Thread t) {
        ThreadGroup group = t.getThreadGroup();
        return group == null || group.getParent() == null;
    }

    /**
     * A thread that serves the JDK; one of those waits for a child and tells of its end. An idle
     * one may have got the next child just now.
     */
    private static boolean mayReap(Thread t) {
        return hasFrame(t, "java.lang.ProcessHandleImpl", null)
                || hasFrame(t, "java.util.concurrent.ThreadPoolExecutor", null)
                        && ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive);
    }

    private static boolean isSubPoller(Thread t) {
        return hasFrame(t, "sun.nio.ch.Poller", "subPollerLoop");
    }

    private static boolean hasFrame(Thread t, String type, @Nullable String method) {
        for (StackTraceElement frame : t.getStackTrace()) {
            if (frame.getClassName().startsWith(type)
                    && (method == null || frame.getMethodName().equals(method))) {
                return true;
            }
        }
        return false;
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
            if (t != null && !g.waitsVisibly() && hasFrame(t, "sun.nio.ch.Poller", null)) {
                return true;
            }
        }
        return false;
    }
}
