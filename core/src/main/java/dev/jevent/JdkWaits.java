package dev.jevent;

import java.util.Set;

/**
 * Which waits of the JDK's may be ended by an error that comes out of their park: those that leave
 * nothing behind that anybody else relies on. A lock, a condition or a hand-over does: who dies in
 * one leaves a node that is given what another waits for. There only an interrupt may end the wait,
 * for then the JDK takes the node out.
 */
final class JdkWaits {

    private static final Set<String> OF_PARKING =
            Set.of("java.lang.VirtualThread", "java.lang.Thread", "java.util.concurrent.locks.LockSupport");

    private JdkWaits() {}

    /**
     * Whether a thread that is parked there may be thrown at.
     *
     * @param stack of the parked thread, the innermost call first
     */
    static boolean mayThrow(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (type.equals("java.lang.VirtualThread") && frame.getMethodName().equals("sleepNanos")) {
                return true;
            }
            if (type.equals("java.util.concurrent.CompletableFuture$Signaller")
                    || type.equals("java.util.concurrent.FutureTask")) {
                return true;
            }
            if (!OF_PARKING.contains(type) && !isAccess(type)) {
                return false;
            }
        }
        return false;
    }

    /** How the JDK's packages reach java.lang, and what switches a continuation. */
    private static boolean isAccess(String type) {
        return type.startsWith("java.lang.System$") || type.startsWith("jdk.internal.vm.");
    }
}
