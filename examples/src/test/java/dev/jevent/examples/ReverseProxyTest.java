package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Jevent;
import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.http.Upgrade;
import dev.jevent.server.StreamServer;
import dev.jevent.socket.SocketStream;
import dev.jevent.websocket.WebSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class ReverseProxyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer behind;
    private Served server;
    private Served proxy;

    @BeforeEach
    void serve() throws Exception {
        server =
                Served.web(
                        port -> {
                            behind = new HttpServer(port, ReverseProxyTest::answer);
                            return behind;
                        });
        proxy = proxy(PATIENCE, server);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        client.close();
        proxy.close();
        server.close();
    }

    private static Served proxy(Duration patience, Served... servers) throws Exception {
        List<String> addresses = new ArrayList<>();
        for (Served s : servers) {
            addresses.add("127.0.0.1:" + s.port());
        }
        return Served.web(port -> ReverseProxy.newServer(port, patience, addresses));
    }

    private static void answer(Request request, Response response) throws Exception {
        switch (request.path()) {
            case "/echo" -> {
                if (request.contentLength() > 0) {
                    Response ignored = response.contentLength(request.contentLength());
                }
                long ignored = response.send(request.body());
            }
            case "/request" -> {
                var text = new StringBuilder(request + "\n");
                request.headers().forEach((n, v) -> text.append(n + ": " + v + "\n"));
                Response ignored = response.addHeader("Set-Cookie", "a=1");
                ignored = response.addHeader("Set-Cookie", "b=2");
                response.send(text.toString());
            }
            case "/refuse" -> throw new HttpException(403, "not here");
            case "/early" -> {
                Response ignored = response.interim(103, Map.of("Link", "</style.css>"));
                response.send("late\n");
            }
            case "/nothing" -> {
                Response ignored = response.status(204);
            }
            case "/long" -> {
                for (int i = 0; i < 1000; i++) {
                    response.body().write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            case "/slow" -> {
                for (int i = 0; i < 3; i++) {
                    response.body().write(("tick" + i + "\n").getBytes(StandardCharsets.UTF_8));
                    Response ignored = response.flush();
                    Jevent.sleep(20);
                }
            }
            case "/socket" -> {
                Response ignored = response.header("Sec-WebSocket-Accept", "yes");
                Upgrade upgrade = response.upgrade("websocket");
                long _ = upgrade.in().transferTo(upgrade.out());
            }
            case "/chat" -> {
                try (WebSocket socket = WebSocket.accept(request, response)) {
                    for (String t = socket.receiveText(); t != null; t = socket.receiveText()) {
                        socket.send(t);
                    }
                }
            }
            default -> throw new HttpException(404);
        }
    }

    // ---- asking

    private HttpResponse<byte[]> ask(String method, String url, BodyPublisher body)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).method(method, body).build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return ask("GET", proxy.url(path), BodyPublishers.noBody());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Sends it, and answers all that comes; the request has to say that it is the last. */
    private static String raw(Served to, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), to.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** Lines of HTTP, and the empty one behind them. */
    private static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private static byte[] much(int n) {
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) (i * 37 >> 5);
        }
        return bytes;
    }

    // ---- what passes

    @Test
    void bodiesOfAllSizesStreamBothWaysFixedAndInChunks() throws Exception {
        for (int size : new int[] {0, 1, 4096, 100_000, 3_000_000}) {
            byte[] bytes = much(size);
            var fixed = BodyPublishers.ofByteArray(bytes);
            var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
            for (BodyPublisher body : List.of(fixed, chunked)) {
                HttpResponse<byte[]> answer = ask("POST", proxy.url("/echo"), body);
                assertEquals(200, answer.statusCode());
                assertArrayEquals(bytes, answer.body(), size + " bytes");
            }
        }
    }

    @Test
    void aHundredAtOnceAreAnswered() throws Exception {
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 100; i++) {
            var body = BodyPublishers.ofString("x".repeat(i * 500));
            var request = HttpRequest.newBuilder(URI.create(proxy.url("/echo"))).POST(body).build();
            answers.add(client.sendAsync(request, BodyHandlers.ofString()));
        }
        for (int i = 0; i < 100; i++) {
            assertEquals("x".repeat(i * 500), answers.get(i).get().body());
        }
    }

    @Test
    void theServerLearnsWhoAsksAndNothingAboutTheConnection() throws Exception {
        String answer =
                raw(
                        proxy,
                        head(
                                "GET /request?a=b%20c HTTP/1.1",
                                "Host: example.org",
                                "Connection: close, X-Hop",
                                "X-Hop: 1",
                                "X-End: 2",
                                "TE: trailers",
                                "Keep-Alive: 5",
                                "Upgrade: h2c",
                                "X-Forwarded-For: 6.6.6.6",
                                "Forwarded: for=6.6.6.6"));
        assertTrue(answer.contains("GET /request?a=b%20c\n"), answer);
        for (String line :
                List.of(
                        "Host: example.org",
                        "X-End: 2",
                        "X-Forwarded-For: 127.0.0.1",
                        "X-Forwarded-Host: example.org",
                        "X-Forwarded-Proto: http",
                        "Forwarded: for=127.0.0.1;host=\"example.org\";proto=http",
                        "Via: 1.1 jevent")) {
            assertTrue(answer.contains(line + "\n"), answer);
        }
        for (String none : List.of("X-Hop", "TE:", "Keep-Alive", "h2c", "6.6.6.6")) {
            assertFalse(answer.contains(none), none + " in " + answer);
        }
        assertTrue(answer.contains("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"), answer);
    }

    @Test
    void statusesWithoutABodyAndHeadPass() throws Exception {
        assertEquals(204, get("/nothing").statusCode());
        assertEquals(404, get("/none").statusCode());
        HttpResponse<byte[]> head = ask("HEAD", proxy.url("/request"), BodyPublishers.noBody());
        assertEquals(200, head.statusCode());
        assertTrue(head.headers().firstValueAsLong("Content-Length").getAsLong() > 0);
        assertEquals(0, head.body().length);
        assertEquals(200, ask("HEAD", proxy.url("/long"), BodyPublishers.noBody()).statusCode());
        assertTrue(text(get("/long")).endsWith("line 999\n"));
        assertEquals(405, ask("TRACE", proxy.url("/"), BodyPublishers.noBody()).statusCode());
    }

    @Test
    void connectionsToTheServerAreUsedAgain() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertEquals(200, get(i % 2 == 0 ? "/request" : "/long").statusCode());
        }
        assertEquals(1, behind.accepted());
        assertEquals(20, behind.requests());
    }

    @Test
    void aSlowAnswerComesAsItIsWrittenAndToOldClientsUntilTheEnd() throws Exception {
        String answer = raw(proxy, "GET /slow HTTP/1.0\r\n\r\n");
        assertTrue(answer.endsWith("\r\n\r\ntick0\ntick1\ntick2\n"), answer);
        assertFalse(answer.contains("chunked"), answer);
    }

    @Test
    void informationalAnswersPass() throws Exception {
        String answer = raw(proxy, "GET /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 103 Early Hints\r\n"), answer);
        assertTrue(answer.contains("Link: </style.css>\r\n"), answer);
        assertTrue(answer.contains("\r\n\r\nHTTP/1.1 200 OK\r\n"), answer);
    }

    @Test
    void aClientIsAskedForItsBodyIfTheServerWantsIt() throws Exception {
        String head =
                head(
                        " HTTP/1.1",
                        "Host: x",
                        "Expect: 100-continue",
                        "Connection: close",
                        "Content-Length: 3");
        String refused = raw(proxy, "PUT /refuse" + head);
        assertTrue(refused.startsWith("HTTP/1.1 403 "), refused);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            SocketStream stream = SocketStream.of(socket);
            stream.writeString("PUT /echo" + head);
            assertEquals("HTTP/1.1 100 Continue", stream.readLine());
            assertEquals("", stream.readLine());
            stream.writeString("abc");
            String answer = new String(stream.readAll(9999), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
            assertTrue(answer.endsWith("\r\n\r\nabc"), answer);
        }
    }

    @Test
    void curlUploadsAndDownloads() throws Exception {
        String url = proxy.url("/echo");
        assertEquals("x=1x=1", Curl.run("-sS", "-d", "x=1", url, url).out());
        Curl.Result chunked =
                Curl.run("-sS", "-H", "Transfer-Encoding: chunked", "-d", "y".repeat(9999), url);
        assertEquals("y".repeat(9999), chunked.out());
        assertEquals("abc", Curl.run("-sS", "-H", "Expect: 100-continue", "-d", "abc", url).out());
    }

    @Test
    void aWebSocketIsTunnelled() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            SocketStream stream = SocketStream.of(socket);
            stream.writeString(
                    "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
                            + "Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\nfirst");
            String head = new String(stream.readUntil(END_OF_HEAD, 999), StandardCharsets.UTF_8);
            assertTrue(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), head);
            assertTrue(head.contains("\r\nUpgrade: websocket"), head);
            assertTrue(head.contains("\r\nSec-WebSocket-Accept: yes"), head);
            assertEquals("first", new String(stream.readExactly(5), StandardCharsets.UTF_8));
            stream.writeString("second");
            assertEquals("second", new String(stream.readExactly(6), StandardCharsets.UTF_8));
            stream.shutdownOutput();
            assertEquals(0, stream.readAll(10).length, "the end goes through, and comes back");
        }
    }

    @Test
    void messagesOfAWebSocketPass() throws Exception {
        URI uri = URI.create("ws://127.0.0.1:" + proxy.port() + "/chat");
        Jevent.spawn(
                        () -> {
                            WebSocket socket = WebSocket.connect(uri);
                            for (String text : List.of("hello", "x".repeat(300_000))) {
                                socket.send(text);
                                assertEquals(text, socket.receiveText());
                            }
                            socket.close();
                            assertEquals(1000, socket.closeCode());
                        })
                .get();
    }

    // ---- what goes wrong

    @Test
    void noRequestIsSmuggled() throws Exception {
        String both =
                head(
                        "POST /echo HTTP/1.1",
                        "Host: x",
                        "Content-Length: 5",
                        "Transfer-Encoding: chunked",
                        "",
                        "0");
        assertTrue(raw(proxy, both).startsWith("HTTP/1.1 400 "));
        String hidden = head("GET /request HTTP/1.1", "Host: evil");
        String around =
                head(
                        "POST /echo HTTP/1.1",
                        "Host: x",
                        "Connection: close, Content-Length",
                        "Content-Length: " + hidden.length());
        String answer = raw(proxy, around + hidden);
        assertTrue(answer.contains("\r\n\r\nGET /request HTTP/1.1\r\n"), answer);
        assertEquals(1, behind.requests(), "the body stayed a body");
    }

    /** A server that answers with these bytes and closes. */
    private static Served saying(String answer) throws Exception {
        return Served.start(
                port ->
                        new StreamServer(
                                port,
                                socket -> {
                                    SocketStream s = SocketStream.of(socket);
                                    byte[] ignored = s.readUntil(END_OF_HEAD, 9999);
                                    s.writeAll(answer.getBytes(StandardCharsets.ISO_8859_1));
                                }));
    }

    @Test
    void nonsenseFromTheServerIsABadGateway() throws Exception {
        for (String answer :
                List.of(
                        "",
                        "SSH-2.0-OpenSSH\r\n\r\n",
                        "HTTP/2.0 200 OK\r\n\r\n",
                        "HTTP/1.1 999 What\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nA: b\nc: d\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked"
                                + "\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000) + "\r\n\r\n")) {
            try (Served nonsense = saying(answer);
                    Served front = proxy(PATIENCE, nonsense)) {
                var got = ask("GET", front.url("/"), BodyPublishers.noBody());
                assertEquals(502, got.statusCode(), answer);
                assertFalse(text(got).contains("\tat "), "no stack trace for the client");
            }
        }
    }

    @Test
    void anAnswerThatBreaksOffBreaksOffForTheClientToo() throws Exception {
        for (String answer :
                List.of(
                        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                        head(
                                "HTTP/1.1 200 OK",
                                "Transfer-Encoding: chunked",
                                "",
                                "4",
                                "half",
                                "x"))) {
            try (Served half = saying(answer);
                    Served front = proxy(PATIENCE, half)) {
                assertThrows(
                        IOException.class,
                        () -> ask("GET", front.url("/"), BodyPublishers.noBody()),
                        answer);
            }
        }
        try (Served until = saying("HTTP/1.0 200 OK\r\n\r\nall of it");
                Served front = proxy(PATIENCE, until)) {
            var got = ask("GET", front.url("/"), BodyPublishers.noBody());
            assertEquals("all of it", text(got));
        }
    }

    @Test
    void aServerThatIsTooSlowIsAGatewayTimeout() throws Exception {
        try (Served mute =
                        Served.start(
                                port ->
                                        new StreamServer(
                                                port, s -> s.getInputStream().readAllBytes()));
                Served front = proxy(Duration.ofMillis(100), mute)) {
            var got = ask("GET", front.url("/"), BodyPublishers.noBody());
            assertEquals(504, got.statusCode());
        }
    }

    @Test
    void serversThatCannotBeReachedAreLeftOut() throws Exception {
        Served gone = Served.web(HelloWeb::newServer);
        gone.close();
        try (Served front = proxy(PATIENCE, gone, server)) {
            for (int i = 0; i < 10; i++) {
                var got = ask("GET", front.url("/request"), BodyPublishers.noBody());
                assertEquals(200, got.statusCode());
            }
        }
        try (Served front = proxy(PATIENCE, gone)) {
            var got = ask("GET", front.url("/request"), BodyPublishers.noBody());
            assertEquals(502, got.statusCode());
            assertEquals("502 Bad Gateway: no server behind this one can be reached\n", text(got));
        }
    }

    @Test
    void aKeptConnectionThatTheServerClosesMeanwhileIsReplaced() throws Exception {
        var connections = new AtomicInteger();
        byte[] answer =
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8);
        try (Served fickle =
                        Served.start(
                                port ->
                                        new StreamServer(
                                                port,
                                                socket -> {
                                                    connections.incrementAndGet();
                                                    SocketStream s = SocketStream.of(socket);
                                                    byte[] a = s.readUntil(END_OF_HEAD, 9999);
                                                    s.writeAll(answer);
                                                    a = s.readUntil(END_OF_HEAD, 9999);
                                                    assertTrue(a.length > 0); // and no answer
                                                }));
                Served front = proxy(PATIENCE, fickle)) {
            for (int i = 0; i < 5; i++) {
                assertEquals("ok", text(ask("GET", front.url("/"), BodyPublishers.noBody())));
            }
            assertEquals(5, connections.get());
        }
    }

    @Test
    void aClientThatGoesEndsItsRequestAtTheServer() throws Exception {
        assumeTrue(System.getProperty("jevent.poller") == null, "not in the portable mode");
        var asked = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        try (Served waiting =
                        Served.start(
                                port ->
                                        new StreamServer(
                                                port,
                                                socket -> {
                                                    SocketStream s = SocketStream.of(socket);
                                                    byte[] ignored = s.readUntil(END_OF_HEAD, 9999);
                                                    asked.countDown();
                                                    ignored = s.readAll(10);
                                                    gone.countDown();
                                                }));
                Served front = proxy(PATIENCE, waiting)) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), front.port());
            String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            assertTrue(asked.await(20, TimeUnit.SECONDS));
            socket.close();
            assertTrue(gone.await(10, TimeUnit.SECONDS), "the server's connection is closed");
        }
    }
}
