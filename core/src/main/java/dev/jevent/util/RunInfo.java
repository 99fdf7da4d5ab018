package dev.jevent.util;

import dev.jevent.Hub;
import dev.jevent.internal.Frames;
import dev.jevent.internal.Inspector;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What the whole program does at this moment: the stack of every platform thread, and every
 * greenlet of every hub with its stack, as {@link GreenletTree}s.
 *
 * <p>May be called from any thread, and does not give way. Greenlets of other hubs run on while
 * their stacks are taken. Virtual threads of the JDK that are no greenlets are not shown; {@code
 * jcmd PID Thread.dump_to_file} shows them. {@code -Djevent.runInfoSignal=URG} prints it whenever
 * the process gets that signal. Follows {@code gevent.util.print_run_info}.
 */
public final class RunInfo {

    /** What can be shown. */
    public enum Part {
        /** The stacks of the platform threads. */
        THREADS,
        /** The greenlets. */
        GREENLETS,
        /** In all stacks also the frames of jevent and of the JDK that carry greenlets. */
        INTERNALS
    }

    private static final String LINE = System.lineSeparator();

    private RunInfo() {}

    /** Prints threads and greenlets, with their whole stacks. */
    public static void print(PrintStream out) {
        print(out, Integer.MAX_VALUE, Part.THREADS, Part.GREENLETS);
    }

    /**
     * Prints so much of it.
     *
     * @param limit how many frames of each stack
     * @throws IllegalArgumentException if the limit is not positive
     */
    public static void print(PrintStream out, int limit, Part... parts) {
        out.print(format(limit, parts)); // in one piece: other threads print too
        out.flush();
    }

    /** Threads and greenlets, with their whole stacks. */
    public static String format() {
        return format(Integer.MAX_VALUE, Part.THREADS, Part.GREENLETS);
    }

    /**
     * So much of it.
     *
     * @param limit how many frames of each stack
     * @throws IllegalArgumentException if the limit is not positive
     */
    public static String format(int limit, Part... parts) {
        if (limit <= 0) {
            throw new IllegalArgumentException("so many frames cannot be shown: " + limit);
        }
        Set<Part> shown = EnumSet.noneOf(Part.class);
        Collections.addAll(shown, parts);
        List<String> lines = new ArrayList<>();
        if (shown.contains(Part.THREADS)) {
            addThreads(lines, limit, shown.contains(Part.INTERNALS));
        }
        if (shown.contains(Part.GREENLETS)) {
            addGreenlets(lines, limit, shown.contains(Part.INTERNALS));
        }
        return String.join(LINE, lines) + LINE;
    }

    private static void addThreads(List<String> lines, int limit, boolean internals) {
        IdentityHashMap<Thread, Hub> owners = new IdentityHashMap<>();
        for (Hub hub : Inspector.get().hubs()) {
            owners.put(Inspector.get().owner(hub), hub);
        }
        lines.add("Threads");
        Thread.getAllStackTraces().entrySet().stream()
                .sorted(Comparator.comparingLong(e -> e.getKey().threadId()))
                .forEach(
                        e -> {
                            Thread thread = e.getKey();
                            lines.add("");
                            lines.add(title(thread, owners.get(thread)));
                            addStack(lines, e.getValue(), limit, internals);
                        });
        lines.add("");
    }

    private static String title(Thread thread, Hub hub) {
        return "#"
                + thread.threadId()
                + " "
                + thread.getName()
                + ", "
                + thread.getState().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + (thread.isDaemon() ? ", daemon" : "")
                + (hub == null ? "" : ", root of " + hub)
                + (thread == Thread.currentThread() ? ", current" : "");
    }

    private static void addStack(
            List<String> lines, StackTraceElement[] stack, int limit, boolean internals) {
        List<StackTraceElement> frames = internals ? List.of(stack) : Frames.fold(stack);
        for (int i = 0; i < frames.size(); i++) {
            if (i == limit) {
                lines.add("    … " + (frames.size() - limit) + " more");
                break;
            }
            lines.add("    at " + Frames.text(frames.get(i)));
        }
    }

    private static void addGreenlets(List<String> lines, int limit, boolean internals) {
        lines.add("Greenlets");
        for (GreenletTree tree : GreenletTree.forest()) {
            lines.add("");
            lines.addAll(new TreeText(limit, internals).lines(tree));
        }
    }
}
