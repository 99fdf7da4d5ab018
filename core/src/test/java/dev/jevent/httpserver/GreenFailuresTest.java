package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** What goes wrong, and where ours differs from the JDK's on purpose. */
class GreenFailuresTest extends GreenServerScenario {

    // ---- what goes wrong

    @Test
    void aHandlerThatFailsIsAnsweredWith500AndReported() throws Exception {
        HttpServer server =
                inMyHub(
                        e -> {
                            throw new IllegalStateException("a bug");
                        });
        greenly(
                server,
                (talk, events) -> {
                    assertEquals(500, talk.ask(Talk.get("/")).status());
                    assertEquals(500, talk.ask(Talk.get("/")).status());
                });
        assertEquals(2, reports.size());
        assertEquals("a bug", reports.getFirst().error().getMessage());
    }

    @Test
    void aHandlerThatFailsInAnExecutorIsTheSame() throws Exception {
        try (var pool = Executors.newFixedThreadPool(1)) {
            HttpServer server =
                    server(
                            e -> {
                                throw new AssertionError("a bug");
                            });
            server.setExecutor(pool);
            hub.spawn(server::start).get();
            greenly(server, (talk, events) -> assertEquals(500, talk.ask(Talk.get("/")).status()));
        }
        assertEquals(1, reports.size());
    }

    @Test
    void anExecutorThatRejectsIsAnsweredWith503() throws Exception {
        HttpServer server = server(GreenServerTest::ok);
        server.setExecutor(
                task -> {
                    throw new RejectedExecutionException();
                });
        server.start();
        try (Talk talk = talk(server)) {
            assertEquals(503, talk.ask(Talk.get("/")).status());
            assertEquals(503, talk.ask(Talk.get("/")).status());
        }
    }

    @Test
    void aBodyThatIsTooShortEndsTheConnection() throws Exception {
        HttpServer server =
                inMyHub(
                        e -> {
                            e.sendResponseHeaders(200, 10);
                            OutputStream out = e.getResponseBody();
                            out.write(new byte[9]);
                            log.add("" + thrownBy(out::close));
                        });
        greenly(server, (talk, events) -> assertTrue(talk.say(Talk.get("/")).isClosed()));
        assertTrue(
                log.getFirst().startsWith("java.io.IOException: insufficient bytes: 1 "), "" + log);
        assertEquals(List.of(), reports);
    }

