package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What is left of a request when its answer has gone: nothing of its body, nor of the next one. */
class AfterTheAnswerTest extends HttpScenario {

    private static final String SECRET = "password=hunter2&";
    private static final int MUCH = 70_000; // more than is read for nothing

    private static String head(String method, String framing) {
        return method
                + " /login?a=b HTTP/1.1\r\n"
                + HOST
                + "Referer: r\r\nUser-Agent: u\r\n"
                + framing
                + "\r\n\r\n";
    }

    private static String secrets(int atLeast) {
        return SECRET.repeat(atLeast / SECRET.length() + 1);
    }

    private void assertNothingOfTheBody(int status) {
        until(() -> exchanges.size() == 1);
        Exchange e = exchanges.getFirst();
        assertEquals(
                List.of("POST", "/login?a=b", "HTTP/1.1", "a", "r", "u", status),
                List.of(
                        e.method(),
                        e.target(),
                        e.version(),
                        e.host(),
                        e.referer(),
                        e.userAgent(),
                        e.status()));
        assertFalse((e + "" + problems + reports).contains("word"), e + "" + problems + reports);
    }

    @Test
    void aBodyThatNobodyHasReadIsInNoLog() throws Exception {
        answerUnread(false);
        exchanges.clear();
        answerUnread(true);
    }

    private void answerUnread(boolean chunked) throws Exception {
        HttpServer server =
                started(server((q, p) -> p.status(401).send("no")).accessLog(exchanges::add));
        Client c = client(server);
        String body = secrets(MUCH);
        c.say(
                chunked
                        ? head("POST", "Transfer-Encoding: chunked")
                                + Integer.toHexString(body.length())
                                + "\r\n"
                                + body
                                + "\r\n0\r\n\r\n"
                        : head("POST", "Content-Length: " + body.length()) + body);
        assertEquals(401, c.answer().status());
        c.close();
        until(() -> server.connections() == 0);
        assertNothingOfTheBody(401);
    }

    @Test
    void aBodyThatIsTooLongOrBadIsInNoLog() throws Exception {
        for (String request :
                List.of(
                        head("POST", "Content-Length: " + 10 * MUCH) + secrets(MUCH),
                        head("POST", "Transfer-Encoding: chunked") + secrets(MUCH))) {
            exchanges.clear();
            HttpServer server =
                    started(
                            server((q, p) -> p.send(q.bytes()))
                                    .limits(Limits.defaults().body(5 * MUCH))
                                    .accessLog(exchanges::add));
            Client c = client(server);
            int status = c.say(request).answer().status();
            assertTrue(status == 413 || status == 400, status + "");
            c.close();
            until(() -> server.connections() == 0);
            assertNothingOfTheBody(status);
        }
    }

    @Test
    void theLineIsWrittenWhenTheAnswerHasGoneAndNotWhenTheClientHas() throws Exception {
        HttpServer server =
                started(server((q, p) -> p.status(401).send("no")).accessLog(exchanges::add));
        Client c = client(server);
        c.say(head("POST", "Content-Length: " + MUCH)).answer();
        c.say(SECRET); // and stays
        until(() -> exchanges.size() == 1);
        assertEquals(1, server.connections(), "it waits for the client to go");
        assertNothingOfTheBody(401);
        Client bad = client(server);
        bad.say("GET\r\n").answer();
        until(() -> exchanges.size() == 2);
        assertEquals(2, server.connections());
    }

    @Test
    void whoOutlivesTheHandlerLearnsThatTheRequestIsOverWhileItsBodyIsDropped() throws Exception {
        var kept = new ArrayList<Request>();
        HttpServer server =
                started(
                        (q, p) -> {
                            kept.add(q);
                            p.status(401).send("no");
                        });
        Client c = client(server);
        c.say(head("POST", "Content-Length: " + MUCH)).answer();
        c.say(secrets(MUCH / 2));
        Request q = kept.getFirst();
        for (dev.jevent.Action action :
                List.<dev.jevent.Action>of(
                        q::target,
                        () -> q.header("Referer"),
                        q::body,
                        q::text,
                        q::form,
                        () -> q.cookie("a"))) {
            assertInstanceOf(IllegalStateException.class, thrownBy(action));
        }
        assertEquals(1, server.connections());
    }

    @Test
    void whoReadsOnWhileTheRestIsDroppedGetsNothingOfTheNextRequest() throws Exception {
        var readers = new ArrayList<Greenlet<?>>();
        var got = new ArrayList<String>();
        HttpServer server =
                started(
                        (q, p) -> {
                            InputStream in = q.body();
                            Callable<Void> reader =
                                    () -> {
                                        byte[] b = new byte[100];
                                        for (int n = 0; n >= 0; n = in.read(b)) {
                                            got.add(new String(b, 0, n, US_ASCII));
                                        }
                                        return null;
                                    };
                            if (q.path().equals("/1")) {
                                readers.add(Jevent.spawnLater(Duration.ofMillis(1), reader));
                            }
                            p.send("x");
                        });
        Client c = client(server);
        c.say("POST /1 HTTP/1.1\r\n" + HOST + "Content-Length: 10\r\n\r\nabc");
        until(() -> !readers.isEmpty()); // and the server waits for the rest, to drop it
        Throwable told = thrownBy(() -> readers.getFirst().get(LONG));
        c.say("defghij" + head("POST", "Content-Length: " + SECRET.length()) + SECRET);
        assertEquals("x", c.answer().text());
        assertEquals("x", c.answer().text());
        assertEquals(List.of(""), got);
        assertInstanceOf(IllegalStateException.class, told.getCause());
    }
}
