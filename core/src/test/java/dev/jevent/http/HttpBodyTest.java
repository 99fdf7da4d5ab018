package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

/** Bodies of requests. */
class HttpBodyTest extends HttpScenario {

    private static final String POST = "POST / HTTP/1.1\r\n" + HOST;
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String EXPECT = POST + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n";

    private static void echo(Request request, Response response) throws IOException {
        byte[] body = request.bytes();
        request.trailers().forEach((n, v) -> response.addHeader("T-" + n, v));
        response.send(body);
    }

    @Test
    void aBodyComesAsItWasSent() throws Exception {
        Client c = client(started(HttpBodyTest::echo));
        byte[] data = data(300_000);
        var writer =
                Jevent.spawn(
                        () -> {
                            c.say(POST + "Content-Length: " + data.length + "\r\n\r\n").say(data);
                            c.say(CHUNKED);
                            for (int i = 0; i < data.length; ) {
                                int n = Math.min(1 + i % 5000, data.length - i);
                                c.say(Integer.toHexString(n) + ";x=y\r\n");
                                c.say(Arrays.copyOfRange(data, i, i + n)).say("\r\n");
                                i += n;
                            }
                            return c.say("0\r\nX-Sum: 7\r\n\r\n");
                        });
        assertArrayEquals(data, c.answer().body());
        Answer chunked = c.answer();
        assertArrayEquals(data, chunked.body());
        assertEquals("7", chunked.field("T-X-Sum"));
        writer.join();
    }

    private static final int[] SIZES = {0, 1, 511, 513, 4000, 9000, 65_536, 65_537, 150_000};

    private static int some(Random random, int... of) {
        return of[random.nextInt(of.length)];
    }

    /** Reads a part of it or all, in the pieces that the path names the seed of. */
    private static void readInPieces(Request request, Response response) throws IOException {
        Random random = new Random(Long.parseLong(request.path().substring(1)));
        int most = request.header("Part").map(Integer::parseInt).orElse(Integer.MAX_VALUE);
        var crc = new CRC32();
        InputStream in = request.body();
        for (int n = 0; most > 0; most -= n) {
            var b = new byte[Math.min(most, some(random, 1, 2, 100, 512, 4096, 8192, 100_000))];
            n = in.read(b);
            if (n < 0) {
                break;
            }
            crc.update(b, 0, n);
        }
        response.send(crc.getValue() + " " + request.trailers().get("X-Sum").orElse("none"));
    }

