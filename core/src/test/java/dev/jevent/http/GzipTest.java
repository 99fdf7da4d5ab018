package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.event.Event;
import dev.jevent.socket.SocketStream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;

class GzipTest extends ServedScenario {

    private static final String ACCEPTS = "Accept-Encoding: gzip, deflate, br";
    private static final String TEXT = "All work and no play makes Jack a dull boy.\n".repeat(500);
    private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);

    private static byte[] gunzipped(byte[] b) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(b))) {
            return in.readAllBytes();
        }
    }

    private static byte[] gzipped(byte[] b) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(b);
        }
        return out.toByteArray();
    }

    private static void assertGzipped(byte[] expected, Reply reply) throws IOException {
        assertEquals("gzip", reply.field("Content-Encoding"), reply.head());
        assertEquals("Accept-Encoding", reply.field("Vary"));
        assertEquals("", reply.field("Content-Length"));
        assertArrayEquals(expected, gunzipped(reply.body()));
    }

    private static void assertPlain(byte[] expected, Reply reply) {
        assertEquals("", reply.field("Content-Encoding"), reply.head());
        assertArrayEquals(expected, reply.body());
    }

    // ---- what is compressed

    @Test
    void theClientSaysWhetherItWantsIt() {
        for (String yes :
                List.of(
                        "gzip",
                        "GZIP",
                        "x-gzip",
                        "deflate, gzip;q=1.0, *;q=0.5",
                        "*",
                        "br;q=1, gzip;q=0.001",
                        "identity;q=0.5, gzip ; q=0.5",
                        "gzip;q=0, gzip",
                        "identity;q=0, *;q=0.1")) {
            assertTrue(Gzip.accepts(List.of(yes.split(",", -1))), yes);
        }
        for (String no :
                List.of(
                        "",
                        "identity",
                        "br",
                        "gzip;q=0",
                        "gzip;q=0.000",
                        "*;q=0",
                        "gzip;q=0, *",
                        "identity;q=1, gzip;q=0.9",
                        "gzip;q=2",
                        "gzip;q=1.001",
                        "gzip;q=-1",
                        "gzip;q=0.0001",
                        "gzip;q=",
                        "gzip;q=0.a",
                        "gzip;level=9",
                        "gzipped")) {
            assertTrue(!Gzip.accepts(List.of(no.split(",", -1))), no);
        }
    }

    @Test
    void itIsCompressedHoweverItWasWritten(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("file.txt"), BYTES);
        List<HttpHandler> handlers =
                List.of(
                        (q, p) -> p.send(TEXT),
                        (q, p) ->
                                p.contentType("text/plain").contentLength(BYTES.length).send(BYTES),
                        (q, p) -> {
                            try (var out = p.contentType("text/html; charset=utf-8").body()) {
                                out.write(BYTES);
                            }
                        },
                        (q, p) -> {
                            p.contentType("application/json").contentLength(BYTES.length);
                            for (byte b : BYTES) {
                                p.body().write(b);
                            }
                        },
                        (q, p) -> {
                            p.contentType("image/svg+xml");
                            for (int i = 0; i < BYTES.length; i += 1000) {
                                p.body().write(BYTES, i, Math.min(1000, BYTES.length - i));
                                p.flush();
                            }
                        },
                        (q, p) -> {
                            try (FileChannel c = FileChannel.open(file)) {
                                p.contentType("text/css").send(c, 0, BYTES.length);
                            }
                        },
                        (q, p) ->
                                p.contentType("text/plain").send(new ByteArrayInputStream(BYTES)));
        for (int i = 0; i < handlers.size(); i++) {
            HttpServer server = serving(Gzip.of(handlers.get(i)));

            Reply gzip = get(server, "/" + i, ACCEPTS);
            assertGzipped(BYTES, gzip);
            assertTrue(gzip.body().length < BYTES.length / 2, "it is smaller");

            Reply head = ask(server, "HEAD / HTTP/1.1", new byte[0], ACCEPTS);
            assertEquals(sorted(gzip.head()), sorted(head.head()), "HEAD of " + i);

            Reply plain = get(server, "/" + i);
            assertPlain(BYTES, plain);
            assertEquals("Accept-Encoding", plain.field("Vary"), "it could have been compressed");
        }
    }

    private static List<String> sorted(String head) {
        return head.lines()
                .filter(l -> !l.startsWith("Date: ") && !l.startsWith("Transfer-Encoding: "))
                .sorted()
                .toList();
    }

    @Test
    void aSmallBodyWhoseLengthIsNotSaidIsCompressedOnlyIfItIsNotTiny() throws Exception {
        byte[] tiny = "x".repeat(1023).getBytes(StandardCharsets.UTF_8);
        byte[] enough = "x".repeat(1024).getBytes(StandardCharsets.UTF_8);
        HttpServer server =
                serving(
                        Gzip.of(
                                (q, p) ->
                                        p.contentType("text/plain")
                                                .body()
                                                .write(q.path().equals("/tiny") ? tiny : enough)));

        Reply small = get(server, "/tiny", ACCEPTS);
        assertPlain(tiny, small);
        assertEquals("", small.field("Vary"));
        assertGzipped(enough, get(server, "/enough", ACCEPTS));
    }

    @Test
    void whatMustNotBeChangedIsNot() throws Exception {
        List<HttpHandler> handlers =
                List.of(
                        (q, p) -> p.send("image/png", BYTES),
                        (q, p) -> p.send(BYTES),
                        (q, p) -> p.header("Cache-Control", "max-age=1, No-Transform").send(TEXT),
                        (q, p) -> p.header("Content-Digest", "sha-256=:x:").send(TEXT),
                        (q, p) -> p.status(206).send(TEXT),
                        (q, p) -> p.header("Content-Range", "bytes 0-1/2").send(TEXT));
        for (int i = 0; i < handlers.size(); i++) {
            Reply reply = get(serving(Gzip.of(handlers.get(i))), "/", ACCEPTS);
            assertPlain(BYTES, reply);
            assertEquals("", reply.field("Vary"), "handler " + i);
        }
        Reply encoded =
                get(
                        serving(Gzip.of((q, p) -> p.header("Content-Encoding", "br").send(TEXT))),
                        "/",
                        ACCEPTS);
        assertEquals("br", encoded.field("Content-Encoding"));
        assertArrayEquals(BYTES, encoded.body());
    }

    @Test
    void whichTypesAreCompressedCanBeSaid() throws Exception {
        HttpServer server =
                serving(
                        Gzip.of((q, p) -> p.send("image/X-Raw; a=b", BYTES))
                                .types("image/x-raw"::equals));

        assertGzipped(BYTES, get(server, "/", ACCEPTS));
    }

    @Test
    void anOldClientGetsItAsItIs() throws Exception {
        HttpServer server = serving(Gzip.of((q, p) -> p.send(TEXT)));

        Reply reply = ask(server, "GET / HTTP/1.0", new byte[0], ACCEPTS);

        assertPlain(BYTES, reply);
        assertEquals("" + BYTES.length, reply.field("Content-Length"));
    }

    @Test
    void validatorsTellThatTheBytesDiffer() throws Exception {
        HttpServer server =
                serving(
                        Gzip.of(
                                (q, p) -> {
                                    p.header("ETag", "\"v1\"").header("Vary", "Cookie");
                                    p.header("Accept-Ranges", "bytes");
                                    if (q.header("If-None-Match").isPresent()) {
                                        p.status(304).send();
                                    } else {
                                        p.send(TEXT);
                                    }
                                }));

        Reply gzip = get(server, "/", ACCEPTS);
        assertEquals("W/\"v1\"", gzip.field("ETag"));
        assertEquals("", gzip.field("Accept-Ranges"));
        assertTrue(gzip.head().contains("\r\nVary: Cookie\r\n"), gzip.head());
        assertTrue(gzip.head().contains("\r\nVary: Accept-Encoding\r\n"), gzip.head());
        Reply plain = get(server, "/");
        assertEquals("\"v1\"", plain.field("ETag"));
        assertEquals("bytes", plain.field("Accept-Ranges"));
        Reply unchanged = get(server, "/", ACCEPTS, "If-None-Match: W/\"v1\"");
        assertEquals(304, unchanged.status());
        assertEquals("W/\"v1\"", unchanged.field("ETag"));
        assertTrue(unchanged.head().contains("\r\nVary: Accept-Encoding\r\n"), unchanged.head());
    }

    @Test
    void aVaryThatIsThereIsNotRepeated() throws Exception {
        HttpServer server =
                serving(Gzip.of((q, p) -> p.header("Vary", "accept-encoding, Cookie").send(TEXT)));

        Reply reply = get(server, "/", ACCEPTS);

        assertEquals(1, reply.head().lines().filter(l -> l.startsWith("Vary:")).count());
    }

    // ---- streams

    @Test
    void whatWasFlushedArrivesBeforeTheRest() throws Exception {
        Event arrived = new Event();
        HttpServer server =
                serving(
                        Gzip.of(
                                (q, p) -> {
                                    try (EventStream s = EventStream.open(q, p)) {
                                        s.send("one");
                                        arrived.await();
                                        s.send("two");
                                    }
                                }));
        SocketStream client = SocketStream.of(connect(server));
        client.writeString("GET / HTTP/1.1\r\nHost: a\r\n" + ACCEPTS + "\r\n\r\n");
        assertTrue(head(client).contains("\r\nContent-Encoding: gzip\r\n"));
        Inflater inflater = new Inflater(true);
        StringBuilder text = new StringBuilder();

        boolean header = true;
        while (!text.toString().equals("data: one\n\n")) {
            byte[] chunk = chunk(client);
            inflater.setInput(chunk, header ? 10 : 0, chunk.length - (header ? 10 : 0));
            header = false;
            inflate(inflater, text);
        }
        arrived.set();
        while (!inflater.finished()) {
            inflater.setInput(chunk(client));
            inflate(inflater, text);
        }
        inflater.end();

        assertEquals("data: one\n\ndata: two\n\n", text.toString());
    }

    private static void inflate(Inflater inflater, StringBuilder to) throws Exception {
        byte[] out = new byte[1000];
        for (int n = inflater.inflate(out); n > 0; n = inflater.inflate(out)) {
            to.append(new String(out, 0, n, StandardCharsets.UTF_8));
        }
    }

    @Test
    void connectionsAreKeptAndTheSizeOnTheWireIsLogged() throws Exception {
        List<Exchange> log = new ArrayList<>();
        HttpServer server = started(server(Gzip.of((q, p) -> p.send(TEXT))).accessLog(log::add));
        SocketStream client = SocketStream.of(connect(server));

        for (int i = 0; i < 3; i++) {
            client.writeString("GET / HTTP/1.1\r\nHost: a\r\n" + ACCEPTS + "\r\n\r\n");
            Reply reply = reply(client, false);
            assertGzipped(BYTES, reply);
            until(() -> !log.isEmpty());
            assertEquals(reply.body().length, log.removeFirst().sent());
        }
    }

    // ---- compressors

    @Test
    void compressorsAreUsedAgainAndGivenBackWhateverHappens() throws Exception {
        byte[] noise = new byte[20_000_000];
        new Random(7).nextBytes(noise);
        Gzip gzip =
                Gzip.of(
                        (q, p) -> {
                            p.contentType("text/plain");
                            switch (q.path()) {
                                case "/fails" -> {
                                    p.body().write(BYTES);
                                    p.flush();
                                    throw new IllegalStateException("on purpose");
                                }
                                case "/early" -> throw new HttpException(404, TEXT);
                                case "/short" ->
                                        p.contentLength(BYTES.length + 1).body().write(BYTES);
                                case "/long" -> p.send(noise);
                                default -> p.send(BYTES);
                            }
                        });
        HttpServer server = serving(gzip);
        Compressors compressors = gzip.compressors();

        for (int i = 0; i < 3; i++) {
            assertGzipped(BYTES, get(server, "/", ACCEPTS));
            assertThrows(EOFException.class, () -> get(server, "/fails", ACCEPTS));
            assertThrows(EOFException.class, () -> get(server, "/short", ACCEPTS));
            assertEquals(404, get(server, "/early", ACCEPTS).status());
        }
        assertEquals(1, compressors.idle());
        assertEquals(0, compressors.inUse());
        assertEquals(6, reports.size());

        Socket client = connect(server);
        client.getOutputStream()
                .write(
                        ("GET /long HTTP/1.1\r\nHost: a\r\n" + ACCEPTS + "\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
        until(() -> compressors.inUse() == 1);
        server.stop(Duration.ZERO); // kills it
        until(() -> compressors.inUse() == 0);
        assertEquals(1, compressors.idle());
    }

    @Test
    void beyondSoManyAtOnceAnswersAreSentAsTheyAre() throws Exception {
        Event go = new Event();
        Gzip gzip =
                Gzip.of(
                                (q, p) -> {
                                    p.contentType("text/plain").body().write(BYTES);
                                    p.flush();
                                    go.await();
                                })
                        .atOnce(2);
        HttpServer server = serving(gzip);

        List<Greenlet<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            replies.add(Jevent.spawn(() -> get(server, "/", ACCEPTS)));
        }
        until(() -> server.requests() == 3);
        turns(20);
        go.set();
        Jevent.joinAllOrThrow(replies);

        long compressed =
                replies.stream()
                        .filter(r -> r.value().field("Content-Encoding").equals("gzip"))
                        .count();
        assertEquals(2, compressed);
        assertEquals(2, gzip.compressors().idle());
    }

    @Test
    void optionsAreChecked() {
        Gzip gzip = Gzip.of((q, p) -> p.send()).level(9).minimum(0);
        assertThrows(IllegalArgumentException.class, () -> gzip.level(0));
        assertThrows(IllegalArgumentException.class, () -> gzip.level(10));
        assertThrows(IllegalArgumentException.class, () -> gzip.minimum(-1));
        assertThrows(IllegalArgumentException.class, () -> gzip.atOnce(0));
    }

    // ---- requests

    private HttpServer inflating() throws IOException {
        return started(
                server(
                                Gzip.of((q, p) -> p.send("application/octet-stream", q.bytes()))
                                        .requests(true))
                        .limits(Limits.defaults().body(100_000)));
    }

    private static Reply post(HttpServer server, byte[] body, String... fields) throws IOException {
        return ask(server, "POST / HTTP/1.1", body, fields);
    }

    @Test
    void aBodyWithGzipIsInflatedIfThatWasSaid() throws Exception {
        HttpServer server = inflating();

        assertArrayEquals(BYTES, post(server, gzipped(BYTES), "Content-Encoding: gzip").body());
        assertArrayEquals(BYTES, post(server, gzipped(BYTES), "Content-Encoding: X-GZIP").body());
        assertArrayEquals(
                BYTES, post(server, gzipped(BYTES), "Content-Encoding: identity, gzip").body());
        assertArrayEquals(
                new byte[0], post(server, gzipped(new byte[0]), "Content-Encoding: gzip").body());
        assertArrayEquals(BYTES, post(server, BYTES).body());
        assertArrayEquals(BYTES, post(server, BYTES, "Content-Encoding: identity").body());
        HttpServer off = serving(Gzip.of((q, p) -> p.send("image/png", q.bytes())));
        assertArrayEquals(
                gzipped(BYTES), post(off, gzipped(BYTES), "Content-Encoding: gzip").body());
    }

    @Test
    void aBodyInChunksOfOneByteIsInflatedAndTheConnectionGoesOn() throws Exception {
        SocketStream client = SocketStream.of(connect(inflating()));
        var request = new ByteArrayOutputStream();
        request.writeBytes(
                ("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        for (byte b : withAllOfTheHeader(BYTES)) {
            request.writeBytes(new byte[] {'1', '\r', '\n', b, '\r', '\n'});
        }
        request.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));

        for (int i = 0; i < 2; i++) {
            client.writeAll(request.toByteArray());
            assertArrayEquals(BYTES, reply(client, false).body());
        }
    }

    private static byte[] withAllOfTheHeader(byte[] body) throws IOException {
        byte[] simple = gzipped(body);
        var out = new ByteArrayOutputStream();
        out.write(simple, 0, 3);
        out.write(2 | 4 | 8 | 16);
        out.write(simple, 4, 6);
        out.writeBytes(new byte[] {3, 0, 'x', 'y', 'z'});
        out.writeBytes("name\0comment\0".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {1, 2}); // nobody looks at it
        out.write(simple, 10, simple.length - 10);
        return out.toByteArray();
    }

    @Test
    void aBombIsAnsweredWith413() throws Exception {
        HttpServer server = inflating();
        byte[] bomb = gzipped(new byte[50_000_000]);
        assertTrue(bomb.length < 100_000);

        Reply reply = post(server, bomb, "Content-Encoding: gzip");

        assertEquals(413, reply.status());
        assertEquals(
                100_000,
                post(server, gzipped(new byte[100_000]), "Content-Encoding: gzip").body().length);
        assertEquals(
                413, post(server, gzipped(new byte[100_001]), "Content-Encoding: gzip").status());
    }

    @Test
    void anotherEncodingIsAnsweredWith415() throws Exception {
        HttpServer server = inflating();

        for (String encoding : List.of("br", "deflate", "gzip, gzip", "gzip, br", "zstd")) {
            Reply reply = post(server, BYTES, "Content-Encoding: " + encoding);
            assertEquals(415, reply.status(), encoding);
            assertEquals("gzip, identity", reply.field("Accept-Encoding"));
        }
    }

    @Test
    void whatIsNotGzipIsAnsweredWith400() throws Exception {
        HttpServer server = inflating();
        byte[] good = gzipped(BYTES);
        byte[] damaged = good.clone();
        damaged[good.length / 2] ^= 0x55;
        byte[] wrongSum = good.clone();
        wrongSum[good.length - 8] ^= 1;
        byte[] wrongSize = good.clone();
        wrongSize[good.length - 1] ^= 1;
        byte[] flags = good.clone();
        flags[3] = (byte) 0x80;
        byte[] method = good.clone();
        method[2] = 7;
        byte[] longName = new byte[10_000];
        java.util.Arrays.fill(longName, (byte) 'x');
        System.arraycopy(good, 0, longName, 0, 10);
        longName[3] = 8;
        List<byte[]> bodies =
                List.of(
                        BYTES,
                        new byte[] {0x1F},
                        java.util.Arrays.copyOf(good, 9),
                        java.util.Arrays.copyOf(good, good.length / 2),
                        java.util.Arrays.copyOf(good, good.length - 1),
                        java.util.Arrays.copyOf(good, good.length + 1),
                        damaged,
                        wrongSum,
                        wrongSize,
                        flags,
                        method,
                        longName);
        for (int i = 0; i < bodies.size(); i++) {
            Reply reply = post(server, bodies.get(i), "Content-Encoding: gzip");
            assertEquals(400, reply.status(), "body " + i + ": " + reply.head());
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void aTimeoutWhileItWaitsForTheRestLosesNothing() throws Exception {
        Assumptions.assumeTrue(isEpoll(), "in the portable mode the JDK closes the socket");
        byte[] body = withAllOfTheHeader(BYTES);
        List<Integer> timeouts = new ArrayList<>();
        HttpServer server =
                serving(
                        Gzip.of(
                                        (q, p) -> {
                                            var all = new ByteArrayOutputStream();
                                            byte[] piece = new byte[100];
                                            for (int n = 0; n >= 0; ) {
                                                try (var t =
                                                        dev.jevent.Timeout.start(
                                                                Duration.ofMillis(1))) {
                                                    assertTrue(t.duration().isPositive());
                                                    n = q.body().read(piece);
                                                    all.write(piece, 0, Math.max(n, 0));
                                                } catch (dev.jevent.Timeout t) {
                                                    timeouts.add(timeouts.size());
                                                }
                                            }
                                            p.send("image/png", all.toByteArray());
                                        })
                                .requests(true));
        SocketStream client = SocketStream.of(connect(server));
        client.writeString(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n");
        int step = body.length / 12;
        for (int from = 0; from < body.length; from += step) {
            int seen = timeouts.size();
            until(() -> timeouts.size() > seen || !reports.isEmpty());
            assertEquals(List.of(), reports);
            client.writeAll(
                    java.util.Arrays.copyOfRange(body, from, Math.min(from + step, body.length)));
        }

        assertArrayEquals(BYTES, reply(client, false).body());
    }

    // ---- another client

    @Test
    void curlReadsIt(@TempDir Path folder) throws Exception {
        Path curl = Path.of("/usr/bin/curl");
        Assumptions.assumeTrue(Files.isExecutable(curl), "there is no curl here");
        HttpServer server =
                serving(Gzip.of((q, p) -> p.send("text/plain", q.bytes())).requests(true));
        Path sent = Files.write(folder.resolve("sent.gz"), gzipped(BYTES));
        Path received = folder.resolve("received");
        Path head = folder.resolve("head");

        int exit =
                Jevent.blocking(
                        () -> {
                            Process p =
                                    new ProcessBuilder(
                                                    curl.toString(),
                                                    "-sS",
                                                    "--compressed",
                                                    "-H",
                                                    "Content-Encoding: gzip",
                                                    "-H",
                                                    "Expect:",
                                                    "--data-binary",
                                                    "@" + sent,
                                                    "-D",
                                                    head.toString(),
                                                    "-o",
                                                    received.toString(),
                                                    "http://127.0.0.1:" + server.port() + "/")
                                            .inheritIO()
                                            .start();
                            try {
                                return p.waitFor(20, TimeUnit.SECONDS) ? p.exitValue() : -1;
                            } finally {
                                p.destroyForcibly();
                            }
                        });

        assertEquals(0, exit);
        assertTrue(Files.readString(head).contains("Content-Encoding: gzip"));
        assertArrayEquals(BYTES, Files.readAllBytes(received));
    }
}
