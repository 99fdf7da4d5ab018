package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Problem;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** What the tests of WebSockets share: a server on the loopback interface, raw peers. */
abstract class WebSocketScenario extends HubScenario {

    static final Duration LONG = Duration.ofSeconds(10);

    /** What a server does with a WebSocket. */
    interface Talk {
        void with(WebSocket socket) throws Exception;
    }

    private final List<AutoCloseable> toClose = new ArrayList<>();
    final List<Problem> problems = new CopyOnWriteArrayList<>();

    @AfterEach
    final void closeEverything() throws Exception {
        together(
                () -> { // not in the root: in the portable mode that is a plain thread
                    for (AutoCloseable c : toClose.reversed()) {
                        c.close();
                    }
                });
        until(this::nobodyLives);
    }

    private boolean nobodyLives() {
        turns(1);
        return living() == 0;
    }

    final <T extends AutoCloseable> T closing(T resource) {
        toClose.add(resource);
        return resource;
    }

    final int living() {
        return dev.jevent.internal.CallerAccess.get().living(hub).size();
    }

    // ---- servers

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    final HttpServer server(Talk talk) throws IOException {
        return server(WebSocketOptions.defaults(), talk);
    }

    final HttpServer server(WebSocketOptions options, Talk talk) throws IOException {
        var server =
                new HttpServer(
                        loopback(),
                        (request, response) -> {
                            try (WebSocket socket = WebSocket.accept(request, response, options)) {
                                talk.with(socket);
                            }
                        });
        server.onProblem(problems::add);
        server.start();
        closing(() -> server.stop(Duration.ofSeconds(1)));
        return server;
    }

    static void echo(WebSocket socket) throws IOException {
        for (Message m = socket.receive(); m != null; m = socket.receive()) {
            switch (m) {
                case Message.Text(String text) -> socket.send(text);
                case Message.Binary(byte[] bytes) -> socket.send(bytes);
            }
        }
    }

    static URI uri(HttpServer server) {
        return URI.create("ws://127.0.0.1:" + server.port() + "/");
    }

    final WebSocket connect(HttpServer server) throws IOException {
        return closing(WebSocket.connect(uri(server)));
    }

    final WebSocket connect(HttpServer server, WebSocketOptions options) throws IOException {
        return closing(WebSocket.connect(uri(server), options));
    }

    final RawPeer raw(HttpServer server) throws IOException {
        return closing(RawPeer.connect(server));
    }

    /** A client of ours, and by hand the server that it is connected to. */
    record Ends(WebSocket client, RawPeer peer) {}

    final Ends client(WebSocketOptions options, String fields) throws Exception {
        var client = new WebSocket[1];
        var peer = new RawPeer[1];
        try (ServerSocket listener = Sockets.listen(loopback())) {
            URI uri = URI.create("ws://127.0.0.1:" + listener.getLocalPort());
            together(
                    () -> client[0] = WebSocket.connect(uri, options),
                    () -> peer[0] = RawPeer.accept(listener, fields));
        }
        return new Ends(closing(client[0]), closing(peer[0])); // the peer goes first
    }

    final void notInThePortableMode(String why) {
        Assumptions.assumeTrue(isEpoll(), "in the portable mode " + why);
    }

    // ---- waiting

    /** Runs them at once, each in a greenlet; throws the first failure. */
    static void together(Action... actions) throws Exception {
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        for (Action action : actions) {
            greenlets.add(Jevent.spawn(action));
        }
        Jevent.joinAllOrThrow(greenlets);
    }

    /** Gives way until it is so. */
    static void until(BooleanSupplier condition) {
        for (long end = System.nanoTime() + LONG.toNanos(); !condition.getAsBoolean(); ) {
            assertTrue(System.nanoTime() < end, "it does not become true");
            Jevent.sleep(1);
        }
    }

    static void assertText(String expected, Message message) {
        assertEquals(new Message.Text(expected), message);
    }

    static byte[] bytes(Message message) {
        return ((Message.Binary) message).bytes();
    }

    static int openDescriptors() {
        String[] names = new File("/proc/self/fd").list();
        Assumptions.assumeTrue(names != null, "there is no /proc here");
        return names.length;
    }
}
