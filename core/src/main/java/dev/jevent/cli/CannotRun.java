package dev.jevent.cli;

/** The program cannot be started: it is not there, has no main, cannot be read. */
final class CannotRun extends Exception {

    private static final long serialVersionUID = 1;

    CannotRun(String message) {
        super(message);
    }

    CannotRun(String message, Throwable cause) {
        super(message, cause);
    }
}
