package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.spi.HttpServerProvider;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** What the tests of the JDK's interface share: its own server, and ours, side by side. */
abstract class ProviderScenario {

    static final HttpServerProvider OURS = new JeventHttpServerProvider();
    static final HttpServerProvider JDKS = ofTheJdk();

    /** Makes of a server what it is in one scenario. */
    @FunctionalInterface
    interface Setup {
        void of(HttpServer server, List<String> events) throws Exception;
    }

    /** Talks to it. */
    @FunctionalInterface
    interface Client {
        void talk(Talk talk, List<String> events) throws Exception;
    }

    /** The class is not exported; these tests may export it, as java.lang is open to them. */
    private static HttpServerProvider ofTheJdk() {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // or these tests would be slow
        try {
            Method export =
                    Module.class.getDeclaredMethod("implAddExportsToAllUnnamed", String.class);
            export.setAccessible(true);
            export.invoke(HttpServer.class.getModule(), "sun.net.httpserver");
            Class<?> type = Class.forName("sun.net.httpserver.DefaultHttpServerProvider");
            return (HttpServerProvider) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no access to the server of the JDK", e);
        }
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static HttpServer ours() throws IOException {
        return OURS.createHttpServer(loopback(), 0);
    }

    /** What is heard and what happens, with one provider. */
    static List<String> events(HttpServerProvider provider, Setup setup, Client client)
            throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        HttpServer server = provider.createHttpServer(loopback(), 0);
        try {
            setup.of(server, events);
            server.start();
            try (Talk talk = new Talk(server.getAddress())) {
                client.talk(talk, events);
            }
        } finally {
            server.stop(0);
        }
        return events;
    }

    /** The requests, one after the other on one connection, have the same answers. */
    static List<String> same(Setup setup, String... requests) throws Exception {
        return same(
                setup,
                (talk, events) -> {
                    for (String request : requests) {
                        events.add(talk.ask(request).toString());
                    }
                });
    }

    static List<String> same(Setup setup, Client client) throws Exception {
        List<String> jdks = events(JDKS, setup, client);
        List<String> ours = events(OURS, setup, client);
        assertEquals(String.join("\n", jdks), String.join("\n", ours));
        return new ArrayList<>(ours);
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    static String bodyOf(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    static void handle(HttpServer server, HttpHandler handler) {
        HttpContext ignored = server.createContext("/", handler);
    }

    @FunctionalInterface
    interface Try {
        void run() throws Exception;
    }

    static String thrown(Try what) {
        try {
            what.run();
            return "nothing";
        } catch (Exception e) {
            return e instanceof IOException ? "IOException" : e.getClass().getSimpleName();
        }
    }

    /** One after the other, each with so many events, which may come after its answer. */
    static Client once(int each, String... requests) {
        return (talk, events) -> {
            for (String request : requests) {
                int all = events.size() + each;
                String answer = talk.ask(request).toString();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (events.size() < all && System.nanoTime() - end < 0) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                events.add(answer);
            }
        };
    }
}
