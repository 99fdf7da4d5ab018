package dev.jevent.httpserver;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.event.Event;
import dev.jevent.http.HttpServer;
import dev.jevent.internal.jdk.Jdk;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The hub of a server that no greenlet has started, on a thread of its own. That is no daemon: as
 * with the JDK's server, the program lives until the server is stopped.
 */
final class OwnHub {

    private static final Duration A_WHILE = Duration.ofHours(1);
    private static final Duration JOIN = Duration.ofSeconds(2);

    private final HttpServer server;
    private final CompletableFuture<Hub> started = new CompletableFuture<>();
    private final Event end = new Event();
    private final Thread thread;

    private OwnHub(HttpServer server) {
        this.server = server;
        thread = new Thread(null, this::run, "jevent-httpserver", 0, false);
        thread.setDaemon(false);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader()); // of handlers
    }

    /** Starts the server there, and waits until it has started. */
    static OwnHub start(HttpServer server) throws IOException {
        OwnHub own = new OwnHub(server);
        own.thread.start();
        try {
            Hub ignored = own.started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
        return own;
    }

    private void run() {
        Hub hub = Hub.get();
        try {
            if (begin(hub)) {
                // Whoever stops the server waits for its handlers, which run here.
                while (!end.await(A_WHILE)) {
                    // once more: a root that waits without a timer is told that nothing can come
                }
                while (server.connections() > 0) { // one that has stopped the server itself
                    Jevent.sleep(5);
                }
            }
        } finally {
            hub.destroy();
        }
    }

    private boolean begin(Hub hub) {
        Throwable failure = null;
        try {
            server.start();
            hub.name("hub of the HTTP server at port " + server.port());
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        if (failure == null) {
            return started.complete(hub);
        }
        boolean ignored = started.completeExceptionally(failure);
        return false;
    }

    /** The server was stopped. */
    void end() {
        end.set();
    }

    /** Waits for the thread, but not from within, and not for handlers that do not end. */
    void join() {
        if (isWithin()) {
            return;
        }
        try {
            boolean ignored = thread.join(JOIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWithin() {
        Thread current = Thread.currentThread();
        @Nullable Object greenlet = current.isVirtual() ? Jdk.get().greenlet(current) : null;
        return greenlet instanceof RawGreenlet g && g.hub() == started.join();
    }
}
