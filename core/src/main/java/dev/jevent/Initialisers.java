package dev.jevent;

import java.lang.StackWalker.StackFrame;

/**
 * Whether a class is being initialised. What is thrown out of an initialiser makes its class
 * unusable for as long as the JVM lives, so a kill or timeout waits for its end.
 */
final class Initialisers {

    private static final String NAME = "<clinit>"; // JVMS 2.9.2
    private static final StackWalker WALKER = StackWalker.getInstance();

    private Initialisers() {}

    /** By the calling thread. */
    static boolean onStack() {
        return WALKER.walk(frames -> frames.map(StackFrame::getMethodName).anyMatch(NAME::equals));
    }

    /** By another one, which does not run. */
    static boolean onStackOf(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().equals(NAME)) {
                return true;
            }
        }
        return false;
    }
}
