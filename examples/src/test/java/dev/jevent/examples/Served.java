package dev.jevent.examples;

import dev.jevent.server.StreamServer;

import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** A server of an example, in a hub on a thread of its own. */
final class Served implements AutoCloseable {

    private final StreamServer server;
    private final Thread thread;

    private Served(StreamServer server, Thread thread) {
        this.server = server;
        this.thread = thread;
    }

    static Served start(IntFunction<StreamServer> maker) throws Exception {
        var started = new CompletableFuture<StreamServer>();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        StreamServer server = maker.apply(0);
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
        return server.address().getPort();
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
