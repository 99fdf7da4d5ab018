package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.AfterEach;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server of ours for each scenario, stopped at its end. */
abstract class GreenServerScenario extends HubScenario {

    static final Duration LONG = Duration.ofSeconds(30);

    final List<HttpServer> servers = new CopyOnWriteArrayList<>();

    @AfterEach
    final void stopAll() {
        servers.forEach(s -> s.stop(0));
    }

    final HttpServer server(HttpHandler handler) throws IOException {
        HttpServer server = ProviderScenario.ours();
        servers.add(server);
        var ignored = server.createContext("/", handler);
        return server;
    }

    final HttpServer started(HttpHandler handler) throws IOException {
        HttpServer server = server(handler);
        server.start();
        return server;
    }

    static Talk talk(HttpServer server) throws IOException {
        return new Talk(server.getAddress());
    }

    static Talk greenTalk(HttpServer server) throws IOException {
        return new Talk(Sockets.connect(server.getAddress(), LONG));
    }

    static void ok(HttpExchange exchange) throws IOException {
        ProviderScenario.answer(exchange, 200, "ok");
    }

    static void ask(HttpServer server, String request, String answer) throws IOException {
        try (Talk talk = talk(server)) {
            assertEquals(answer, talk.ask(request).toString());
        }
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    final HttpServer inMyHub(HttpHandler handler) throws Exception {
        return hub.spawn(() -> started(handler)).get();
    }

    /** Talks to a server that runs in the hub of the test, so that its reports are seen. */
    final void greenly(HttpServer server, ProviderScenario.Client client) throws Exception {
        Greenlet<Void> talking =
                hub.spawn(
                        () -> {
                            try (Talk talk = greenTalk(server)) {
                                client.talk(talk, log);
                            }
                            server.stop(5);
                        });
        talking.get();
    }
}
