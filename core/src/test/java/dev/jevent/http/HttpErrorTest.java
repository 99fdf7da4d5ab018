package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** What handlers do wrong, and what the client sees of it. */
class HttpErrorTest extends HttpScenario {

    private static final String GET = "GET / HTTP/1.1\r\n" + HOST + "\r\n";

    @Test
    void aFailureIsAnsweredWith500AndNothingOfIt() throws Exception {
        for (Throwable failure :
                List.of(
                        new IllegalStateException("secret"),
                        new IOException("secret"),
                        new StackOverflowError("secret"),
                        new Timeout(Duration.ofSeconds(9)))) {
            reports.clear();
            HttpServer server =
                    started(
                            (q, p) -> {
                                p.header("X", "secret").body().write(1);
                                throw dev.jevent.internal.CallerAccess.<RuntimeException>sneaky(
                                        failure);
                            });
            Client c = client(server);
            for (int i = 0; i < 2; i++) {
                Answer a = c.say(GET).answer();
                assertEquals(500, a.status());
                assertEquals("500 Internal Server Error\n", a.text());
                assertFalse(a.toString().contains("secret"));
            }
            assertEquals(2, reports.size());
            assertEquals(failure, reports.getFirst().error());
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void anHttpExceptionIsAnsweredWithItsStatusMessageAndFields() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.status(201).header("X", "y").body().write(1);
                            throw new HttpException(405, "not so").header("Allow", "PUT");
                        });
        Answer a = get(server, "/");
        assertEquals(405, a.status());
        assertEquals("405 Method Not Allowed: not so\n", a.text());
        assertEquals("PUT", a.field("Allow"));
        assertEquals(null, a.field("X"));
        assertEquals(0, ask(server, GET.replace("GET", "HEAD")).body().length);
        assertEquals(List.of(), reports);
    }

    @Test
    void aPageOfOnesOwnIsUsedUnlessItFails() throws Exception {
        HttpServer server =
                started(
                        server(
                                        (q, p) -> {
                                            throw new HttpException(404, q.path());
                                        })
                                .errorPage(
                                        (failure, p) -> {
                                            p.header("X", "y").body().write('<');
                                            if (failure.message().equals("/bad")) {
                                                throw new IllegalStateException("oh");
                                            }
                                            p.body().write('>');
                                        }));
        assertEquals("<>", get(server, "/good").text());
        Answer bad = get(server, "/bad");
        assertEquals("404 Not Found: /bad\n", bad.text());
        assertEquals(null, bad.field("X"));
        assertEquals("oh", report().getMessage());
        assertEquals("<>", ask(server, "GET\r\n").text());
    }

    @Test
    void aBadRequestOfHeadHasNoBody() throws Exception {
        Client c = client(started((q, p) -> p.send("x")));
        c.say("HEAD / HTTP/1.1\r\n\r\n");
        assertTrue(c.rest().endsWith("\r\n\r\n"));
    }

    @Test
    void lengthsThatAreWrongAreSeen() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.contentLength(5);
                            switch (q.path()) {
                                case "/short" -> p.body().write(new byte[4]);
                                case "/none" -> p.status(200);
                                case "/long" -> p.body().write(new byte[6]);
                                case "/one" -> p.send("abc");
                                default -> {
                                    p.body().write(new byte[5]);
                                    p.body().write(1);
                                }
                            }
                        });
        for (String path : List.of("/none", "/long", "/one")) {
            assertEquals(500, get(server, path).status(), path);
        }
        for (String path : List.of("/short", "/more")) {
            Client c = client(server);
            c.say(GET.replace("/ ", path + " "));
            String all = c.rest();
            assertTrue(all.contains("Content-Length: 5\r\n"), all);
            assertEquals(path.equals("/short") ? 4 : 5, all.length() - all.indexOf("\r\n\r\n") - 4);
        }
        assertEquals(5, reports.size());
    }

    @Test
    void afterTheHandlerNothingCanBeSeenOrDone() throws Exception {
        record Kept(Request q, Response p, Headers h, InputStream in, OutputStream out) {}
        var kept = new ArrayList<Kept>();
        HttpServer server =
                started(
                        (q, p) -> {
                            kept.add(new Kept(q, p, q.headers(), q.body(), p.body()));
                            assertEquals("first", q.header("X").orElse("first"));
                            p.body().write('x');
                        });
        Client c = client(server);
        c.say(GET).answer();
        c.say("POST /2 HTTP/1.1\r\n" + HOST + "X: first\r\nContent-Length: 1\r\n\r\n1").answer();
        Kept k = kept.getFirst();
        Request q = k.q();
        Response p = k.p();
        for (dev.jevent.Action action :
                List.<dev.jevent.Action>of(
                        q::method,
                        () -> q.is("GET"),
                        q::target,
                        q::rawPath,
                        q::path,
                        q::query,
                        q::parameters,
                        q::version,
                        q::headers,
                        () -> q.header("X"),
                        () -> q.cookie("X"),
                        q::host,
                        q::scheme,
                        q::body,
                        q::bytes,
                        q::form,
                        q::contentLength,
                        q::trailers,
                        q::remoteAddress,
                        q::connection,
                        q::attributes,
                        () -> k.h().get("X"),
                        () -> k.h().size(),
                        () -> k.h().all("X"),
                        () -> k.in().read(),
                        () -> k.in().available(),
                        () -> k.out().write(1),
                        () -> k.out().flush(),
                        () -> p.send("x"),
                        () -> p.status(200),
                        () -> p.header("X", "y"),
                        p::body,
                        p::flush,
                        p::end,
                        () -> p.trailer("X", "y"),
                        () -> p.interim(103, Map.of()),
                        () -> p.upgrade("x"))) {
            assertInstanceOf(IllegalStateException.class, thrownBy(action));
        }
        assertEquals("request that is over", q.toString());
        assertEquals("x", c.say(GET).answer().text());
    }

    @Test
    void aRequestThatIsOverShowsNothingOfAnotherConnections() throws Exception {
        var kept = new ArrayList<Request>();
        var seen = new ArrayList<Throwable>();
        HttpServer server =
                started(
                        (q, p) -> {
                            kept.add(q);
                            assertEquals(q.path().substring(1), q.header("X").orElseThrow());
                            if (kept.size() == 2) {
                                seen.add(thrownBy(kept.getFirst()::path));
                                seen.add(thrownBy(() -> kept.getFirst().header("X")));
                            }
                            p.send(q.path());
                        });
        Client first = client(server);
        first.say("GET /1 HTTP/1.1\r\n" + HOST + "X: 1\r\n\r\n").answer();
        until(() -> server.heads().free() == 1); // the second gets what the first had
        Client second = client(server);
        second.say("GET /2 HTTP/1.1\r\n" + HOST + "X: 2\r\n\r\n").answer();
        assertEquals(2, seen.size());
        seen.forEach(e -> assertInstanceOf(IllegalStateException.class, e));
        until(() -> server.heads().free() == 1);
    }

    @Test
    void aHandlerMustWaitForThoseWhoReadAndWriteForIt() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            Jevent.spawn(() -> thrownBy(() -> q.body().read()));
                            Jevent.sleep(1);
                        });
        Client c = client(server);
        c.say("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\n");
        assertTrue(c.isEnded());
        assertInstanceOf(ConcurrentObjectUseError.class, report());
        turns(20);
    }

    @Test
    void aWriteThatWasBrokenOffEndsTheConnection() throws Exception {
        byte[] much = new byte[20_000_000];
        HttpServer server =
                started(
                        (q, p) -> {
                            var timeout = new Timeout(Duration.ofMillis(20));
                            assertEquals(timeout, thrownBy(() -> timeout.run(() -> p.send(much))));
                        });
        Client c = client(server);
        c.say(GET);
        until(() -> server.requests() == 1);
        Jevent.sleep(50);
        assertTrue(c.rest().length() < much.length, "the client sees that something is missing");
        assertEquals(List.of(), reports);
    }

    @Test
    void aClientThatGoesIsNobodysFault() throws Exception {
        HttpServer server =
                started(
                        server(
                                        (q, p) -> {
                                            for (int i = 0; i < 2000; i++) {
                                                p.body().write(new byte[10_000]);
                                                p.flush();
                                            }
                                        })
                                .accessLog(exchanges::add));
        Client c = client(server);
        c.say(GET).line();
        c.close();
        until(() -> server.connections() == 0);
        assertEquals(List.of(), reports);
        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().message().startsWith("the client has gone"));
        assertEquals(1, exchanges.size());
        Client silent = client(server);
        silent.say("GET / HT").close();
        until(() -> problems.size() == 2);
        assertTrue(
                problems.get(1)
                        .toString()
                        .endsWith("closed: it was closed in the middle of a header: \"GET / HT\""),
                problems.toString());
        assertEquals(1, exchanges.size());
    }

    @Test
    void theAccessLogSeesWhatWasAnsweredAndWhatWasRefused() throws Exception {
        HttpServer server =
                started(
                        server((q, p) -> p.send(q.text() + "\u00e9"))
                                .accessLog(
                                        e -> {
                                            exchanges.add(e);
                                            throw new IllegalStateException("log");
                                        }));
        Client c = client(server);
        c.say(
                        "POST /a HTTP/1.1\r\n"
                                + HOST
                                + "User-Agent: u\r\nReferer: \u00e9\r\nContent-Length: 2\r\n\r\nab")
                .answer();
        c.say("GET /bad\u00e9 x\r\n").answer();
        c.close(); // the server waits a while for what may still come
        until(() -> exchanges.size() == 2);
        Exchange good = exchanges.getFirst();
        assertEquals(
                "POST /a HTTP/1.1 200 4 2 a u \u00e9",
                String.join(
                        " ",
                        good.method(),
                        good.target(),
                        good.version(),
                        good.status() + "",
                        good.sent() + "",
                        good.received() + "",
                        good.host(),
                        good.userAgent(),
                        good.referer()));
        Exchange bad = exchanges.get(1);
        assertEquals(
                "- GET /bad\\xE9 x 400", bad.method() + " " + bad.target() + " " + bad.status());
        assertTrue(bad.problem().isPresent() && bad.sent() > 0);
        assertEquals(2, reports.size(), "what the log throws harms nobody");
    }

    @Test
    void aListenerOfProblemsThatFailsHarmsNobody() throws Exception {
        HttpServer server =
                started(
                        server((q, p) -> p.send("x"))
                                .onProblem(
                                        p -> {
                                            throw new IllegalStateException(
                                                    "" + ThreadLocalRandom.current().nextInt());
                                        }));
        assertEquals(400, ask(server, "x\r\n").status());
        assertEquals(1, reports.size());
    }
}
