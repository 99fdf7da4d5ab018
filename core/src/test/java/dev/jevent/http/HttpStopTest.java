package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.event.Event;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Begin and end of a server, and what is left of it. */
class HttpStopTest extends HttpScenario {

    private static final String GET = "GET / HTTP/1.1\r\n" + HOST + "\r\n";

    @Test
    void idleConnectionsEndAndThoseUnderWayAreAnswered() throws Exception {
        var goOn = new Event();
        HttpServer server =
                started(
                        (q, p) -> {
                            if (q.path().equals("/slow")) {
                                goOn.await();
                            }
                            p.send("done");
                        });
        Client idle = client(server);
        assertEquals("done", idle.say(GET).answer().text());
        Client fresh = client(server);
        Client busy = client(server).say(GET.replace("/ ", "/slow ") + GET);
        until(() -> server.requests() == 2 && server.connections() == 3);
        Greenlet<Object> stop =
                Jevent.spawn(
                        () -> {
                            server.stop(LONG);
                            return null;
                        });
        assertTrue(idle.isEnded());
        assertTrue(fresh.isEnded());
        assertFalse(stop.ready());
        goOn.set();
        Answer a = busy.answer();
        assertEquals("done", a.text());
        assertTrue(a.closes());
        assertTrue(busy.isEnded(), "what was sent behind it is not answered");
        stop.get();
        assertEquals(0, server.connections());
        assertEquals(2, server.requests());
        assertEquals(List.of(), problems);
    }

    @Test
    void whoTakesTooLongIsKilledInEachWait() throws Exception {
        var never = new Event();
        HttpServer server =
                started(
                        (q, p) -> {
                            switch (q.path()) {
                                case "/wait" -> never.await();
                                case "/read" -> p.send(q.bytes());
                                default -> p.send(new byte[20_000_000]);
                            }
                        });
        Client inHead = client(server).say("GET / HT");
        Client waits = client(server).say(GET.replace("/ ", "/wait "));
        Client reads =
                client(server)
                        .say("POST /read HTTP/1.1\r\n" + HOST + "Content-Length: 9\r\n\r\nabc");
        Client takes = client(server).say(GET);
        until(() -> server.requests() == 3);
        Jevent.sleep(5);
        server.stop(Duration.ofMillis(20));
        assertEquals(0, server.connections());
        assertTrue(waits.isEnded() && reads.isEnded() && inHead.isEnded());
        takes.close();
        assertEquals(List.of(), reports);
    }

    @Test
    void withoutATimeItDoesNotWaitAndIdleConnectionsEndSoon() throws Exception {
        HttpServer server = started((q, p) -> p.send("x"));
        Client c = client(server);
        assertEquals("x", c.say(GET).answer().text());
        server.stop();
        assertTrue(server.isClosed());
        assertTrue(c.isEnded());
        until(() -> server.connections() == 0);
        assertThrows(IllegalStateException.class, server::start);
        assertThrows(IllegalStateException.class, () -> server.limits(Limits.defaults()));
    }

    @Test
    void whoLingersHoldsUpNobodyWhoStops() throws Exception {
        HttpServer server = started((q, p) -> p.close().send("x"));
        Client c = client(server);
        assertTrue(c.say(GET).answer().closes());
        long began = System.nanoTime();
        server.stop(LONG);
        assertTrue(System.nanoTime() - began < 10_000_000_000L, "it does not wait for the client");
        assertTrue(c.isEnded());
    }

    @Test
    void itServesUntilItIsStopped() throws Exception {
        HttpServer server = server((q, p) -> p.send("x"));
        Greenlet<Object> serving =
                Jevent.spawn(
                        () -> {
                            server.serveForever();
                            return null;
                        });
        until(server::started);
        assertEquals("x", get(server, "/").text());
        assertTrue(server.toString().startsWith("HttpServer[127.0.0.1:"), server.toString());
        server.stop(LONG);
        serving.get();
    }

    @Test
    void nothingIsLeftOfManyConnections() throws Exception {
        HttpServer server = started((q, p) -> p.send(q.bytes()));
        for (int round = 0; round < 2; round++) {
            int before = openDescriptors();
            for (int i = 0; i < 100; i++) {
                try (Client c = client(server)) {
                    switch (i % 5) {
                        case 0 -> c.say(GET).answer();
                        case 1 -> c.say("x\r\n").answer();
                        case 2 -> c.say("GET / HTTP");
                        case 3 ->
                                c.say("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\na");
                        default -> c.say(GET.repeat(20));
                    }
                }
            }
            until(() -> server.connections() == 0);
            assertTrue(openDescriptors() <= before, before + " -> " + openDescriptors());
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void anIdleConnectionHasNoBuffers() throws Exception {
        Assumptions.assumeTrue(isEpoll(), "a read of the JDK's sockets has to have its buffer");
        HttpServer server = started((q, p) -> p.send("x"));
        for (int i = 0; i < 20; i++) {
            assertEquals("x", client(server).say(GET).answer().text());
        }
        until(() -> server.inputs().free() > 0 && server.outputs().free() > 0);
        assertTrue(server.inputs().free() <= 2 && server.outputs().free() <= 2);
        assertTrue(server.heads().free() <= 2);
        assertEquals(20, server.connections());
    }
}
