package dev.jevent.util;

import dev.jevent.Greenlet;
import dev.jevent.internal.Frames;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Draws a {@link GreenletTree}. */
final class TreeText {

    /** Names and states only. */
    static final int NAMES = -1;

    /** For each the place where it is. */
    static final int PLACES = 0;

    private record Node(GreenletTree tree, String head, String indent) {}

    private final int frames;
    private final boolean internals;
    private final List<String> lines = new ArrayList<>();

    /**
     * A drawing.
     *
     * @param frames how many frames of each stack; or one of the constants
     */
    TreeText(int frames) {
        this(frames, false);
    }

    TreeText(int frames, boolean internals) {
        this.frames = frames;
        this.internals = internals;
    }

    List<String> lines(GreenletTree top) {
        Deque<Node> left = new ArrayDeque<>(); // a tree may be deep
        left.push(new Node(top, "", ""));
        while (!left.isEmpty()) {
            Node node = left.pop();
            draw(node);
            List<GreenletTree> children = node.tree.children();
            for (int i = children.size() - 1; i >= 0; i--) {
                boolean last = i == children.size() - 1;
                left.push(
                        new Node(
                                children.get(i),
                                node.indent + (last ? "└─ " : "├─ "),
                                node.indent + (last ? "   " : "│  ")));
            }
        }
        return lines;
    }

    private void draw(Node node) {
        GreenletTree tree = node.tree;
        lines.add(node.head + title(tree));
        if (frames == NAMES) {
            return;
        }
        String indent = node.indent + (tree.children().isEmpty() ? "   " : "│  ");
        if (tree.isRoot()) {
            Thread thread = tree.greenlet().thread();
            lines.add(indent + "thread: " + (thread == null ? "none" : thread.getName()));
        }
        tree.spawnSite().ifPresent(site -> lines.add(indent + "spawned at: " + site));
        GreenletLocals.of(tree.treeLocals()).forEach(line -> lines.add(indent + line));
        GreenletLocals.of(tree.greenlet()).forEach(line -> lines.add(indent + line));
        if (frames == PLACES) {
            String at = tree.state() == GreenletTree.State.WAITING ? "waits at: " : "is at: ";
            tree.place().ifPresent(place -> lines.add(indent + at + Frames.text(place)));
        } else if (!tree.isRoot()) { // that one's is its thread's
            addStack(indent, tree);
        }
    }

    private static String title(GreenletTree tree) {
        var text = new StringBuilder();
        GreenletTree parent = tree.parent();
        if (parent == null || parent.hub() != tree.hub()) {
            text.append(tree.hub()).append(": ");
        }
        text.append(tree.greenlet().name()).append(", ").append(tree.state());
        if (tree.state() == GreenletTree.State.DEAD && tree.greenlet() instanceof Greenlet<?> g) {
            Throwable error = g.exception();
            text.append(error == null ? "" : ", failed with " + error);
        }
        return text.append(tree.isCurrent() ? ", current" : "").toString();
    }

    private void addStack(String indent, GreenletTree tree) {
        List<StackTraceElement> stack = internals ? List.of(tree.stack()) : tree.stackTrace();
        for (int i = 0; i < stack.size(); i++) {
            if (i == frames) {
                lines.add(indent + "… " + (stack.size() - frames) + " more");
                break;
            }
            lines.add(indent + "at " + Frames.text(stack.get(i)));
        }
    }
}
