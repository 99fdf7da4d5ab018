package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.pool.ThreadPool;
import dev.jevent.server.ProxyProtocol;
import dev.jevent.server.Spawn;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Requests and responses as they should be. */
class HttpServerTest extends HttpScenario {

    private static final String KEEP = "Connection: keep-alive\r\n";

    private static void hello(Request request, Response response) throws IOException {
        response.send("hello " + request.method() + " " + request.path());
    }

    // ---- connections

    @Test
    void aConnectionIsUsedAgain() throws Exception {
        Client c = client(started(HttpServerTest::hello));
        for (int i = 0; i < 3; i++) {
            Answer a = c.say("GET /" + i + " HTTP/1.1\r\n" + HOST + "\r\n").answer();
            assertEquals(200, a.status());
            assertEquals("hello GET /" + i, a.text());
            assertEquals("text/plain; charset=utf-8", a.field("Content-Type"));
            assertNotNull(a.field("Date"));
            assertNull(a.field("Connection"));
        }
    }

    @Test
    void theConnectionEndsWhenTheClientSaysSo() throws Exception {
        Client c = client(started(HttpServerTest::hello));
        Answer a = c.say("GET / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n").answer();
        assertTrue(a.closes());
        assertTrue(c.isEnded());
    }

    @Test
    void oldClientsGetWhatTheyUnderstand() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            if (q.path().equals("/stream")) {
                                p.body().write("no length".getBytes(StandardCharsets.UTF_8));
                                p.flush();
                            } else {
                                hello(q, p);
                            }
                        });
        Client c = client(server);
        Answer a = c.say("GET / HTTP/1.0\r\n\r\n").answer();
        assertEquals("hello GET /", a.text());
        assertNull(a.field("Connection"));
        assertTrue(c.isEnded());
        Client again = client(server);
        assertEquals(
                "keep-alive",
                again.say("GET / HTTP/1.0\r\n" + KEEP + "\r\n").answer().field("Connection"));
        Answer stream = again.say("GET /stream HTTP/1.0\r\n" + KEEP + "\r\n").answer();
        assertNull(stream.field("Transfer-Encoding"));
        assertNull(stream.field("Connection"), "its body lasts until the end of the connection");
        assertEquals("no length", stream.text());
    }

    @Test
    void thousandsOfRequestsInOneWriteAreAnsweredInOrder() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            byte[] body = q.bytes();
                            p.send(q.path() + "=" + new String(body, StandardCharsets.UTF_8));
                        });
        int n = 4000;
        var all = new StringBuilder();
        for (int i = 0; i < n; i++) {
            all.append(
                    i % 3 == 0
                            ? "POST /" + i + " HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nab"
                            : "GET /" + i + " HTTP/1.1\r\n" + HOST + "\r\n");
        }
        Client c = client(server);
        var writer = Jevent.spawn(() -> c.say(all.toString()));
        for (int i = 0; i < n; i++) {
            assertEquals("/" + i + (i % 3 == 0 ? "=ab" : "="), c.answer().text());
        }
        writer.join();
        assertEquals(n, server.requests());
        assertEquals(1, server.accepted());
    }

    @Test
    void aHeadThatIsLargerThanTheBufferIsRead() throws Exception {
        HttpServer server = started((q, p) -> p.send(q.header("X").orElse("") + q.text()));
        Client c = client(server);
        String big = "x".repeat(9000);
        for (int i = 0; i < 2; i++) {
            c.say("POST / HTTP/1.1\r\n" + HOST + "X: " + big + "\r\nContent-Length: 3\r\n\r\nab");
            turns(5);
            c.say("c");
            assertEquals(big + "abc", c.answer().text());
        }
    }

    // ---- responses

    @Test
    void headIsAnsweredLikeGetWithoutABody() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            switch (q.path()) {
                                case "/big" -> p.body().write(new byte[20_000]);
                                case "/length" -> p.contentLength(77).end();
                                case "/small" -> p.body().write(new byte[20]);
                                default -> hello(q, p);
                            }
                        });
        Client c = client(server);
        for (List<String> expected :
                List.of(
                        List.of("/", "12", ""),
                        List.of("/length", "77", ""),
                        List.of("/small", "20", ""),
                        List.of("/big", "", ""))) {
            c.say("HEAD " + expected.getFirst() + " HTTP/1.1\r\n" + HOST + "\r\n");
            Answer a = c.answer(true);
            assertEquals(200, a.status());
            assertEquals(
                    expected.get(1),
                    a.field("Content-Length") == null ? "" : a.field("Content-Length"));
            assertEquals(expected.get(2), a.field("Transfer-Encoding") == null ? "" : "chunked");
        }
    }

    @Test
    void statusesWithoutABodyHaveNone() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.status(Integer.parseInt(q.path().substring(1, 4)));
                            if (q.path().endsWith("length")) {
                                p.contentLength(5);
                            } else if (q.path().endsWith("stream")) {
                                p.flush();
                                p.body().write(new byte[10]);
                            }
                        });
        Client c = client(server);
        for (String what :
                List.of("204", "304", "205", "204stream", "304stream", "205stream", "304length")) {
            Answer a = c.say("GET /" + what + " HTTP/1.1\r\n" + HOST + "\r\n").answer();
            assertEquals(Integer.parseInt(what.substring(0, 3)), a.status());
            assertEquals(0, a.body().length);
            assertNull(a.field("Transfer-Encoding"), what);
            assertEquals(
                    what.equals("304length") ? "5" : what.startsWith("205") ? "0" : null,
                    a.field("Content-Length"),
                    what);
        }
        assertEquals(500, get(started((q, p) -> p.status(204).send("x")), "/").status());
        assertTrue(report().getMessage().contains("204"));
    }

    @Test
    void aStreamIsSentInChunksOrWithItsLength() throws Exception {
        byte[] data = data(100_000);
        HttpServer server =
                started(
                        (q, p) -> {
                            if (q.path().equals("/length")) {
                                p.contentLength(data.length);
                            }
                            try (OutputStream out = p.body()) {
                                for (int i = 0; i < data.length; ) {
                                    int n = Math.min(1 + i % 7000, data.length - i);
                                    out.write(data, i, n);
                                    i += n;
                                }
                            }
                        });
        Client c = client(server);
        Answer chunks = c.say("GET / HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertEquals("chunked", chunks.field("Transfer-Encoding"));
        assertArrayEquals(data, chunks.body());
        Answer length = c.say("GET /length HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertEquals("100000", length.field("Content-Length"));
        assertArrayEquals(data, length.body());
    }

    @Test
    void whatIsLittleHasALengthAlthoughItWasWrittenInPieces() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.body().write('a');
                            p.body().write("bc".getBytes(StandardCharsets.UTF_8));
                        });
        Answer a = get(server, "/");
        assertEquals("3", a.field("Content-Length"));
        assertEquals("abc", a.text());
    }

    @Test
    void whatIsFlushedComesAtOnce() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.body().write('a');
                            p.flush();
                            int b = q.body().read();
                            p.body().write(b + 1);
                        });
        Client c = client(server);
        c.say("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n\r\n");
        assertEquals("HTTP/1.1 200 OK", c.line());
        c.skipHead();
        assertEquals("1", c.line());
        assertEquals("a", c.line());
        c.say("b");
        assertEquals("1\r\nc\r\n0\r\n\r\n", new String(c.exactly(11), StandardCharsets.UTF_8));
    }

    @Test
    void trailersComeAfterTheBody() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.trailer("X-Sum", "1");
                            p.send("abc");
                        });
        Client c = client(server);
        Answer a = c.say("GET / HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertEquals("abc", a.text());
        assertEquals("1", a.field("trailer-X-Sum"));
        Answer old = c.say("GET / HTTP/1.0\r\n\r\n").answer();
        assertEquals("abc", old.text());
    }

    @Test
    void interimResponsesComeBeforeIt() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.interim(103, Map.of("Link", "</a>"));
                            p.send("x");
                        });
        assertEquals("x", get(server, "/").text());
        assertEquals(List.of("103 [Link: </a>]"), log);
        assertEquals("x", ask(server, "GET / HTTP/1.0\r\n\r\n").text());
        assertEquals(1, log.size(), "an old client does not know them");
    }

    @Test
    void aPartOfAFileIsSent() throws Exception {
        byte[] data = data(700_000);
        Path file = Files.createTempFile("jevent", ".bin");
        try (FileChannel channel = FileChannel.open(Files.write(file, data))) {
            HttpServer server = started((q, p) -> p.send(channel, 5, data.length - 10));
            Client c = client(server);
            byte[] expected = java.util.Arrays.copyOfRange(data, 5, data.length - 5);
            for (int i = 0; i < 2; i++) {
                assertArrayEquals(
                        expected, c.say("GET / HTTP/1.1\r\n" + HOST + "\r\n").answer().body());
            }
            c.say("HEAD / HTTP/1.1\r\n" + HOST + "\r\n");
            assertEquals("699990", c.answer(true).field("Content-Length"));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aFileThatShrinksEndsTheConnection() throws Exception {
        Path file = Files.createTempFile("jevent", ".bin");
        try (FileChannel channel = FileChannel.open(Files.write(file, new byte[1000]))) {
            HttpServer server =
                    started(
                            (q, p) -> {
                                try {
                                    p.send(channel, 0, 2000);
                                } catch (IOException e) {
                                    if (!q.path().equals("/hide")) {
                                        throw e;
                                    }
                                }
                            });
            for (String path : List.of("/", "/hide")) {
                Client c = client(server);
                c.say("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
                String all = c.rest();
                assertTrue(all.contains("Content-Length: 2000"), all);
                assertEquals(1000, all.length() - all.indexOf("\r\n\r\n") - 4);
            }
            assertTrue(report().getMessage().contains("1000 bytes"), report().getMessage());
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aStreamThatFailsIsNotTakenForTheWhole() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            try (OutputStream out = p.body()) {
                                out.write(new byte[q.path().equals("/big") ? 50_000 : 10]);
                                throw new IllegalStateException("oh");
                            }
                        });
        assertEquals(500, get(server, "/").status());
        Client c = client(server);
        c.say("GET /big HTTP/1.1\r\n" + HOST + "\r\n");
        String all = c.rest();
        assertTrue(all.startsWith("HTTP/1.1 200"), all.substring(0, 20));
        assertFalse(all.endsWith("0\r\n\r\n"));
        Client old = client(server);
        old.say("GET /big HTTP/1.0\r\n\r\n");
        assertThrows(IOException.class, old::rest, "nothing else tells an old client");
        assertEquals(3, reports.size());
    }

    @Test
    void aTunnelIsNotFramed() throws Exception {
        HttpServer server = started(HttpServerTest::hello);
        Client c = client(server);
        Answer a = c.say("CONNECT b:1 HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertNull(a.field("Content-Length"));
        assertNull(a.field("Transfer-Encoding"));
        assertEquals("hello CONNECT b:1", a.text());
        assertTrue(a.closes());
    }

    // ---- requests

    @Test
    void theTargetIsTakenApart() throws Exception {
        HttpServer server =
                started(
                        (q, p) ->
                                p.send(
                                        q.host()
                                                + " "
                                                + q.rawPath()
                                                + " "
                                                + q.path()
                                                + " "
                                                + q.query().orElse("-")
                                                + " "
                                                + q.parameters()));
        Client c = client(server);
        for (List<String> expected :
                List.of(
                        List.of(
                                "/a%20b?c=1&d=%2B+x&c=2&e",
                                "a /a%20b /a b c=1&d=%2B+x&c=2&e {c=[1, 2], d=[+ x], e=[]}"),
                        List.of("http://b:1/x/../y?", "b:1 /x/../y /x/../y  {}"),
                        List.of("http://b?q", "b / / q {q=[]}"),
                        List.of("/%C3%A9", "a /%C3%A9 /\u00e9 - {}"))) {
            Answer a =
                    c.say("GET " + expected.getFirst() + " HTTP/1.1\r\n" + HOST + "\r\n").answer();
            assertEquals(expected.get(1), a.text());
        }
        assertEquals("a * * - {}", c.say("OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n").answer().text());
        for (String bad :
                List.of(
                        "/%",
                        "/%4",
                        "/%zz",
                        "/%ff",
                        "/%c0%80",
                        "/%00",
                        "/?%",
                        "/?" + "a&".repeat(1001))) {
            assertEquals(
                    400,
                    c.say("GET " + bad + " HTTP/1.1\r\n" + HOST + "\r\n").answer().status(),
                    bad);
        }
        assertEquals(List.of(), problems, "a handler may ask what it likes");
    }

    @Test
    void formsAreRead() throws Exception {
        HttpServer server = started((q, p) -> p.send(q.form() + " " + q.form().size()));
        Client c = client(server);
        String type = "Content-Type: Application/x-www-form-urlencoded; charset=utf-8\r\n";
        String form = "a=1&b=%C3%A9+%26&a=2";
        String head = "POST / HTTP/1.1\r\n" + HOST;
        c.say(head + type + "Content-Length: " + form.length() + "\r\n\r\n" + form);
        assertEquals("{a=[1, 2], b=[\u00e9 &]} 2", c.answer().text());
        c.say(head + type + "Content-Length: 4\r\n\r\na=\u00c3\u00a9");
        assertEquals("{a=[\u00e9]} 1", c.answer().text());
        c.say(head + type + "Content-Length: 3\r\n\r\na=%");
        assertEquals(400, c.answer().status());
        c.say(head + "Content-Length: 3\r\n\r\na=b");
        assertEquals(415, c.answer().status());
    }

    @Test
    void cookiesComeAndGo() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.cookie("a", q.cookie("a").orElse("none"), "Path=/", "HttpOnly");
                            p.cookie("b", q.cookie("b").orElse("none"));
                        });
        Client c = client(server);
        c.say("GET / HTTP/1.1\r\n" + HOST + "Cookie: xa=0; a=1;a=2;c\r\nCookie: b=\"3=4\"\r\n\r\n");
        Answer a = c.answer();
        assertTrue(a.fields().contains("Set-Cookie: a=1; Path=/; HttpOnly"), a.toString());
        assertTrue(a.fields().contains("Set-Cookie: b=3=4"), a.toString());
        Answer none = c.say("GET / HTTP/1.1\r\n" + HOST + "\r\n").answer();
        assertTrue(none.fields().contains("Set-Cookie: b=none"), none.toString());
    }

    // ---- where it runs

    @Test
    void itRunsWhereItIsTold() throws Exception {
        var pool = new ThreadPool(2);
        closing(pool::kill);
        for (Spawn spawn :
                List.of(Spawn.greenlet(), Spawn.pool(2), Spawn.inline(), Spawn.threads(pool))) {
            HttpServer server = started(server((q, p) -> p.send(q.text())).spawn(spawn));
            try (Client c = client(server)) {
                for (int i = 0; i < 3; i++) {
                    c.say("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nab");
                    assertEquals("ab", c.answer().text());
                }
            }
            server.stop(LONG);
        }
    }

    @Test
    void aUnixDomainServerIsOneToo() throws Exception {
        Path folder = Files.createTempDirectory("jevent");
        var address = UnixDomainSocketAddress.of(folder.resolve("s"));
        HttpServer server = started(prepared(new HttpServer(address, HttpServerTest::hello)));
        Client c = client(server);
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    "hello GET /", c.say("GET / HTTP/1.1\r\n" + HOST + "\r\n").answer().text());
        }
        assertEquals(400, c.say("GET\r\n").answer().status());
        server.stop(LONG);
        Files.delete(folder);
    }

    @Test
    void theProxyTellsWhereTheClientIs() throws Exception {
        HttpServer server =
                started(
                        server((q, p) -> p.send(q.remoteAddress() + ""))
                                .proxyProtocol(ProxyProtocol.REQUIRED));
        Client c = client(server);
        c.say("PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n");
        for (int i = 0; i < 2; i++) {
            c.say("GET / HTTP/1.1\r\n" + HOST + "\r\n");
            assertEquals("/192.0.2.1:1234", c.answer().text());
        }
        assertEquals(400, c.say("x\r\n").answer().status());
        assertTrue(problems.getFirst().toString().startsWith("/192.0.2.1:1234: 400: "));
    }
}
