package dev.jevent.subprocess;

import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;

/** A run from the start of a child to its end, and never longer than that of its caller. */
final class Running {

    private Running() {}

    static CompletedProcess run(Command c) throws IOException {
        if (c.input != null) {
            if (c.stdin != Redirect.INHERIT) {
                throw new IllegalArgumentException(
                        "the input of " + c.describe() + " is given twice: as input and as stdin");
            }
            c.stdin(Redirect.PIPE);
        }
        Popen child = new Launch(c).start();
        boolean done = false;
        try {
            Output output = child.communicate(nanos(c.timeout), c.input);
            var process = new CompletedProcess(c.args, child.returncode(), output);
            done = true;
            return c.check ? process.checkReturncode() : process;
        } finally {
            end(child, done);
        }
    }

    private static long nanos(@Nullable Duration timeout) {
        return timeout == null ? -1 : HubAccess.get().nanos(timeout);
    }

    private static void end(Popen child, boolean done) {
        try {
            if (!done && child.killAll()) {
                child.awaitUndisturbed(); // short: nothing can ignore that signal
            }
        } finally {
            child.closePipes();
            child.release();
        }
    }
}
