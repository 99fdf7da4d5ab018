package dev.jevent.examples;

import dev.jevent.http.HttpServer;
import dev.jevent.server.StreamServer;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** A server of an example, in a hub on a thread of its own. */
final class Served implements AutoCloseable {

    private interface Server {
        void start() throws IOException;

        void serveForever() throws IOException;

        void stop();

        int port();
    }

    private record Stream(StreamServer server) implements Server {
        @Override
        public void start() throws IOException {
            server.start();
        }

        @Override
        public void serveForever() throws IOException {
            server.serveForever();
        }

        @Override
        public void stop() {
            server.stop();
        }

        @Override
        public int port() {
            return server.port();
        }
    }

    private record Web(HttpServer server) implements Server {
        @Override
        public void start() throws IOException {
            server.start();
        }

        @Override
        public void serveForever() throws IOException {
            server.serveForever();
        }

        @Override
        public void stop() {
            server.stop();
        }

        @Override
        public int port() {
            return server.port();
        }
    }

    private final Server server;
    private final Thread thread;

    private Served(Server server, Thread thread) {
        this.server = server;
        this.thread = thread;
    }

    static Served start(IntFunction<StreamServer> maker) throws Exception {
        return started(port -> new Stream(maker.apply(port)));
    }

    static Served web(IntFunction<HttpServer> maker) throws Exception {
        return started(port -> new Web(maker.apply(port)));
    }

    private static Served started(IntFunction<Server> maker) throws Exception {
        var started = new CompletableFuture<Server>();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        Server server = maker.apply(0);
                                        server.start();
                                        started.complete(server);
                                        server.serveForever();
                                    } catch (Throwable e) {
                                        started.completeExceptionally(e);
                                    }
                                });
        return new Served(started.get(), thread);
    }

    int port() {
        return server.port();
    }

    /** The URL of a path. */
    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
        server.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
