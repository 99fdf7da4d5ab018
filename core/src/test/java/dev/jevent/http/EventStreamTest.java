package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.event.Event;
import dev.jevent.pool.ThreadPool;
import dev.jevent.queue.Channel;
import dev.jevent.server.Spawn;
import dev.jevent.socket.SocketStream;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

class EventStreamTest extends ServedScenario {

    /** They make the watch look every 50 ms. */
    private static final Limits WATCHFUL = Limits.defaults().headerTimeout(Duration.ofMillis(200));

    private final List<Throwable> ends = new CopyOnWriteArrayList<>();

    /** Tells how the handler has ended. */
    private HttpHandler watched(HttpHandler handler) {
        return (q, p) -> {
            try {
                handler.handle(q, p);
            } catch (Throwable e) {
                ends.add(e);
                throw e;
            }
        };
    }

    private HttpServer watchful(HttpHandler handler) throws IOException {
        return started(server(watched(handler)).limits(WATCHFUL));
    }

    private SocketStream open(HttpServer server, String... fields) throws IOException {
        SocketStream s = SocketStream.of(connect(server));
        StringBuilder head = new StringBuilder("GET /events HTTP/1.1\r\nHost: a\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        s.writeAll(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return s;
    }

    private static String event(SocketStream s) throws IOException {
        return new String(chunk(s), StandardCharsets.UTF_8);
    }

    // ---- what is sent

    @Test
    void theHeadIsThatOfAStreamOfEvents() throws Exception {
        HttpServer server = serving((q, p) -> EventStream.open(q, p).close());

        Reply reply = get(server, "/");

        assertEquals(200, reply.status());
        assertEquals("text/event-stream", reply.field("Content-Type"));
        assertEquals("no-store", reply.field("Cache-Control"));
        assertEquals("no", reply.field("X-Accel-Buffering"));
        assertEquals("", reply.text());
    }

    @Test
    void eachEventIsWrittenAsTheStandardSays() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.send("a");
                                s.send("");
                                s.send("one\ntwo\rthree\r\nfour\n");
                                s.send("price", " 7 \u20AC", "id-1");
                                s.send("", "x", "");
                                s.retry(Duration.ofMillis(2500));
                                s.comment("a\nb");
                            }
                        });

        assertEquals(
                "data: a\n\n"
                        + "data: \n\n"
                        + "data: one\ndata: two\ndata: three\ndata: four\ndata: \n\n"
                        + "event: price\nid: id-1\ndata:  7 \u20AC\n\n"
                        + "id: \ndata: x\n\n"
                        + "retry: 2500\n\n"
                        + ": a\n: b\n\n",
                get(server, "/").text());
    }

    @Test
    void aTypeOrIdThatWouldBeginAnotherLineIsRefused() throws Exception {
        List<String> refused = new ArrayList<>();
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                for (String bad : List.of("a\nb", "\r", "a\r\ndata: b", "\u0000")) {
                                    assertThrows(
                                            IllegalArgumentException.class,
                                            () -> s.send(bad, "x", null));
                                    assertThrows(
                                            IllegalArgumentException.class,
                                            () -> s.send(null, "x", bad));
                                    refused.add(bad);
                                }
                                s.send("fine");
                            }
                        });

        assertEquals("data: fine\n\n", get(server, "/").text());
        assertEquals(4, refused.size());
        assertEquals(List.of(), reports);
    }

    @Test
    void theClientSaysWhichEventItHasSeenLast() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.send(s.lastEventId().orElse("none"));
                            }
                        });

        String utf8 =
                new String("é7".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertEquals("data: none\n\n", get(server, "/").text());
        assertEquals("data: é7\n\n", get(server, "/", "Last-Event-ID: " + utf8).text());
        assertEquals("data: \u00E97\n\n", get(server, "/", "Last-Event-ID: \u00E97").text());
    }

    @Test
    void theHttpClientOfTheJdkReadsTheLines() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                for (int i = 0; i < 3; i++) {
                                    s.send("tick", "number " + i, "" + i);
                                    Jevent.sleep(1);
                                }
                            }
                        });

        List<String> lines =
                Jevent.blocking(
                        () -> {
                            try (HttpClient client = HttpClient.newHttpClient()) {
                                return client.send(
                                                HttpRequest.newBuilder(
                                                                URI.create(
                                                                        "http://localhost:"
                                                                                + server.port()))
                                                        .header("Accept", "text/event-stream")
                                                        .build(),
                                                HttpResponse.BodyHandlers.ofLines())
                                        .body()
                                        .toList();
                            }
                        });

        assertEquals(12, lines.size(), "" + lines);
        assertEquals(List.of("event: tick", "id: 2", "data: number 2", ""), lines.subList(8, 12));
    }

    @Test
    void anOldClientGetsItUntilTheEndOfTheConnection() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.send("a");
                            }
                        });

        Reply reply = ask(server, "GET / HTTP/1.0", new byte[0]);

        assertEquals("data: a\n\n", reply.text());
        assertEquals("", reply.field("Transfer-Encoding"));
    }

    @Test
    void theAnswerToHeadHasNoEventsAndEndsTheHandler() throws Exception {
        HttpServer server =
                serving(
                        watched(
                                (q, p) -> {
                                    try (EventStream s = EventStream.open(q, p)) {
                                        new Event().await();
                                        s.send("never");
                                    }
                                }));

        Reply reply = ask(server, "HEAD / HTTP/1.1", new byte[0]);

        assertEquals("text/event-stream", reply.field("Content-Type"));
        until(() -> ends.size() == 1);
        assertEquals(List.of(), reports);
    }

    @Test
    void eventsOfManyGreenletsNeverMix() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                List<Greenlet<Void>> senders = new ArrayList<>();
                                for (int i = 0; i < 8; i++) {
                                    String text = ("" + i).repeat(3000);
                                    senders.add(
                                            Jevent.spawn(
                                                    () -> {
                                                        for (int n = 0; n < 20; n++) {
                                                            s.send(text + "\n" + text);
                                                        }
                                                    }));
                                }
                                Jevent.joinAllOrThrow(senders);
                            }
                        });

        String[] events = get(server, "/").text().split("\n\n", -1);

        assertEquals(8 * 20 + 1, events.length);
        for (int i = 0; i < 8 * 20; i++) {
            String line = "data: " + events[i].substring(6, 7).repeat(3000);
            assertEquals(line + "\n" + line, events[i]);
        }
    }

    // ---- silence

    @Test
    void aCommentIsSentInSilence() throws Exception {
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.pingInterval(Duration.ofMillis(20)).send("a");
                                s.awaitEnd();
                            }
                        });
        SocketStream client = open(server);

        assertEquals(200, Integer.parseInt(head(client).substring(9, 12)));
        assertEquals("data: a\n\n", event(client));
        assertEquals(":\n\n", event(client));
        assertEquals(":\n\n", event(client));
    }

    // ---- the end

    @Test
    void aClientThatGoesEndsAHandlerThatWaitsForSomethingElse() throws Exception {
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.pingInterval(Duration.ofMillis(20)).send("a");
                                new Channel<String>().get();
                            }
                        });
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        client.close();

        until(() -> ends.size() == 1 && server.connections() == 0);
        assertInstanceOf(GreenletExit.class, ends.getFirst());
        assertEquals(List.of(), reports);
        assertEquals(0, server.problems(), "that clients go is usual");
    }

    @Test
    void aClientThatGoesIsSeenWithoutAPingWhereTheKernelTells() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(isEpoll());
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.pingInterval(Duration.ZERO).awaitEnd();
                                assertFalse(s.isOpen());
                                assertThrows(IOException.class, () -> s.send("too late"));
                                ends.add(new IOException("as expected"));
                            }
                        });
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        client.close();

        until(() -> ends.size() == 1 && server.connections() == 0);
        assertEquals("as expected", ends.getFirst().getMessage());
        assertEquals(List.of(), reports);
    }

    @Test
    void aSendToAClientThatHasGoneThrowsAndNobodyIsTold() throws Exception {
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                while (true) {
                                    s.send("x".repeat(10_000));
                                }
                            }
                        });
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        client.close();

        until(() -> ends.size() == 1 && server.connections() == 0);
        assertInstanceOf(IOException.class, ends.getFirst());
        assertEquals(List.of(), reports);
    }

    @Test
    void aHandlerInAJdkQueueIsEndedAsWell() throws Exception {
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.pingInterval(Duration.ofMillis(20));
                                new LinkedBlockingQueue<String>().take();
                            }
                        });
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        client.close();

        until(() -> ends.size() == 1 && server.connections() == 0);
        assertEquals(List.of(), reports);
    }

    @Test
    void aHandlerOnAThreadIsEndedAsWell() throws Exception {
        ThreadPool pool = closing(new ThreadPool(2));
        HttpServer server =
                started(
                        server(
                                        watched(
                                                (q, p) -> {
                                                    try (EventStream s = EventStream.open(q, p)) {
                                                        s.pingInterval(Duration.ofMillis(20));
                                                        new LinkedBlockingQueue<String>().take();
                                                    }
                                                }))
                                .limits(WATCHFUL)
                                .spawn(Spawn.threads(pool)));
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        client.close();

        until(() -> ends.size() == 1 && server.connections() == 0);
        assertEquals(List.of(), reports);
    }

    @Test
    void aStopDoesNotWaitForStreamsAndTheirClientsSeeTheEnd() throws Exception {
        List<EventStream> open = new ArrayList<>();
        HttpServer server =
                serving(
                        watched(
                                (q, p) -> {
                                    try (EventStream s = EventStream.open(q, p)) {
                                        open.add(s);
                                        s.send("a");
                                        if (open.size() == 1) {
                                            new Channel<String>().get();
                                        } else {
                                            s.awaitEnd();
                                        }
                                    }
                                }));
        List<SocketStream> clients = List.of(open(server), open(server));
        for (SocketStream client : clients) {
            assertTrue(head(client).startsWith("HTTP/1.1 200"));
            assertEquals("data: a\n\n", event(client));
        }

        long begin = System.nanoTime();
        server.stop(Duration.ofMinutes(10));
        assertTrue(System.nanoTime() - begin < LONG.toNanos(), "it did not wait for the time");

        for (SocketStream client : clients) {
            assertEquals(0, chunk(client).length, "the last chunk");
            assertEquals(0, client.readAll(10).length);
        }
        assertEquals(1, ends.size(), "who was in awaitEnd has returned");
        assertEquals(List.of(), reports);
    }

    @Test
    void aPlainStopEndsStreamsToo() throws Exception {
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                assertTrue(s.isOpen());
                                new Event().await();
                            }
                        });
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        server.stop();

        until(() -> server.connections() == 0);
        assertEquals(0, chunk(client).length);
        assertEquals(List.of(), reports);
    }

    @Test
    void oneWhoIsKilledInTheMiddleOfAnEventEndsTheStream() throws Exception {
        AtomicReference<EventStream> stream = new AtomicReference<>();
        HttpServer server =
                watchful(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                stream.set(s);
                                s.awaitEnd();
                            }
                        });
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));
        until(() -> stream.get() != null);
        Greenlet<Void> sender = Jevent.spawn(() -> stream.get().send("x".repeat(50_000_000)));
        turns(10);

        sender.kill();

        assertTrue(sender.successful(), "killed");
        until(() -> server.connections() == 0);
        assertThrows(IOException.class, () -> stream.get().send("more"));
        assertEquals(List.of(), reports);
    }

    @Test
    void aHandlerThatReturnsTakesItsSendersAlong() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        HttpServer server =
                serving(
                        (q, p) -> {
                            EventStream s = EventStream.open(q, p);
                            Jevent.spawn(
                                    () ->
                                            thrown.set(
                                                    thrownBy(
                                                            () -> {
                                                                while (true) {
                                                                    s.send("a");
                                                                    Jevent.sleep(0);
                                                                }
                                                            })));
                            turns(3);
                        });

        assertTrue(get(server, "/").text().startsWith("data: a\n\n"));
        until(() -> thrown.get() != null);
        assertInstanceOf(IOException.class, thrown.get());
    }

    @Test
    void aCloseBySomebodyElseEndsTheHandler() throws Exception {
        AtomicReference<EventStream> stream = new AtomicReference<>();
        HttpServer server =
                serving(
                        watched(
                                (q, p) -> {
                                    try (EventStream s = EventStream.open(q, p)) {
                                        stream.set(s);
                                        new Event().await();
                                    }
                                }));
        SocketStream client = open(server);
        assertTrue(head(client).startsWith("HTTP/1.1 200"));

        stream.get().close();

        assertEquals(0, chunk(client).length);
        until(() -> ends.size() == 1);
        assertEquals(List.of(), reports);
    }

    @Test
    void whatAHandlerThrowsByItselfIsReported() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                s.send("a");
                                throw new IllegalStateException("a mistake");
                            }
                        });

        assertEquals("data: a\n\n", get(server, "/").text());
        until(() -> reports.size() == 1);
        assertEquals("a mistake", reports.getFirst().error().getMessage());
    }

    @Test
    void aTimeoutOfTheHandlersOwnEndsItsWaitOnly() throws Exception {
        HttpServer server =
                serving(
                        (q, p) -> {
                            try (EventStream s = EventStream.open(q, p)) {
                                try (Timeout t = Timeout.start(Duration.ofMillis(5))) {
                                    assertTrue(t.pending());
                                    s.awaitEnd();
                                } catch (Timeout t) {
                                    s.send("still here");
                                }
                            }
                        });

        assertEquals("data: still here\n\n", get(server, "/").text());
    }

    @Test
    void aClientThatDoesNotReadIsGivenUpByTheLimits() throws Exception {
        HttpServer server =
                started(
                        server(
                                        watched(
                                                (q, p) -> {
                                                    try (EventStream s = EventStream.open(q, p)) {
                                                        s.send("x".repeat(50_000_000));
                                                    }
                                                }))
                                .limits(WATCHFUL.minRate(1 << 30, Duration.ofMillis(100))));
        Socket client = connect(server);
        client.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));

        until(() -> ends.size() == 1 && server.connections() == 0);
        assertInstanceOf(IOException.class, ends.getFirst());
        assertEquals(List.of(), reports);
    }
}
