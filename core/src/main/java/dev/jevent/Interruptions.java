package dev.jevent;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLockInterruptionException;

/** The many faces of an interrupt in the JDK. */
final class Interruptions {

    private Interruptions() {}

    /**
     * Whether it tells of an interrupt or a kill, perhaps wrapped by a library that it has passed.
     * The exception of a socket that was closed for a timeout does not: that is a failure.
     */
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

    /**
     * Whether the exception tells of the error, in other words or as its cause, or that a socket is
     * closed: clients forget why.
     */
    static boolean comesOf(Throwable e, Throwable error) {
        Throwable t = e;
        for (int i = 0; t != null && i < 8; i++) {
            if (t == error || isOne(t) || isClosed(t)) {
                return true;
            }
            t = t.getCause();
        }
        return false;
    }

    private static boolean isClosed(Throwable e) {
        return e instanceof SocketException || e instanceof ClosedChannelException;
    }

    private static boolean isOne(Throwable e) {
        return e instanceof InterruptedException
                || e instanceof Interrupted
                || e instanceof GreenletExit
                || e instanceof ClosedByInterruptException && e.getCause() == null
                || e instanceof FileLockInterruptionException
                || e instanceof InterruptedIOException
                        && !(e instanceof SocketTimeoutException)
                        && e.getCause() == null
                || e instanceof SocketException && "Closed by interrupt".equals(e.getMessage());
    }

    /** What the exception of a socket says that was closed for a kill or timeout. */
    static String closedFor(Throwable reason) {
        return "Closed, because this ended the wait: " + reason;
    }
}
