package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Connections that leave HTTP. */
class HttpUpgradeTest extends HttpScenario {

    private static final String UPGRADE =
            "GET /u HTTP/1.1\r\n"
                    + HOST
                    + "Connection: x, Upgrade\r\nUpgrade: other, Echo/1\r\n\r\n";

    private void echo(Request q, Response p) throws IOException {
        p.header("X", "y");
        Upgrade upgrade = p.upgrade("echo/1");
        log.add(q.path());
        upgrade.onEnd(() -> log.add("end"));
        var b = new byte[3];
        for (int n = upgrade.in().read(b); n >= 0 && b[0] != '.'; n = upgrade.in().read(b)) {
            upgrade.out().write(b, 0, n);
        }
    }

    @Test
    void aClientGetsWhatItAsksForWithWhatItSaidBefore() throws Exception {
        HttpServer server = started(this::echo);
        Client c = client(server).say(UPGRADE + "before");
        Answer a = c.answer();
        assertEquals(101, a.status());
        assertEquals("Upgrade", a.field("Connection"));
        assertEquals("echo/1", a.field("Upgrade"));
        assertEquals("y", a.field("X"));
        assertEquals("before", new String(c.exactly(6), StandardCharsets.UTF_8));
        c.say("GET / HTTP\r\n\r\n");
        assertEquals("GET / HTTP\r\n\r\n", new String(c.exactly(14), StandardCharsets.UTF_8));
        c.say(".");
        assertTrue(c.isEnded());
        assertEquals(List.of("/u", "end"), log);
        assertEquals(1, server.requests());
    }

    @Test
    void aTunnelBeginsWithConnect() throws Exception {
        Client c = client(started(this::echo));
        c.say("CONNECT b:1 HTTP/1.1\r\n" + HOST + "\r\nabc");
        assertEquals("HTTP/1.1 200 OK", c.line());
        assertEquals("X: y", c.line());
        assertEquals("", c.line());
        assertEquals("abc", new String(c.exactly(3), StandardCharsets.UTF_8));
    }

    @Test
    void whoDoesNotAskForItIsToldWhatToAskFor() throws Exception {
        Client c = client(started(this::echo));
        for (String request :
                List.of(
                        UPGRADE.replace("Echo/1", "Echo/2"),
                        UPGRADE.replace("x, Upgrade", "x"),
                        UPGRADE.replace("HTTP/1.1", "HTTP/1.0").replace("x, U", "keep-alive, U"),
                        "GET / HTTP/1.1\r\n" + HOST + "\r\n")) {
            Answer a = c.say(request).answer();
            assertEquals(426, a.status(), request);
            assertEquals("echo/1", a.field("Upgrade"));
        }
        c.say(UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\nx"));
        assertEquals(400, c.answer().status());
        assertEquals(List.of(), reports);
    }

    @Test
    void theLimitsHoldNoMoreAndAStopEndsWhatIsIdle() throws Exception {
        jumpInTime();
        HttpServer server =
                started(
                        (q, p) -> {
                            Upgrade upgrade = p.upgrade("echo/1");
                            upgrade.connection().idle(true);
                            assertEquals(-1, upgrade.in().read());
                            log.add("idle ended");
                        });
        Client c = client(server).say(UPGRADE);
        assertEquals(101, c.answer().status());
        dev.jevent.Jevent.sleep(100_000_000);
        assertEquals(1, server.connections());
        server.stop(Duration.ofSeconds(5));
        assertEquals(List.of("idle ended"), log);
    }

    @Test
    void aClientThatGoesIsNobodysFault() throws Exception {
        HttpServer server =
                started(
                        (q, p) -> {
                            Upgrade upgrade = p.upgrade("echo/1");
                            while (true) {
                                upgrade.out().write(new byte[10_000]);
                            }
                        });
        Client c = client(server).say(UPGRADE);
        assertEquals(101, c.answer().status());
        c.close();
        until(() -> server.connections() == 0);
        assertEquals(List.of(), reports);
        assertEquals(1, problems.size());
    }
}
