package dev.jevent.cli;

/** The command line was wrong: what was wrong with it, and a line that helps. */
final class UsageError extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String hint;

    UsageError(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    String hint() {
        return hint;
    }
}
