package dev.jevent;

import dev.jevent.internal.Frames;
import dev.jevent.internal.OwnThread;

import java.security.CodeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks after one hub whose root is away: not in jevent, while timers or sockets of its greenlets
 * are due. On a platform thread nobody can turn a wait of the JDK's into one of the loop, so the
 * loop is turned elsewhere: if the root waits in the JDK, for a second or under a {@link Timeout}
 * of its own, a {@link StandIn} runs the hub until the root comes back to jevent, and that is told
 * once, in a warning. What is to be thrown into a root that waits in the JDK, such as that timeout,
 * ends its call as an interrupt. A root that computes is told of only.
 *
 * <p>The race between lending and a root that comes back: the loop is taken from it first, then its
 * stack is looked at once more. If it is still outside of jevent, it will see that the loop is lent
 * at its next step inside; if not, the loop is given back before the stand-in has begun.
 *
 * <p>Watchdog's thread only.
 */
final class RootWatch {

    private static final long PATIENCE_NANOS = 1_000_000_000;
    private static final boolean TELLS = Long.getLong("jevent.monitor", -1) != 0;
    private static final CodeSource OURS = codeSource(RootWatch.class);
    private static final int FRAMES = 12;

    private final Hub hub;
    private boolean isDue; // and was at the last look, and the root has not been in jevent since
    private long since;
    private long turns;
    private boolean hasLent; // it will again, and sooner
    private boolean told;

    RootWatch(Hub hub) {
        this.hub = hub;
    }

    void look(long now) {
        HubCore core = hub.core;
        if (hub.isLent) {
            throwPending(now);
            tellIfLong(now);
            return;
        }
        if (core.isRunning() || core.isClosed() || core.runner() != hub.owner()) {
            isDue = false;
            return;
        }
        throwPending(now);
        if (!core.isSomethingDue() || nobodyWaits()) {
            isDue = false;
            return;
        }
        if (!isDue || turns != core.turns()) {
            isDue = true;
            turns = core.turns();
            since = now;
            return;
        }
        boolean soon = hasLent || hub.root().timeouts > 0;
        if (soon || now - since >= PATIENCE_NANOS) {
            hasLent |= lend();
        }
        tellIfLong(now);
    }

    private void throwPending(long now) {
        if (hub.root().hasPending() && waitsInTheJdk(hub.owner().getStackTrace())) {
            hub.root().interruptForPending(now);
        }
    }

    /** What comes for a socket of the root's own is the root's matter. */
    private boolean nobodyWaits() {
        return hub.living.size() == 0 && hub.core.queued() == 0 && hub.core.refs() == 0;
    }

    private boolean lend() {
        Thread standIn = StandIn.newThread(hub);
        hub.isLent = true;
        hub.core.setRunner(standIn);
        if (waitsInTheJdk(hub.owner().getStackTrace())) {
            standIn.start();
            return true;
        }
        hub.core.setRunner(hub.owner());
        hub.isLent = false;
        LockSupport.unpark(hub.owner()); // it may wait for the loop
        return false;
    }

    /** Whether the thread with this stack waits, and not for a call of jevent's. */
    private boolean waitsInTheJdk(StackTraceElement[] stack) {
        if (stack.length == 0) {
            return false;
        }
        boolean waits =
                stack[0].isNativeMethod() && Frames.isJdks(stack[0].getClassName())
                        || hub.owner().getState() == Thread.State.BLOCKED;
        return waits
                && Stream.of(stack)
                        .filter(f -> !Frames.isJdks(f.getClassName()))
                        .findFirst()
                        .filter(f -> isOurs(f.getClassName()))
                        .isEmpty();
    }

    /** By where the class comes from: programs may live in packages named as ours. */
    private static boolean isOurs(String className) {
        if (!Frames.isJevents(className)) {
            return false;
        }
        try {
            var type = Class.forName(className, false, RootWatch.class.getClassLoader());
            return Objects.equals(codeSource(type), OURS);
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static CodeSource codeSource(Class<?> type) {
        return type.getProtectionDomain().getCodeSource();
    }

    private void tellIfLong(long now) {
        if (!TELLS || told || now - since < PATIENCE_NANOS) {
            return;
        }
        told = true;
        String text = text(now);
        OwnThread.start( // a logger may wait for somebody
                "jevent-warning",
                () -> System.getLogger("dev.jevent").log(System.Logger.Level.WARNING, text));
    }

    private String text(long now) {
        String stack =
                Frames.fold(hub.owner().getStackTrace()).stream()
                        .limit(FRAMES)
                        .map(Frames::text)
                        .collect(Collectors.joining(" < "));
        return "the root of "
                + hub
                + " has not been in jevent for "
                + Duration.ofNanos(now - since).toMillis()
                + " ms while timers or sockets of its greenlets are due, "
                + (hub.isLent
                        ? "and a stand-in runs them meanwhile"
                        : "and none of them runs meanwhile")
                + "; begin with Jevent.main(…), or wait in jevent (-Djevent.monitor=0: do not"
                + " tell); it is at "
                + stack;
    }
}
