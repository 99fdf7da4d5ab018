package dev.jevent.util;

import dev.jevent.RawGreenlet;
import dev.jevent.local.Local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The variables of greenlets, as text for reports. */
final class GreenletLocals {

    private GreenletLocals() {}

    /** The {@link Local}s of a greenlet. */
    static List<String> of(RawGreenlet greenlet) {
        List<String> lines = new ArrayList<>();
        Local.allOf(greenlet).forEach((local, value) -> lines.add(local + " = " + text(value)));
        return lines;
    }

    /** What it shares with its tree. */
    static List<String> of(Map<String, Object> treeLocals) {
        List<String> lines = new ArrayList<>();
        treeLocals.forEach((name, value) -> lines.add("tree local: " + name + " = " + text(value)));
        return lines;
    }

    /** Runs code of the user, which must not spoil a report. */
    private static String text(Object value) {
        try {
            return String.valueOf(value).replace("\n", "\\n");
        } catch (RuntimeException | Error e) {
            return "(its toString() failed: " + e.getClass().getName() + ")";
        }
    }
}
