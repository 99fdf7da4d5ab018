package dev.jevent.compat;

/** A server that cannot be had here; its message says why, and what to install. */
final class Missing extends Exception {

    private static final long serialVersionUID = 1;

    Missing(String message) {
        super(message, null, false, false);
    }

    Missing(String message, Throwable cause) {
        super(message, cause);
    }
}
