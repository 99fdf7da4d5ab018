package dev.jevent;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What is printed of an error that nobody catches. */
final class ErrorReport {

    private ErrorReport() {}

    static void print(Object context, Throwable error) {
        var text = new StringWriter();
        try (var out = new PrintWriter(text)) {
            out.print("jevent: ");
            out.print(describe(context));
            out.print(" failed: ");
            error.printStackTrace(out);
        }
        System.err.print(text); // in one piece: other threads print too
        System.err.flush();
    }

    private static String describe(Object context) {
        if (context instanceof Greenlet<?> g) {
            return g.name() + " (spawned at " + g.spawnSite() + ")";
        }
        if (context instanceof RawGreenlet g) {
            return g.name();
        }
        return "callback " + context;
    }
}
