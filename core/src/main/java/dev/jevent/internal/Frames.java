package dev.jevent.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whose code a stack frame is: the user's, jevent's or the JDK's. For reports. */
public final class Frames {

    // A list and not a prefix: programs may live in a package below dev.jevent; some of ours do.
    private static final Set<String> PACKAGES =
            Set.of(
                    "dev.jevent",
                    "dev.jevent.backdoor",
                    "dev.jevent.cli",
                    "dev.jevent.event",
                    "dev.jevent.file",
                    "dev.jevent.http",
                    "dev.jevent.local",
                    "dev.jevent.lock",
                    "dev.jevent.loop",
                    "dev.jevent.monitor",
                    "dev.jevent.os",
                    "dev.jevent.pool",
                    "dev.jevent.prefork",
                    "dev.jevent.queue",
                    "dev.jevent.resolver",
                    "dev.jevent.resolver.dns",
                    "dev.jevent.select",
                    "dev.jevent.server",
                    "dev.jevent.signal",
                    "dev.jevent.socket",
                    "dev.jevent.ssl",
                    "dev.jevent.subprocess",
                    "dev.jevent.util",
                    "dev.jevent.websocket");

    private Frames() {}

    /** Whether the class is jevent's own. */
    public static boolean isJevents(String className) {
        if (!className.startsWith("dev.jevent.")) {
            return false;
        }
        String packageName = className.substring(0, className.lastIndexOf('.'));
        return PACKAGES.contains(packageName)
                || packageName.equals("dev.jevent.internal")
                || packageName.startsWith("dev.jevent.internal.");
    }

    /** Whether the class is the JDK's. */
    public static boolean isJdks(String className) {
        return className.startsWith("java.")
                || className.startsWith("jdk.")
                || className.startsWith("sun.")
                || className.startsWith("com.sun.");
    }

    /** Whether the class is neither jevent's nor the JDK's. */
    public static boolean isUsers(String className) {
        return !isJdks(className) && !isJevents(className);
    }

    /** Where the user's code stands in a stack, innermost frame first. */
    public static Optional<StackTraceElement> place(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (isUsers(frame.getClassName())) {
                return Optional.of(frame);
            }
        }
        return Optional.empty();
    }

    /**
     * A stack without what carries greenlets: of each run of such frames only the call that the
     * frame below made into jevent is left. The stack as it is, if nothing would be left.
     */
    public static List<StackTraceElement> fold(StackTraceElement[] stack) {
        List<StackTraceElement> kept = new ArrayList<>();
        StackTraceElement call = null; // the last of jevent's frames in the run
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName();
            if (isJevents(name)) {
                call = frame;
            } else if (!carries(name)) {
                if (call != null) {
                    kept.add(call);
                    call = null;
                }
                kept.add(frame);
            }
        }
        return kept.isEmpty() ? List.of(stack) : kept;
    }

    /** A frame as text, without what all frames of a program have in common. */
    public static String text(StackTraceElement f) {
        return new StackTraceElement(
                        null,
                        f.getModuleName(),
                        null,
                        f.getClassName(),
                        f.getMethodName(),
                        f.getFileName(),
                        f.getLineNumber())
                .toString();
    }

    private static boolean carries(String className) {
        return className.startsWith("java.lang.VirtualThread")
                || className.startsWith("java.lang.GreenletSupport")
                || className.equals("java.lang.System$1")
                || className.startsWith("java.lang.invoke.")
                || className.startsWith("jdk.internal.");
    }
}