    @Test
    void aClientThatHasGoneIsNoFailureOfTheServer() throws Exception {
        var over = new AtomicInteger();
        HttpServer server =
                inMyHub(
                        e -> {
                            try {
                                e.sendResponseHeaders(200, 0);
                                while (true) {
                                    e.getResponseBody().write(new byte[10_000]);
                                }
                            } finally {
                                over.incrementAndGet();
                            }
                        });
        greenly(
                server,
                (talk, events) -> {
                    talk.say(Talk.get("/"));
                    talk.close();
                    while (over.get() == 0) {
                        Jevent.sleep(1);
                    }
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void aBodyThatIsBadIsTheClientsFault() throws Exception {
        HttpServer server =
                inMyHub(
                        e -> {
                            Throwable bad = thrownBy(() -> e.getRequestBody().readAllBytes());
                            log.add(bad.getClass().getSimpleName());
                            throw (IOException) bad;
                        });
        String request =
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n";
        greenly(
                server,
                (talk, events) -> {
                    assertEquals(400, talk.ask(request).status());
                    assertTrue(talk.isClosed());
                });
        assertEquals(List.of("IOException"), log);
        assertEquals(List.of(), reports);
    }

    // ---- where it differs on purpose

    @Test
    void theBodyIsAskedForWhenItIsRead() throws Exception {
        HttpServer server =
                started(
                        e -> {
                            if (e.getRequestURI().getPath().equals("/read")) {
                                ProviderScenario.answer(e, 200, ProviderScenario.bodyOf(e));
                            } else {
                                e.getRequestBody().close();
                                ok(e);
                            }
                        });
        String head = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
        try (Talk talk = talk(server)) {
            assertEquals(100, talk.ask("POST /read" + head).status());
            assertEquals("abc", talk.say("abc").hear().body());
            assertEquals(200, talk.ask("POST /not" + head).status());
            assertEquals("close", talk.connection());
            assertTrue(talk.isClosed());
        }
    }

    @Test
    void framingIsTheServersBusiness() throws Exception {
        HttpServer server =
                started(
                        e -> {
                            var headers = e.getResponseHeaders();
                            headers.set("Transfer-Encoding", "gzip");
                            headers.set("Content-Length", "99");
                            headers.set("Connection", "X-Mine, upgrade");
                            headers.set("X-Mine", "a\r\n  b");
                            boolean chunks = e.getRequestURI().getPath().equals("/chunks");
                            e.sendResponseHeaders(200, chunks ? 0 : 2);
                            e.getResponseBody().write(new byte[] {'o', 'k'});
                            e.close();
                        });
        ask(server, Talk.get("/"), "200 {content-length=2, date=some, x-mine=a b} \"ok\"");
        ask(
                server,
                Talk.get("/chunks"),
                "200 {date=some, transfer-encoding=chunked, x-mine=a b} \"ok\"");
    }

    @Test
    void whatNoHeaderMayHaveIsRefusedAndCanBeMended() throws Exception {
        HttpServer server =
                started(
                        e -> {
                            e.getResponseHeaders().set("X-Bad", "a\u0001b");
                            e.getResponseHeaders().set("X-Good", "yes");
                            assertInstanceOf(
                                    IllegalArgumentException.class,
                                    thrownBy(() -> e.sendResponseHeaders(200, -1)));
                            e.getResponseHeaders().remove("X-Bad");
                            for (int status : new int[] {-1, 0, 99, 600, 1000}) {
                                assertInstanceOf(
                                        IllegalArgumentException.class,
                                        thrownBy(() -> e.sendResponseHeaders(status, -1)));
                            }
                            assertInstanceOf(
                                    IOException.class,
                                    thrownBy(() -> e.sendResponseHeaders(101, -1)));
                            ok(e);
                        });
        ask(server, Talk.get("/"), "200 {content-length=2, date=some, x-good=yes} \"ok\"");
    }

    @Test
    void aResetHasNoBody() throws Exception {
        HttpServer server = started(e -> e.sendResponseHeaders(205, 5));
        ask(server, Talk.get("/"), "205 {content-length=0, date=some} \"\"");
        ask(server, Talk.get("/"), "205 {content-length=0, date=some} \"\"");
    }

    @Test
    void interimAnswersComeBeforeTheAnswer() throws Exception {
        HttpServer server =
                started(
                        e -> {
                            e.getResponseHeaders().add("Link", "</a>");
                            e.getResponseHeaders().add("Link", "</b>");
                            e.sendResponseHeaders(100, -1);
                            e.sendResponseHeaders(103, -1);
                            ok(e);
                        });
        try (Talk talk = talk(server)) {
            assertEquals("103 {link=</a>, </b>} \"\"", talk.ask(Talk.get("/")).toString());
            assertEquals("ok", talk.hear().body());
        }
    }

    @Test
    void aRefusalDoesNotReadEndlessBodies() throws Exception {
        HttpServer server = server(GreenServerTest::ok);
        server.removeContext("/");
        var ignored =
                server.createContext("/", GreenServerTest::ok)
                        .setAuthenticator(
                                new com.sun.net.httpserver.Authenticator() {
                                    @Override
                                    public Result authenticate(HttpExchange exchange) {
                                        return new Failure(403);
                                    }
                                });
        server.start();
        try (Talk talk = talk(server)) {
            talk.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000000\r\n\r\n");
            talk.say("x".repeat(100_000));
            assertEquals(403, talk.hear().status());
            assertTrue(talk.isClosed());
        }
    }
}
