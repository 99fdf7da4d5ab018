package dev.jevent;

import dev.jevent.internal.Frames;

import java.util.List;

/** The text of a {@link LoopExit}: what the root waits for, and where everybody else stands. */
final class Explanation {

    private static final int MOST = 10;

    private Explanation() {}

    static String of(Hub hub) {
        var text = new StringBuilder();
        text.append("This wait would never end: no greenlet of ").append(hub);
        text.append(" is ready to run, none waits for a timer or for I/O, and no other thread is");
        text.append(" there to wake one.");
        List<RawGreenlet> living = hub.living.all();
        if (living.isEmpty()) {
            text.append(" No greenlet is alive.");
        }
        places(text, living);
        return text.toString();
    }

    /** The greenlets of a hub that ended with its thread. */
    static String ofTheEnd(Hub hub, List<RawGreenlet> left) {
        var text = new StringBuilder();
        text.append(hub).append(" has ended with its thread ").append(hub.owner().getName());
        text.append(", and of its greenlets these did not end and are never continued; join them,");
        text.append(" or start the program with Jevent.main(…):");
        places(text, left);
        return text.toString();
    }

    private static void places(StringBuilder text, List<RawGreenlet> living) {
        int shown = 0;
        for (RawGreenlet g : living) {
            if (shown++ == MOST) {
                text.append("\n  … and ").append(living.size() - MOST).append(" more");
                break;
            }
            text.append("\n  ").append(g).append(" waits at ").append(place(g));
        }
    }

    private static String place(RawGreenlet g) {
        Thread t = g.thread();
        if (t != null) {
            var place = Frames.place(t.getStackTrace());
            if (place.isPresent()) {
                return place.get().toString();
            }
        }
        return "an unknown place";
    }
}
