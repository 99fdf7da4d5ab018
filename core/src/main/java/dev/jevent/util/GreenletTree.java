package dev.jevent.util;

import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.Frames;
import dev.jevent.internal.Inspector;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A greenlet, and below it those that it has spawned: who is there, what each does, where it was
 * spawned and where it waits. At the top of each tree stands the root greenlet of a hub.
 *
 * <pre>
 * hub-0: root of hub-0, running, current
 * │  thread: main
 * └─ accept, waiting
 *    │  spawned at: Main.main(Main.java:12)
 *    │  waits at: Main.serve(Main.java:30)
 *    └─ client 1, ready
 *         spawned at: Main.serve(Main.java:31)
 * </pre>
 *
 * <p>A tree may be made from any thread, and stops nobody. Of a hub that runs meanwhile each
 * greenlet is seen as it is at the moment it is looked at; of the caller's own hub, which stands
 * still for that long, all is of one moment. Where they wait and what their locals are, is looked
 * at when the text is made. The tree itself does not change any more.
 *
 * <p>Seen are the greenlets that have begun, and those that stand in the queue to begin; of those
 * that begin later, {@link Jevent#spawnLater}, nobody knows. A greenlet that has ended is shown if
 * it has spawned one that lives. Who has spawned is known of {@link Greenlet}s only; others stand
 * directly below their hub. Follows {@code gevent.util.GreenletTree}.
 */
public final class GreenletTree {

    /** What a greenlet does. */
    public enum State {
        /** It runs. */
        RUNNING("running"),
        /** It would run if the thread of its hub were free. */
        READY("ready"),
        /** It waits for something. */
        WAITING("waiting"),
        /** It was started and has not had its first turn, or was not even started. */
        NOT_BEGUN("not begun"),
        /** It has ended. */
        DEAD("dead");

        private final String text;

        State(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final RawGreenlet greenlet;
    private final State state;
    private final boolean current;
    private final List<GreenletTree> children = new ArrayList<>(); // until it is given away
    private @Nullable GreenletTree parent;

    GreenletTree(RawGreenlet greenlet, State state, boolean current) {
        this.greenlet = greenlet;
        this.state = state;
        this.current = current;
    }

    void add(GreenletTree child) {
        children.add(child);
        child.parent = this;
    }

    /** The trees of all hubs, the oldest hub first. */
    public static List<GreenletTree> forest() {
        return new Forest().trees();
    }

    /**
     * The tree in which the caller stands, from its top on.
     *
     * @throws IllegalStateException in a virtual thread that is not a greenlet
     */
    public static GreenletTree currentTree() {
        RawGreenlet caller = Jevent.getCurrent(); // first: it may make the hub
        return new Forest().find(caller).root();
    }

    /** The greenlet at the top of this tree. */
    public RawGreenlet greenlet() {
        return greenlet;
    }

    /** What it did when the tree was made. */
    public State state() {
        return state;
    }

    /** Whether it is the one that made the tree. */
    public boolean isCurrent() {
        return current;
    }

    /** Whether the one that made the tree is in it. */
    public boolean isCurrentTree() {
        Deque<GreenletTree> left = new ArrayDeque<>(); // a tree may be deep
        for (GreenletTree tree = this; tree != null; tree = left.poll()) {
            if (tree.current) {
                return true;
            }
            left.addAll(tree.children);
        }
        return false;
    }

    /** Those that it spawned, the oldest first. */
    public List<GreenletTree> children() {
        return Collections.unmodifiableList(children);
    }

    /** The tree of who spawned it, or of the hub; null at the top. */
    public @Nullable GreenletTree parent() {
        return parent;
    }

    /** The top of the whole tree. */
    public GreenletTree root() {
        GreenletTree tree = this;
        while (tree.parent != null) {
            tree = tree.parent;
        }
        return tree;
    }

    // ---- what is to be said of it

    /** Where it was spawned; empty if it is not known. */
    public Optional<String> spawnSite() {
        return greenlet instanceof Greenlet<?> g ? Optional.of(g.spawnSite()) : Optional.empty();
    }

    /** Where the code of the user stands in it, innermost; empty if there is no such place now. */
    public Optional<StackTraceElement> place() {
        return Frames.place(stack());
    }

    /** Its stack, without what carries greenlets; empty if it has none now. */
    public List<StackTraceElement> stackTrace() {
        return Frames.fold(stack());
    }

    StackTraceElement[] stack() {
        Thread thread = greenlet.thread();
        return thread == null ? new StackTraceElement[0] : thread.getStackTrace();
    }

    boolean isRoot() {
        return greenlet == greenlet.hub().rootGreenlet();
    }

    /** What it shares with all below it; empty if that is said further above, or nothing is. */
    Map<String, Object> treeLocals() {
        Map<String, Object> mine = knownTreeLocals();
        return parent != null && parent.knownTreeLocals() == mine ? Map.of() : mine;
    }

    private Map<String, Object> knownTreeLocals() {
        return greenlet instanceof Greenlet<?> g ? Inspector.get().treeLocals(g) : Map.of();
    }

    Hub hub() {
        return greenlet.hub();
    }

    // ---- text

    /** The tree as text, with details. */
    public String format() {
        return format(true);
    }

    /**
     * The tree as text.
     *
     * @param details where each was spawned, where it is, and its locals; else names and states
     */
    public String format(boolean details) {
        return String.join(System.lineSeparator(), formatLines(details));
    }

    /** As {@link #format(boolean)}, line by line. */
    public List<String> formatLines(boolean details) {
        return new TreeText(details ? TreeText.PLACES : TreeText.NAMES).lines(this);
    }

    /** As {@link #format()}. */
    @Override
    public String toString() {
        return format();
    }
}