    /** Of one request; and to be answered with that. */
    private static String appendRequest(Random random, int i, ByteArrayOutputStream out) {
        byte[] data = new byte[some(random, SIZES)];
        random.nextBytes(data);
        boolean chunked = random.nextInt(3) > 0;
        boolean part = random.nextInt(4) == 0 && data.length < 10_000;
        boolean trailer = chunked && !part && random.nextBoolean();
        int read = part ? data.length / 2 : data.length;
        out.writeBytes(
                ("POST /" + i + " HTTP/1.1\r\n" + HOST + (part ? "Part: " + read + "\r\n" : ""))
                        .getBytes(StandardCharsets.US_ASCII));
        if (chunked) {
            out.writeBytes(
                    "Transfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            int most = some(random, 10_000, 50_000, 200_000);
            for (int from = 0, n; from < data.length; from += n) {
                n = 1 + random.nextInt(Math.min(most, data.length - from));
                out.writeBytes(
                        (Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(data, from, n);
                out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.writeBytes(
                    ("0\r\n" + (trailer ? "X-Sum: " + i + "\r\n" : "") + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } else {
            out.writeBytes(
                    ("Content-Length: " + data.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(data);
        }
        var crc = new CRC32();
        crc.update(data, 0, read);
        return crc.getValue() + " " + (trailer ? i : "none");
    }

    /** Bodies and the requests behind them, whatever comes together and is read together. */
    @Test
    void requestsComeInAnyPiecesAndAreReadInAnyPieces() throws Exception {
        HttpServer server = started(HttpBodyTest::readInPieces);
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            var out = new ByteArrayOutputStream();
            List<String> wanted = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                wanted.add(appendRequest(random, 100 * seed + i, out));
            }
            byte[] all = out.toByteArray();
            int piece = some(random, 700, 20_000, 70_000, all.length);
            try (Client c = client(server)) {
                var writer =
                        Jevent.spawn(
                                () -> {
                                    for (int from = 0; from < all.length; from += piece) {
                                        int to = Math.min(all.length, from + piece);
                                        c.say(Arrays.copyOfRange(all, from, to));
                                        Jevent.sleep(0);
                                    }
                                    return null;
                                });
                for (String w : wanted) {
                    assertEquals(w, c.answer().text(), "seed " + seed);
                }
                writer.join();
            }
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void aClientIsAskedForItsBodyWhenThatIsRead() throws Exception {
        Client c = client(started(HttpBodyTest::echo));
        c.say(EXPECT);
        assertEquals("HTTP/1.1 100 Continue", c.line());
        assertEquals("", c.line());
        assertEquals("abc", c.say("abc").answer().text());
        c.say(EXPECT + "abc");
        assertEquals("abc", c.answer().text());
        assertEquals(List.of("100 []"), log);
        c.say("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
        assertEquals("abc", c.answer().text());
        assertEquals(1, log.size(), "an old client cannot know what that means");
    }

    @Test
    void aClientIsNotAskedWhenNobodyWantsItsBodyOrTheAnswerHasBegun() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            p.body().write('x');
                            p.flush();
                            if (q.path().equals("/late")) {
                                assertEquals(3, q.bytes().length);
                            }
                        });
        Client c = client(server);
        Answer a = c.say(EXPECT).answer();
        assertTrue(a.closes(), "it may send its body, or not");
        assertTrue(c.isEnded());
        Client late = client(server);
        late.say(EXPECT.replace("POST /", "POST /late") + "abc");
        assertTrue(late.answer().closes());
        assertEquals(List.of(), log);
        assertEquals(List.of(), reports);
    }

    @Test
    void aTooLargeBodyIsRefusedBeforeItIsAskedFor() throws Exception {
        HttpServer server = started(server(HttpBodyTest::echo).limits(Limits.defaults().body(2)));
        Answer a = ask(server, EXPECT);
        assertEquals(413, a.status());
        assertTrue(a.closes());
        assertEquals(List.of(), log);
    }

    @Test
    void littleThatNobodyReadIsDroppedAndMuchEndsTheConnection() throws Exception {
        Client c = client(started((q, p) -> p.send("x")));
        for (String body : List.of("abc", "x".repeat(60_000))) {
            c.say(POST + "Content-Length: " + body.length() + "\r\n\r\n" + body);
            assertEquals("x", c.answer().text());
        }
        c.say(CHUNKED + "3\r\nabc\r\n0\r\n\r\n");
        assertEquals("x", c.answer().text());
        byte[] much = new byte[3_000_000];
        c.say(POST + "Content-Length: " + much.length + "\r\n\r\n");
        Answer a = c.answer();
        assertTrue(a.closes());
        assertEquals("x", a.text(), "it comes although the client still sends");
        c.say(much);
        assertTrue(c.isEnded());
    }

    @Test
    void anAnswerMayComeWhileTheBodyIsRead() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            var b = new byte[1];
                            while (q.body().read(b) > 0) {
                                p.body().write(b);
                                p.flush();
                            }
                        });
        Client c = client(server);
        c.say(CHUNKED + "1\r\na\r\n");
        assertEquals("HTTP/1.1 200 OK", c.line());
        c.skipHead();
        assertEquals("1\r\na\r\n", new String(c.exactly(6), StandardCharsets.UTF_8));
        c.say("1\r\nb\r\n");
        assertEquals("1\r\nb\r\n", new String(c.exactly(6), StandardCharsets.UTF_8));
        c.say("0\r\n\r\n");
        assertEquals("0\r\n\r\n", new String(c.exactly(5), StandardCharsets.UTF_8));
    }

    @Test
    void aBodyThatIsCutOffIsABadRequest() throws Exception {
        for (String request :
                List.of(POST + "Content-Length: 9\r\n\r\nabc", CHUNKED + "9\r\nabc")) {
            Client c = client(started(HttpBodyTest::echo));
            c.say(request).socket().shutdownOutput();
            Answer a = c.answer();
            assertEquals(400, a.status());
            assertTrue(a.closes() && c.isEnded());
        }
        Client swallowed = client(started((q, p) -> p.send(thrownBy(q::bytes).getMessage())));
        swallowed.say(POST + "Content-Length: 9\r\n\r\nabc").socket().shutdownOutput();
        Answer a = swallowed.answer();
        assertEquals("the body has ended after 3 bytes of 9", a.text());
        assertTrue(a.closes());
        assertEquals(List.of(), reports);
        assertEquals(2, problems.size(), problems.toString());
    }

    @Test
    void aTimeoutLosesNothingOfTheBody() throws Exception {
        Assumptions.assumeTrue(isEpoll(), "the JDK closes a socket whose reader it interrupts");
        HttpServer server =
                started(
                        (q, p) -> {
                            var timeout = new Timeout(Duration.ofMillis(5));
                            Throwable e = thrownBy(() -> timeout.run(() -> q.body().read()));
                            assertEquals(timeout, e);
                            p.body().write('t');
                            p.flush();
                            echoRest(q, p);
                        });
        Client c = client(server);
        c.say(POST + "Content-Length: 3\r\n\r\n");
        assertEquals("HTTP/1.1 200 OK", c.line(), () -> reports + " " + problems);
        c.say("abc" + POST + "Content-Length: 3\r\n\r\n");
        String all = "";
        while (!all.endsWith("0\r\n\r\n")) {
            all += new String(c.exactly(1), StandardCharsets.UTF_8);
        }
        assertTrue(all.endsWith("1\r\nt\r\n3\r\nabc\r\n0\r\n\r\n"), all);
    }

    private static void echoRest(Request q, Response p) throws IOException {
        p.body().write(q.bytes());
    }
}
