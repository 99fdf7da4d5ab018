package dev.jevent;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;

/** The many faces of an interrupt in the JDK. */
final class Interruptions {

    private static final String CLOSED = "Closed by interrupt"; // the JDK's words

    private Interruptions() {}

    /** Whether it tells of an interrupt, perhaps wrapped by a library that it has passed. */
    static boolean isInterruption(Throwable e) {
        Throwable t = e;
        for (int i = 0; t != null && i < 8; i++) {
            if (isOne(t)) {
                return true;
            }
            t = t.getCause();
        }
        return false;
    }

    private static boolean isOne(Throwable e) {
        return e instanceof InterruptedException
                || e instanceof Interrupted
                || e instanceof ClosedByInterruptException
                || e instanceof FileLockInterruptionException
                || e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)
                || e instanceof SocketException
                        && e.getMessage() != null
                        && e.getMessage().startsWith(CLOSED);
    }

    /** What the exception of a socket says that was closed for a kill or timeout. */
    static String closedFor(Throwable reason) {
        return CLOSED + ", for its greenlet was told: " + reason;
    }
}
