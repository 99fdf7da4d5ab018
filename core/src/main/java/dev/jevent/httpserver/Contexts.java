package dev.jevent.httpserver;

import com.sun.net.httpserver.HttpContext;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The contexts of a server. The longest path that fits is the right one. Any thread. */
final class Contexts {

    private final boolean wholeSegments;
    private volatile List<Context> longestFirst = List.of(); // written under this

    Contexts(boolean wholeSegments) {
        this.wholeSegments = wholeSegments;
    }

    synchronized void add(Context context) {
        if (ofPath(context.getPath()) != null) {
            throw new IllegalArgumentException(
                    "there is a context already for the path " + context.getPath());
        }
        List<Context> all = new ArrayList<>(longestFirst);
        all.add(context);
        all.sort(Comparator.comparingInt((Context c) -> c.getPath().length()).reversed());
        longestFirst = List.copyOf(all);
    }

    synchronized void remove(String path) {
        Context context = ofPath(Objects.requireNonNull(path, "a path"));
        if (context == null) {
            throw new IllegalArgumentException("there is no context for the path " + path);
        }
        removeIt(context);
    }

    synchronized void remove(HttpContext context) {
        if (!(context instanceof Context)) {
            throw new IllegalArgumentException("this context is none of this server: " + context);
        }
        if (!longestFirst.contains(context)) {
            throw new IllegalArgumentException(
                    "this context is not of this server, or was removed: " + context.getPath());
        }
        removeIt(context);
    }

    private void removeIt(HttpContext context) {
        longestFirst = longestFirst.stream().filter(c -> c != context).toList();
    }

    private @Nullable Context ofPath(String path) {
        for (Context c : longestFirst) {
            if (c.getPath().equals(path)) {
                return c;
            }
        }
        return null;
    }

    /** The one for a request; null if there is none. */
    @Nullable Context find(String path) {
        for (Context c : longestFirst) {
            if (path.startsWith(c.getPath()) && (!wholeSegments || endsSegment(c, path))) {
                return c;
            }
        }
        return null;
    }

    private static boolean endsSegment(Context c, String path) {
        int length = c.getPath().length();
        return c.getPath().endsWith("/") || path.length() == length || path.charAt(length) == '/';
    }
}
