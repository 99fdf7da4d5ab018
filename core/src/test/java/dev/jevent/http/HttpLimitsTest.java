package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.loop.EventLoop;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Who asks too much or is too slow. Time jumps where it matters. */
class HttpLimitsTest extends HttpScenario {

    private static final String GET = "GET / HTTP/1.1\r\n" + HOST + "\r\n";
    private static final String POST = "POST / HTTP/1.1\r\n" + HOST;
    private static final Limits DEFAULTS = Limits.defaults();

    private void onlyWhereTimeWaitsForBytes() {
        Assumptions.assumeTrue(
                isEpoll(), "time would jump while bytes go through the threads of the JDK");
    }

    /** Time does not jump further than that while the last bytes are under way. */
    private static Greenlet<Void> seconds() {
        return Jevent.spawn(
                () -> {
                    while (true) {
                        Jevent.sleep(1000);
                    }
                });
    }

    private HttpServer limited(Limits limits) throws Exception {
        return started(server((q, p) -> p.send(q.bytes())).limits(limits));
    }

    @Test
    void whatIsTooLongIsRefused() throws Exception {
        HttpServer server = limited(DEFAULTS.requestLine(100).headerBytes(200).headers(5).body(10));
        String chunked = POST + "Transfer-Encoding: chunked\r\n\r\n";
        for (List<String> bad :
                List.of(
                        List.of("414", "GET /" + "x".repeat(100) + " HTTP/1.1\r\n" + HOST + "\r\n"),
                        List.of("414", "x".repeat(200)),
                        List.of("431", "GET / HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(200)),
                        List.of("431", "GET / HTTP/1.1\r\n" + HOST + "X:\r\n".repeat(5) + "\r\n"),
                        List.of("413", POST + "Content-Length: 11\r\n\r\n" + "x".repeat(11)),
                        List.of("413", POST + "Content-Length: 99999999999999999999\r\n\r\n"),
                        List.of("413", chunked + "5\r\nabcde\r\n6\r\nabcdef\r\n0\r\n\r\n"),
                        List.of("413", chunked + "7fffffffffffff\r\nabc"),
                        List.of("431", chunked + "0\r\nX: " + "x".repeat(200)))) {
            int before = problems.size();
            Client c = client(server);
            Answer a = c.say(bad.get(1)).answer();
            assertEquals(Integer.parseInt(bad.getFirst()), a.status(), bad.get(1));
            assertTrue(a.closes() && c.isEnded());
            assertEquals(before + 1, problems.size());
            c.close();
        }
        assertEquals(200, ask(server, POST + "Content-Length: 10\r\n\r\n0123456789").status());
        assertEquals(List.of(), reports);
    }

    @Test
    void aHandlerMayAllowMore() throws Exception {
        HttpServer server =
                started(
                        server(
                                        (q, p) -> {
                                            q.bodyLimit(20);
                                            p.send(q.bytes());
                                            thrownBy(() -> q.bodyLimit(1));
                                        })
                                .limits(DEFAULTS.body(1)));
        assertEquals(
                "0123456789", ask(server, POST + "Content-Length: 10\r\n\r\n0123456789").text());
    }

    @Test
    void aConnectionHasSoManyRequests() throws Exception {
        HttpServer server = limited(DEFAULTS.requests(2));
        Client c = client(server);
        c.say(GET.repeat(3));
        assertTrue(!c.answer().closes());
        assertTrue(c.answer().closes());
        assertTrue(c.isEnded());
        assertEquals(2, server.requests());
    }

    @Test
    void soManyConnectionsAreServedAtOnce() throws Exception {
        HttpServer server = limited(DEFAULTS.connections(2));
        Client a = client(server);
        Client b = client(server);
        assertEquals(200, a.say(GET).answer().status());
        assertEquals(200, b.say(GET).answer().status());
        Client waits = client(server).say(GET);
        Jevent.sleep(20);
        assertTrue(server.requests() == 2);
        b.close();
        assertEquals(200, waits.answer().status());
    }

    @Test
    void aHeaderHasItsTimeHoweverItTrickles() throws Exception {
        jumpInTime();
        HttpServer server = limited(DEFAULTS);
        for (String begin : List.of("G", "GET / HTTP/1.1\r\nX: ")) {
            int before = problems.size();
            Client c = client(server);
            until(() -> server.connections() == 1);
            long began = clock.millis();
            c.say(begin);
            var trickle =
                    Jevent.spawn(
                            () -> {
                                while (problems.size() == before) {
                                    Jevent.sleep(1000);
                                    c.say("x");
                                }
                                return null;
                            });
            Answer a = c.answer();
            assertEquals(408, a.status());
            assertTrue(a.closes());
            long took = clock.millis() - began;
            assertTrue(took >= 9_000 && (took < 16_000 || !isEpoll()), took + " ms");
            trickle.kill();
            c.close();
            until(() -> server.connections() == 0);
        }
        assertEquals(2, problems.size());
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() throws Exception {
        jumpInTime();
        HttpServer server = limited(DEFAULTS);
        Greenlet<Void> seconds = seconds();
        Client never = client(server);
        Client c = client(server);
        until(() -> server.connections() == 2);
        if (isEpoll()) { // where time waits for bytes
            assertEquals(200, c.say(GET).answer().status());
        }
        long began = clock.millis();
        assertEquals("", c.rest());
        assertEquals("", never.rest());
        long took = clock.millis() - began;
        seconds.kill();
        assertTrue(took >= 57_000 && (took < 66_000 || !isEpoll()), took + " ms");
        assertEquals(List.of(), problems);
        until(() -> server.connections() == 0);
    }

    @Test
    void aBodyThatComesTooSlowlyIsRefused() throws Exception {
        jumpInTime();
        HttpServer server = limited(DEFAULTS);
        Client c = client(server);
        c.say(POST + "Content-Length: 100000\r\n\r\n").say(new byte[50_000]);
        until(() -> server.requests() == 1);
        long began = clock.millis();
        Answer a = c.answer();
        assertEquals(408, a.status());
        long took = clock.millis() - began;
        assertTrue(
                took >= 19_000 && (took < 26_000 || !isEpoll()),
                took + " ms, and not what it had saved");
        assertEquals(1, problems.size());
    }

    @Test
    void aBodyMayTakeLongIfItComesFastEnough() throws Exception {
        onlyWhereTimeWaitsForBytes();
        jumpInTime();
        HttpServer server = limited(DEFAULTS);
        Client c = client(server);
        c.say(POST + "Content-Length: 60000\r\n\r\n");
        for (int i = 0; i < 100; i++) {
            Jevent.sleep(2000);
            c.say(new byte[600]);
        }
        assertEquals(200, c.answer().status());
        assertTrue(clock.millis() > 200_000);
    }

    @Test
    void aHandlersOwnTimeIsNotTheClients() throws Exception {
        onlyWhereTimeWaitsForBytes();
        jumpInTime();
        HttpServer server =
                started(
                        (q, p) -> {
                            assertEquals('a', q.body().read());
                            var timeout = new dev.jevent.Timeout(Duration.ofSeconds(2));
                            thrownBy(() -> timeout.run(() -> q.body().read()));
                            Jevent.sleep(500_000);
                            p.send("late");
                        });
        Client c = client(server);
        assertEquals("late", c.say(POST + "Content-Length: 2\r\n\r\na").answer().text());
        assertEquals(List.of(), problems);
    }

    @Test
    void whoDoesNotTakeItsAnswerIsCutOff() throws Exception {
        jumpInTime();
        // else what the kernel takes is as good as hours, in small jumps, in the portable mode
        int rate = isEpoll() ? DEFAULTS.minRate() : 100_000;
        HttpServer server =
                started(
                        server((q, p) -> p.send(new byte[30_000_000]))
                                .limits(DEFAULTS.minRate(rate, DEFAULTS.grace())));
        Client c = client(server);
        c.say(GET);
        until(() -> server.requests() == 1);
        long began = clock.millis();
        until(() -> server.connections() == 0);
        long took = clock.millis() - began;
        if (isEpoll()) {
            assertTrue(took >= 19_000 && (took < 60_000 || !isEpoll()), took + " ms");
        }
        assertEquals(1, problems.size());
        assertEquals("the client takes the answer too slowly", problems.getFirst().message());
        assertEquals(List.of(), reports);
        assertTrue(c.socket().isConnected());
    }

    @Test
    void whoTakesItsAnswerSteadilyGetsItAll() throws Exception {
        onlyWhereTimeWaitsForBytes();
        jumpInTime();
        int length = 30_000_000;
        HttpServer server = started((q, p) -> p.send(new byte[length]));
        Client c = client(server);
        c.say(GET);
        until(() -> server.requests() == 1);
        assertEquals("HTTP/1.1 200 OK", c.line());
        c.skipHead();
        for (int i = 0; i < 30; i++) {
            Jevent.sleep(15_000);
            assertEquals(length / 30, c.exactly(length / 30).length);
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void withoutARateNobodyIsTooSlow() throws Exception {
        jumpInTime();
        HttpServer server = limited(DEFAULTS.minRate(0, Duration.ofSeconds(1)));
        Client c = client(server);
        c.say(POST + "Content-Length: 1\r\n\r\n");
        Jevent.sleep(10_000_000);
        assertEquals(200, c.say("x").answer().status());
    }

    @Test
    void aServerRestsWithoutConnectionsAndWatchesThoseThatCome() throws Exception {
        onlyWhereTimeWaitsForBytes();
        HttpServer server = limited(DEFAULTS.headerTimeout(Duration.ofMillis(20)));
        EventLoop loop = Objects.requireNonNull(HubAccess.get().currentLoop());
        for (int i = 0; i < 2; i++) {
            Client c = client(server).say("GET / HT");
            assertEquals(408, c.answer().status());
            assertTrue(c.isEnded());
            until(() -> server.connections() == 0);
            Jevent.sleep(50); // its last look
            long before = loop.turns();
            Jevent.sleep(150);
            assertTrue(loop.turns() - before < 15, "it would look 30 times");
        }
    }

    @Test
    void limitsThatLetNobodyInAreRefused() {
        for (dev.jevent.Action bad :
                List.<dev.jevent.Action>of(
                        () -> DEFAULTS.requestLine(1),
                        () -> DEFAULTS.headerBytes(-1),
                        () -> DEFAULTS.headers(0),
                        () -> DEFAULTS.body(-1),
                        () -> DEFAULTS.headerTimeout(Duration.ZERO),
                        () -> DEFAULTS.idleTimeout(Duration.ofSeconds(-1)),
                        () -> DEFAULTS.minRate(-1, Duration.ofSeconds(1)),
                        () -> DEFAULTS.minRate(1, Duration.ZERO),
                        () -> DEFAULTS.connections(0),
                        () -> DEFAULTS.requests(0))) {
            assertThrows(IllegalArgumentException.class, bad::run);
        }
    }
}
