package dev.jevent.examples.chatroom;

import dev.jevent.http.HttpServer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** A chat that is served in a hub on a thread of its own. */
final class Running implements AutoCloseable {

    private final HttpServer server;
    private final Thread thread;

    private Running(HttpServer server, Thread thread) {
        this.server = server;
        this.thread = thread;
    }

    static Running start(Rules rules) throws Exception {
        return start(rules, InstantSource.system(), 0);
    }

    static Running start(Rules rules, InstantSource clock, int port) throws Exception {
        var started = new CompletableFuture<HttpServer>();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        serve(rules, clock, port, started);
                                    } catch (Throwable e) {
                                        started.completeExceptionally(e);
                                    }
                                });
        return new Running(started.get(), thread);
    }

    private static void serve(
            Rules rules, InstantSource clock, int port, CompletableFuture<HttpServer> started)
            throws Exception {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var server = new HttpServer(address, new Chat(rules, clock));
        server.stopTimeout(Duration.ofSeconds(3)).start();
        started.complete(server);
        server.serveForever();
    }

    int port() {
        return server.port();
    }

    URI page(String room) {
        return URI.create("http://127.0.0.1:" + port() + "/rooms/" + room);
    }

    URI socket(String room) {
        return URI.create("ws://127.0.0.1:" + port() + "/rooms/" + room + "/socket");
    }

    /** Lets it end: its own thread says good-bye to all. */
    void stop() {
        server.stop();
    }

    @Override
    public void close() {
        stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
