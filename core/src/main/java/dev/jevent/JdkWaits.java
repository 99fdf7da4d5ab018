package dev.jevent;

import java.util.Set;

/**
 * How a kill or timeout may end a wait of the JDK's, by what waits there.
 *
 * <p>Most are interrupted. An error may come out of the park of those that leave nothing behind
 * that anybody else relies on. A lock, a condition or a hand-over does: who dies in one leaves a
 * node that is given what another waits for; the JDK takes it out only when it is interrupted.
 *
 * <p>Two are left alone. {@code lock()} takes no notice of an interrupt but sets the status again,
 * and with that the next park of a library that spins returns at once, and its loop never gives
 * way. A park of some microseconds is such a loop, which ends by itself.
 */
enum JdkWaits {
    /** It is interrupted. */
    INTERRUPTIBLE,
    /** An error may be thrown from its park. */
    THROWABLE,
    /** It is left alone: there will be another wait. */
    UNTOUCHABLE;

    private static final long SPIN_NANOS = 1_000_000;
    private static final String SYNCHRONIZER =
            "java.util.concurrent.locks.AbstractQueuedSynchronizer";
    private static final Set<String> OF_PARKING =
            Set.of(
                    "java.lang.VirtualThread",
                    "java.lang.Thread",
                    "java.util.concurrent.locks.LockSupport");

    /**
     * What it is.
     *
     * @param stack of the parked thread, the innermost call first
     * @param nanos for which it parks; 0 for ever
     */
    static JdkWaits of(StackTraceElement[] stack, long nanos) {
        for (int i = 0; i < stack.length; i++) {
            String type = stack[i].getClassName();
            String method = stack[i].getMethodName();
            if (type.equals("java.lang.VirtualThread") && method.equals("sleepNanos")
                    || type.equals("java.util.concurrent.CompletableFuture$Signaller")
                    || type.equals("java.util.concurrent.FutureTask")) {
                return THROWABLE;
            }
            if (type.startsWith(SYNCHRONIZER) && method.startsWith("acquire")) {
                return isUninterruptible(stack, i) ? UNTOUCHABLE : INTERRUPTIBLE;
            }
            if (!OF_PARKING.contains(type) && !isAccess(type)) {
                return nanos > 0 && nanos < SPIN_NANOS ? UNTOUCHABLE : INTERRUPTIBLE;
            }
        }
        return INTERRUPTIBLE;
    }

    /** The synchronizer's loop is told by its caller whether an interrupt ends it. */
    private static boolean isUninterruptible(StackTraceElement[] stack, int loop) {
        if (loop + 1 == stack.length) {
            return false;
        }
        String caller = stack[loop + 1].getMethodName();
        return !caller.endsWith("Interruptibly") && !caller.endsWith("Nanos");
    }

    /** How the JDK's packages reach java.lang, and what switches a continuation. */
    private static boolean isAccess(String type) {
        return type.startsWith("java.lang.System$") || type.startsWith("jdk.internal.vm.");
    }
}
