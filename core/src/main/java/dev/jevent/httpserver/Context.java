package dev.jevent.httpserver;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What is done with the requests below a path: the filters, then the authenticator, then the
 * handler. Can be changed while the server runs; what is under way does not see it. Any thread.
 */
final class Context extends HttpContext {

    private final HttpServer server;
    private final String path;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final List<Filter> filters = new CopyOnWriteArrayList<>();
    private volatile @Nullable HttpHandler handler;
    private volatile @Nullable Authenticator authenticator;

    Context(HttpServer server, String path) {
        if (Objects.requireNonNull(path, "a path").isEmpty() || path.charAt(0) != '/') {
            throw new IllegalArgumentException(
                    "the path of a context begins with a slash: \"" + path + "\"");
        }
        this.server = server;
        this.path = path;
    }

    @Override
    public @Nullable HttpHandler getHandler() {
        return handler;
    }

    @Override
    public synchronized void setHandler(HttpHandler newHandler) {
        Objects.requireNonNull(newHandler, "a handler");
        if (handler != null) {
            throw new IllegalArgumentException("the context " + path + " has a handler already");
        }
        handler = newHandler;
    }

    @Override
    public String getPath() {
        return path;
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public List<Filter> getFilters() {
        return filters;
    }

    @Override
    public synchronized @Nullable Authenticator setAuthenticator(
            @Nullable Authenticator newAuthenticator) {
        Authenticator old = authenticator;
        authenticator = newAuthenticator;
        return old;
    }

    @Override
    public @Nullable Authenticator getAuthenticator() {
        return authenticator;
    }

    @Override
    public String toString() {
        return "HttpContext[" + path + "]";
    }

    // ---- for the exchanges

    /** Answers one. */
    void handle(GreenExchange exchange, HttpExchange view) throws IOException {
        if (filters.isEmpty()) {
            authenticated(exchange, view);
        } else {
            new Filter.Chain(filters, seen -> authenticated(exchange, seen)).doFilter(view);
        }
    }

    /**
     * The rest, if it is who he says.
     *
     * @param seen as the filters pass it on
     */
    private void authenticated(GreenExchange exchange, HttpExchange seen) throws IOException {
        HttpHandler h = Objects.requireNonNull(handler); // it was there, and it stays
        Authenticator a = authenticator;
        if (a == null) {
            h.handle(seen);
            return;
        }
        switch (a.authenticate(seen)) {
            case Authenticator.Success success -> {
                exchange.principal(success.getPrincipal());
                h.handle(seen);
            }
            case Authenticator.Retry retry -> refuse(seen, retry.getResponseCode());
            case Authenticator.Failure failure -> refuse(seen, failure.getResponseCode());
            default ->
                    throw new IllegalStateException(
                            a + " has answered none of Success, Retry and Failure");
        }
    }

    private static void refuse(HttpExchange seen, int status) throws IOException {
        seen.getRequestBody().close();
        seen.sendResponseHeaders(status, -1);
    }
}
