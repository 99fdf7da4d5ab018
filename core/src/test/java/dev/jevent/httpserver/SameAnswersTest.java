package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Answers and servers, in which the JDK's own server and ours must say and do the same. */
class SameAnswersTest extends ProviderScenario {

    // ---- the answer

    @Test
    void statusAndLengthSayHowTheAnswerIsFramed() throws Exception {
        Setup setup =
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    String[] q = e.getRequestURI().getQuery().split(",", -1);
                                    int length = Integer.parseInt(q[1]);
                                    if (q.length > 2) {
                                        e.getResponseHeaders().set("content-LENGTH", q[2]);
                                    }
                                    e.sendResponseHeaders(Integer.parseInt(q[0]), length);
                                    try (OutputStream out = e.getResponseBody()) {
                                        if (length > 0 && !e.getRequestMethod().equals("HEAD")) {
                                            out.write(new byte[length]);
                                        }
                                    }
                                });
        for (String query :
                List.of(
                        "200,-1",
                        "200,0",
                        "200,5",
                        "404,3",
                        "204,-1",
                        "304,-1",
                        "304,-1,7",
                        "500,0",
                        "299,2",
                        "200,20000",
                        "401,-1")) {
            same(
                    setup,
                    Talk.get("/?" + query),
                    "HEAD /?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n",
                    Talk.get("/?" + query));
        }
        same(setup, "HEAD /?200,-1,17 HTTP/1.1\r\nHost: a\r\n\r\n", Talk.get("/?200,3"));
    }

    @Test
    void aBodyOfUnknownLengthComesInChunks() throws Exception {
        List<String> events =
                same(
                        (server, e) ->
                                handle(
                                        server,
                                        x -> {
                                            x.sendResponseHeaders(200, 0);
                                            OutputStream out = x.getResponseBody();
                                            out.write('a');
                                            out.flush();
                                            out.write(new byte[0]);
                                            out.write(
                                                    "b"
                                                            .repeat(9_000)
                                                            .getBytes(StandardCharsets.US_ASCII));
                                            out.write(
                                                    "xcx".getBytes(StandardCharsets.US_ASCII),
                                                    1,
                                                    1);
                                            out.close();
                                            out.close();
                                            e.add(thrown(() -> out.write(1)));
                                        }),
                        once(1, Talk.get("/"), Talk.get("/")));
        assertTrue(events.get(1).contains("transfer-encoding=chunked"), events.get(1));
    }

    @Test
    void anOldClientIsAnsweredInItsWay() throws Exception {
        Setup setup =
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    boolean known = e.getRequestURI().getPath().equals("/known");
                                    e.sendResponseHeaders(200, known ? 5 : 0);
                                    try (OutputStream out = e.getResponseBody()) {
                                        out.write("hello".getBytes(StandardCharsets.US_ASCII));
                                    }
                                });
        for (String path : List.of("/known", "/unknown")) {
            same(
                    setup,
                    (talk, events) -> {
                        events.add(talk.ask("GET " + path + " HTTP/1.0\r\n\r\n").toString());
                        events.add("" + talk.isClosed());
                    });
        }
        String keep = "GET /known HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        same(setup, keep, keep, "GET /unknown HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    }

    @Test
    void whoSaysCloseIsClosed() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    if (e.getRequestURI().getPath().equals("/close")) {
                                        e.getResponseHeaders().set("Connection", "close");
                                    }
                                    answer(e, 200, "x");
                                }),
                (talk, events) -> {
                    events.add(talk.ask(Talk.get("/")).toString());
                    events.add(talk.ask(Talk.get("/close")).toString());
                    events.add(talk.connection() + talk.isClosed());
                });
        same(
                (server, events) -> handle(server, e -> answer(e, 200, "x")),
                (talk, events) -> {
                    events.add(
                            talk.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                                    .toString());
                    events.add("" + talk.isClosed());
                });
    }

    @Test
    void headerFieldsAreSentAsTheyWereWhenItWasSent() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    Headers headers = e.getResponseHeaders();
                                    headers.add("x-two", "1");
                                    headers.add("X-TWO", "2");
                                    headers.set("X-Latin", "\u00e4\u00ff");
                                    headers.set("Date", "never");
                                    headers.set("X-Empty", "");
                                    events.add(thrown(() -> headers.set("X-Bad", "a\nb")));
                                    events.add(thrown(() -> headers.set("X-Bad", "\u20ac")));
                                    e.sendResponseHeaders(200, 2);
                                    headers.set("X-Late", "x");
                                    Set<String> seen = new TreeSet<>(headers.keySet());
                                    events.add("" + seen + headers.get("Content-length"));
                                    events.add("" + headers.getFirst("Date").endsWith(" GMT"));
                                    e.getResponseBody().write(new byte[2]);
                                    e.close();
                                }),
                once(4, Talk.get("/")));
    }

    @Test
    void wrongUseIsRefusedInTheSameWay() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    OutputStream out = e.getResponseBody();
                                    events.add(e.getResponseCode() + thrown(() -> out.write(1)));
                                    events.add(thrown(out::flush));
                                    events.add(thrown(out::close));
                                    e.sendResponseHeaders(200, 3);
                                    events.add(thrown(() -> e.sendResponseHeaders(200, 3)));
                                    out.write('a');
                                    events.add(thrown(() -> out.write(new byte[3])));
                                    out.write('b');
                                    out.write('c');
                                    events.add(thrown(() -> out.write('d')));
                                    events.add(thrown(() -> out.write(new byte[3], 2, 2)));
                                    out.close();
                                    out.close();
                                    events.add(thrown(() -> out.write('d')));
                                    events.add(thrown(() -> e.sendResponseHeaders(200, 3)));
                                    e.close();
                                }),
                once(9, Talk.get("/"), Talk.get("/")));
    }

    @Test
    void anExchangeThatIsClosedWithoutAnAnswerEndsTheConnection() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    e.close();
                                    e.close();
                                }),
                (talk, events) -> events.add(talk.ask(Talk.get("/")).toString()));
    }

    @Test
    void anExchangeIsClosedByTryWithResources() throws Exception {
        same(
                (server, events) ->
                        handle(
                                server,
                                e -> {
                                    try (e) {
                                        e.sendResponseHeaders(200, 0);
                                        e.getResponseBody().write('x');
                                    }
                                }),
                Talk.post("/", "abc"),
                Talk.get("/"));
    }

    @Test
    void somebodyElseMayAnswerLater() throws Exception {
        try (var others = Executors.newScheduledThreadPool(1)) {
            same(
                    (server, events) ->
                            handle(
                                    server,
                                    e -> {
                                        var ignored =
                                                others.schedule(
                                                        () -> {
                                                            answer(e, 200, "later" + bodyOf(e));
                                                            return null;
                                                        },
                                                        10,
                                                        TimeUnit.MILLISECONDS);
                                    }),
                    Talk.post("/", "abc"),
                    Talk.get("/"),
                    Talk.get("/"));
        }
    }

    @Test
    void anExecutorRunsTheHandlers() throws Exception {
        try (var pool = Executors.newFixedThreadPool(2);
                var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var executor : List.of(pool, virtual)) {
                same(
                        (server, events) -> {
                            server.setExecutor(executor);
                            events.add("" + (server.getExecutor() == executor));
                            handle(
                                    server,
                                    e ->
                                            answer(
                                                    e,
                                                    200,
                                                    bodyOf(e)
                                                            + Thread.currentThread().isVirtual()));
                        },
                        Talk.post("/", "a".repeat(100_000)),
                        Talk.get("/"),
                        Talk.chunked("/", "3", "abc", "0", ""));
            }
        }
    }

    @Test
    void theAnswerIsOnItsWayWhenItIsClosedWhateverTheHandlerDoesThen() throws Exception {
        try (var pool = Executors.newFixedThreadPool(2)) {
            var last = new CyclicBarrier(3);
            same(
                    (server, events) -> {
                        server.setExecutor(pool);
                        handle(
                                server,
                                e -> {
                                    answer(e, 200, e.getRequestURI().getPath());
                                    await(last);
                                });
                    },
                    (talk, events) -> {
                        events.add(talk.ask(Talk.get("/1")).toString());
                        events.add(talk.ask(Talk.get("/2")).toString());
                        await(last);
                    });
        }
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            int ignored = barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IOException("the others do not come", e);
        }
    }

    // ---- the server itself

    @Test
    void theServerRefusesWhatIsWrong() throws Exception {
        same(
                (server, events) -> {
                    events.add(thrown(() -> server.bind(loopback(), 0)));
                    events.add(thrown(() -> server.createContext("a", e -> {})));
                    events.add(thrown(() -> server.createContext("")));
                    events.add(thrown(() -> server.createContext(null)));
                    events.add(thrown(() -> server.createContext("/", null)));
                    events.add(thrown(() -> server.removeContext("/none")));
                    events.add(thrown(() -> server.removeContext((String) null)));
                    HttpContext context = server.createContext("/");
                    events.add(context.getPath() + context.getHandler());
                    events.add(thrown(() -> server.createContext("/")));
                    events.add(thrown(() -> context.setHandler(null)));
                    context.setHandler(e -> {});
                    events.add(thrown(() -> context.setHandler(e -> {})));
                    events.add(thrown(() -> server.stop(-1)));
                    events.add("" + server.getExecutor());
                },
                (talk, events) -> events.add("started"));
        for (var provider : List.of(JDKS, OURS)) {
            HttpServer server = provider.createHttpServer(null, 0);
            assertEquals(null, server.getAddress());
            assertEquals("IllegalStateException", thrown(server::start));
            assertEquals("NullPointerException", thrown(() -> server.bind(null, 0)));
            server.bind(loopback(), 5);
            server.start();
            assertEquals("IllegalStateException", thrown(server::start));
            assertEquals("IllegalStateException", thrown(() -> server.setExecutor(null)));
            assertEquals(
                    "IOException", thrown(() -> provider.createHttpServer(server.getAddress(), 0)));
            server.stop(0);
            assertEquals("IllegalStateException", thrown(server::start));
        }
    }

    @Test
    void theFileHandlerOfTheJdkWorks(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a.txt"), "text of a\n");
        Files.writeString(folder.resolve("big.bin"), "0123456789".repeat(50_000));
        Files.createDirectory(folder.resolve("sub"));
        same(
                (server, events) ->
                        handle(server, SimpleFileServer.createFileHandler(folder.toRealPath())),
                Talk.get("/"),
                Talk.get("/a.txt"),
                "HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n",
                "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
                Talk.get("/big.bin"),
                Talk.get("/none"),
                Talk.get("/sub"),
                Talk.get("/sub/"),
                Talk.post("/a.txt", "x"),
                Talk.get("/../a.txt"));
    }
}
