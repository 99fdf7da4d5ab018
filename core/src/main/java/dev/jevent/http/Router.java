package dev.jevent.http;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the handler for a method and a path.
 *
 * <pre>{@code
 * var router = new Router()
 *         .get("/", home)
 *         .get("/rooms/{name}", (q, p) -> p.send(Router.parameter(q, "name")))
 *         .post("/rooms/{name}", say)
 *         .any("/static/*", new StaticFiles(folder).prefix("/static"));
 * new HttpServer(8080, router).serveForever();
 * }</pre>
 *
 * <p>A pattern has segments as they are, decoded; {@code {name}} for any one segment that is
 * neither empty nor {@code .} or {@code ..}; and at its end perhaps {@code *} for the rest of the
 * path, which may be nothing: {@code /static/*} has {@code /static} and {@code /static/a/b}. A path
 * with a slash at its end is another one than that without.
 *
 * <p>Of several patterns the one wins that is more exact in the first segment where they differ:
 * the word before the name, the name before the rest; among those that have the method, if any has.
 * A path that is there for other methods only is answered with 405 and {@code Allow}, HEAD by the
 * handler of GET, OPTIONS with what is allowed, and what is nowhere with 404: unless handlers were
 * given for those. A filter is a handler around another one, or around the router.
 *
 * <p>Routes are added before the first request, by one thread; requests may come from any. The
 * search takes no locks and makes no objects but the parameters of the path.
 */
public final class Router implements HttpHandler {

    private static final String KEY = Router.class.getName();
    private static final String ANY = "";
    private static final String REST = "*";

    private static final class Node {
        final String word;
        final List<Node> words = new ArrayList<>(0);
        @Nullable Node parameter;
        @Nullable Node rest;
        final List<Route> routes = new ArrayList<>(1);

        Node(String word) {
            this.word = word;
        }

        @Nullable Route route(Request request) {
            Route spare = null;
            for (int i = 0; i < routes.size(); i++) {
                Route r = routes.get(i);
                if (request.is(r.method)) {
                    return r;
                }
                if (r.method.equals(ANY) || r.method.equals("GET") && request.is("HEAD")) {
                    spare = spare == null || spare.method.equals(ANY) ? r : spare;
                }
            }
            return spare;
        }
    }

    /**
     * The end of a pattern.
     *
     * @param names those of its segments, in their order; empty for a word
     * @param parameters whether there are any
     */
    private record Route(
            String method, HttpHandler handler, List<String> names, boolean parameters) {}

    private record Parameters(Map<String, String> values) {}

    private final Node root = new Node("");
    private final Set<String> methods = new TreeSet<>();
    private HttpHandler otherwise =
            (request, response) -> {
                throw Paths.refused(404);
            };
    private volatile boolean inUse;

    /** A router without routes. */
    public Router() {}

    // ---- routes

    /** What answers GET, and HEAD if nothing else does. */
    public Router get(String pattern, HttpHandler handler) {
        return on("GET", pattern, handler);
    }

    /** What answers POST. */
    public Router post(String pattern, HttpHandler handler) {
        return on("POST", pattern, handler);
    }

    /** What answers PUT. */
    public Router put(String pattern, HttpHandler handler) {
        return on("PUT", pattern, handler);
    }

    /** What answers PATCH. */
    public Router patch(String pattern, HttpHandler handler) {
        return on("PATCH", pattern, handler);
    }

    /** What answers DELETE. */
    public Router delete(String pattern, HttpHandler handler) {
        return on("DELETE", pattern, handler);
    }

    /** What answers every method for which nothing else is there; it looks at that itself. */
    public Router any(String pattern, HttpHandler handler) {
        return add(ANY, pattern, handler);
    }

    /**
     * What answers a method.
     *
     * @throws IllegalArgumentException if that is no method or no pattern, or there is a handler
     *     for both already
     * @throws IllegalStateException after the first request
     */
    public Router on(String method, String pattern, HttpHandler handler) {
        if (!Text.isToken(method)) {
            throw new IllegalArgumentException("no method: \"" + Text.shown(method) + "\"");
        }
        return add(method, pattern, handler);
    }

    /** What answers where there is no route, instead of 404. */
    public Router otherwise(HttpHandler handler) {
        beforeUse();
        otherwise = Objects.requireNonNull(handler, "handler");
        return this;
    }

    private void beforeUse() {
        if (inUse) {
            throw new IllegalStateException("routes are added before the first request");
        }
    }

    private Router add(String method, String pattern, HttpHandler handler) {
        beforeUse();
        Objects.requireNonNull(handler, "handler");
        if (!pattern.startsWith("/")) {
            throw bad(pattern, "it does not begin with a slash");
        }
        String[] segments = pattern.substring(1).split("/", -1);
        List<String> names = new ArrayList<>(segments.length);
        Node node = root;
        boolean parameters = false;
        for (int i = 0; i < segments.length; i++) {
            String name = name(pattern, segments, i);
            if (!name.isEmpty() && names.contains(name)) {
                throw bad(pattern, "it has {" + name + "} twice");
            }
            names.add(name);
            parameters |= !name.isEmpty();
            node = next(node, segments[i], name);
        }
        if (node.routes.stream().anyMatch(r -> r.method.equals(method))) {
            throw bad(
                    pattern,
                    "there is a handler already for "
                            + (method.equals(ANY) ? "any method" : method)
                            + " of this or one that differs only in its names");
        }
        node.routes.add(new Route(method, handler, List.copyOf(names), parameters));
        if (!method.equals(ANY)) {
            allow(method, methods);
        }
        return this;
    }

    /** Of the parameter that this segment is; empty for a word. */
    private static String name(String pattern, String[] segments, int i) {
        String s = segments[i];
        if (s.equals(REST)) {
            if (i < segments.length - 1) {
                throw bad(pattern, "the * is not at its end");
            }
            return REST;
        }
        if (s.length() > 2 && s.startsWith("{") && s.endsWith("}")) {
            String name = s.substring(1, s.length() - 1);
            if (name.chars().allMatch(Character::isJavaIdentifierPart)) {
                return name;
            }
        }
        if (s.chars().anyMatch(c -> "{}*?#".indexOf(c) >= 0)) {
            throw bad(pattern, "a segment is a word, {name}, or at the end *, not " + s);
        }
        if (s.isEmpty() && i < segments.length - 1 || s.equals(".") || s.equals("..")) {
            throw bad(pattern, "no path can have the segment \"" + s + "\"");
        }
        return "";
    }

    private static IllegalArgumentException bad(String pattern, String why) {
        return new IllegalArgumentException(
                "the pattern \"" + Text.shown(pattern) + "\" cannot be added: " + why);
    }

    private static Node next(Node node, String segment, String name) {
        if (name.equals(REST)) {
            Node rest = Objects.requireNonNullElseGet(node.rest, () -> new Node(""));
            node.rest = rest;
            return rest;
        }
        if (!name.isEmpty()) {
            Node parameter = Objects.requireNonNullElseGet(node.parameter, () -> new Node(""));
            node.parameter = parameter;
            return parameter;
        }
        for (Node word : node.words) {
            if (word.word.equals(segment)) {
                return word;
            }
        }
        Node word = new Node(segment);
        node.words.add(word);
        return word;
    }

    // ---- requests

    @Override
    public void handle(Request request, Response response) throws Exception {
        if (!inUse) {
            inUse = true;
        }
        String path = request.rawPath();
        Route route = path.startsWith("/") ? find(root, path, 0, request) : null;
        if (route != null) {
            if (route.parameters) {
                keep(request, route, path);
            }
            route.handler.handle(request, response);
            return;
        }
        Set<String> allowed = new TreeSet<>();
        if (path.startsWith("/")) {
            collect(root, path, 0, allowed);
        } else if (path.equals("*")) {
            allowed.addAll(methods);
        }
        if (allowed.isEmpty()) {
            otherwise.handle(request, response);
        } else {
            allowed.add("OPTIONS");
            answerAllowed(request, response, String.join(", ", allowed));
        }
    }

    /** To a method that has no handler. */
    static void answerAllowed(Request request, Response response, String allowed)
            throws IOException {
        if (!request.is("OPTIONS")) {
            throw Paths.refused(405).header("Allow", allowed);
        }
        response.header("Allow", allowed).status(204).send();
    }

    /**
     * The first route below the node, the more exact ones first, that has the path and the method.
     * Each node is looked at once at most.
     *
     * @param slash where the next segment begins, or the end
     */
    private static @Nullable Route find(Node node, String path, int slash, Request request) {
        Route found = null;
        if (slash == path.length()) {
            found = node.route(request);
        } else {
            int end = Paths.end(path, slash);
            String decoded = Paths.decodedIfNeeded(path, slash, end);
            for (int i = 0; found == null && i < node.words.size(); i++) {
                Node word = node.words.get(i);
                if (is(word.word, path, slash, end, decoded)) {
                    found = find(word, path, end, request);
                }
            }
            Node parameter = node.parameter;
            if (found == null && parameter != null && isValue(path, slash, end, decoded)) {
                found = find(parameter, path, end, request);
            }
        }
        Node rest = node.rest;
        return found == null && rest != null ? rest.route(request) : found;
    }

    private static boolean is(
            String word, String path, int slash, int end, @Nullable String decoded) {
        return decoded != null
                ? decoded.equals(word)
                : end - slash - 1 == word.length() && path.startsWith(word, slash + 1);
    }

    private static boolean isValue(String path, int slash, int end, @Nullable String decoded) {
        return !(is("", path, slash, end, decoded)
                || is(".", path, slash, end, decoded)
                || is("..", path, slash, end, decoded));
    }

    /** The methods that have the path. */
    private static void collect(Node node, String path, int slash, Set<String> to) {
        if (slash == path.length()) {
            node.routes.forEach(r -> allow(r.method, to));
        } else {
            int end = Paths.end(path, slash);
            String decoded = Paths.decodedIfNeeded(path, slash, end);
            for (Node word : node.words) {
                if (is(word.word, path, slash, end, decoded)) {
                    collect(word, path, end, to);
                }
            }
            Node parameter = node.parameter;
            if (parameter != null && isValue(path, slash, end, decoded)) {
                collect(parameter, path, end, to);
            }
        }
        Node rest = node.rest;
        if (rest != null) {
            rest.routes.forEach(r -> allow(r.method, to));
        }
    }

    private static void allow(String method, Set<String> to) {
        to.add(method);
        if (method.equals("GET")) {
            to.add("HEAD");
        }
    }

    // ---- parameters

    private static void keep(Request request, Route route, String path) {
        Map<String, Object> attributes = request.attributes();
        Parameters kept =
                attributes.get(KEY) instanceof Parameters ofRouterAround
                        ? ofRouterAround
                        : new Parameters(new HashMap<>());
        int slash = 0;
        for (String name : route.names) {
            int end = Paths.end(path, slash);
            int begin = Math.min(slash + 1, path.length());
            if (name.equals(REST)) {
                kept.values.put(name, path.substring(begin));
            } else if (!name.isEmpty()) {
                kept.values.put(name, Text.decode(path.substring(begin, end), false));
            }
            slash = end;
        }
        attributes.put(KEY, kept);
    }

    /**
     * A segment of the path, decoded: {@code a/b} of {@code /rooms/a%2Fb}. For {@code *} the rest
     * of the path as it was sent, without the slash before it.
     *
     * @param name as in the pattern, of this or of a router around it
     * @throws IllegalArgumentException if the pattern has no such name
     */
    public static String parameter(Request request, String name) {
        if (request.attributes().get(KEY) instanceof Parameters p) {
            String value = p.values.get(name);
            if (value != null) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "the pattern of the route has no {" + name + "}; this request is " + request);
    }
}
