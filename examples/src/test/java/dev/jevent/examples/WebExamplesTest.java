package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The examples that are web servers, asked by the JDK's client and curl. */
class WebExamplesTest {

    @TempDir Path dir;

    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void closeClient() {
        client.shutdownNow();
        client.close();
    }

    private HttpResponse<String> ask(String method, String url, BodyPublisher body)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).method(method, body).build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String url) throws Exception {
        return ask("GET", url, BodyPublishers.noBody());
    }

    private CompletableFuture<String> later(String url) {
        var request = HttpRequest.newBuilder(URI.create(url)).build();
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(HttpResponse::body);
    }

    // ---- HelloWeb

    @Test
    void helloWebGreetsAndEndsBySignal() throws Exception {
        try (Cli cli = Cli.start(dir, "example", "HelloWeb", "0")) {
            String url = "http://127.0.0.1:" + cli.awaitPort() + "/";
            for (int i = 0; i < 3; i++) {
                assertEquals("Hello, world!\n", get(url).body());
            }
            assertEquals("Hello, world!\n", Curl.run("-sS", url).out());
            cli.signal("TERM");
            assertEquals(143, cli.await().exit());
        }
    }

    // ---- LongPolling

    @Test
    void oneMessageWakesAllWhoWait() throws Exception {
        try (Served served = Served.web(LongPolling::newServer)) {
            var waiting = new ArrayList<CompletableFuture<String>>();
            for (int i = 0; i < 200; i++) {
                waiting.add(later(served.url("/messages?after=0")));
            }
            String url = served.url("/messages");
            assertEquals("1\n", ask("POST", url, BodyPublishers.ofString("hello\nyou")).body());
            for (CompletableFuture<String> answer : waiting) {
                assertEquals("1\thello you\n", answer.get());
            }
        }
    }

    @Test
    void aPollAnswersAtOnceWhatIsThereAndNothingWhenItsTimeIsOver() throws Exception {
        try (Served served = Served.web(LongPolling::newServer)) {
            for (String text : List.of("a", "b", "c")) {
                int status =
                        ask("POST", served.url("/messages"), BodyPublishers.ofString(text))
                                .statusCode();
                assertEquals(200, status);
            }
            assertEquals("2\tb\n3\tc\n", get(served.url("/messages?after=1")).body());
            assertEquals("", get(served.url("/messages?after=3&seconds=0")).body());
            assertEquals(400, get(served.url("/messages?after=-1")).statusCode());
            assertTrue(get(served.url("/")).body().contains("/messages?after="));
            var tooLong = BodyPublishers.ofByteArray(new byte[20_000]);
            assertEquals(413, ask("POST", served.url("/messages"), tooLong).statusCode());
        }
    }

    // ---- ServerSentEvents

    @Test
    void eventsComeOneByOneAndGoOnWhereTheClientWas() throws Exception {
        try (Served served = Served.web(port -> ServerSentEvents.newServer(port, 10))) {
            assertEquals(List.of("id: 1", "id: 2", "id: 3"), ids(served, "", 3));
            assertEquals(List.of("id: 42", "id: 43"), ids(served, "Last-Event-ID: 41\r\n", 2));
            HttpResponse<String> page = get(served.url("/"));
            assertTrue(page.body().contains("new EventSource('/events')"));
            assertEquals(404, get(served.url("/other")).statusCode());
        }
    }

    private static List<String> ids(Served served, String header, int count) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            String request = "GET /events HTTP/1.1\r\nHost: x\r\n" + header + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            assertEquals("HTTP/1.1 200 OK", in.readLine());
            List<String> ids = new ArrayList<>();
            while (ids.size() < count) {
                String line = in.readLine();
                if (line.startsWith("id:")) {
                    ids.add(line);
                }
            }
            return ids;
        }
    }

    // ---- StreamingUpload

    private Served uploads(long limit) throws Exception {
        return Served.web(port -> StreamingUpload.newServer(port, dir, limit));
    }

    private static byte[] film() {
        byte[] film = new byte[3_000_001];
        for (int i = 0; i < film.length; i++) {
            film[i] = (byte) (i * 31 >> 4);
        }
        return film;
    }

    private static String sum(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void anUploadArrivesWithItsSum() throws Exception {
        byte[] film = film();
        String expected = "film.mkv 3000001 bytes, SHA-256 " + sum(film) + "\n";
        try (Served served = uploads(10_000_000)) {
            String url = served.url("/files/film.mkv");
            HttpResponse<String> put = ask("PUT", url, BodyPublishers.ofByteArray(film));
            assertEquals(201, put.statusCode());
            assertEquals(expected, put.body());
            assertEquals(sum(film), sum(Files.readAllBytes(dir.resolve("film.mkv"))));
            Path source = Files.write(dir.resolve("source"), film);
            Curl.Result curl =
                    Curl.run("-sS", "-H", "Transfer-Encoding: chunked", "-T", source + "", url);
            assertEquals(expected, curl.out(), curl.err());
            try (var files = Files.list(dir)) {
                assertEquals(2, files.count(), "no .part is left");
            }
        }
    }

    @Test
    void whatIsTooLongOrNamedBadlyIsRefused() throws Exception {
        try (Served served = uploads(1000)) {
            var tooLong = BodyPublishers.ofByteArray(new byte[1001]);
            assertEquals(413, ask("PUT", served.url("/files/a"), tooLong).statusCode());
            for (String name : List.of(".hidden", "..%2Fup", "a.part", "a%00b", "")) {
                var body = BodyPublishers.ofString("x");
                int status = ask("PUT", served.url("/files/" + name), body).statusCode();
                assertEquals(400, status, name);
            }
            try (var files = Files.list(dir)) {
                assertEquals(0, files.count());
            }
        }
    }

    @Test
    void othersSeeHowFarAnUploadIs() throws Exception {
        try (Served served = uploads(10_000);
                var socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            var out = socket.getOutputStream();
            String head = "PUT /files/slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.write(new byte[500]);
            var request = HttpRequest.newBuilder(URI.create(served.url("/progress/slow"))).build();
            HttpResponse<Stream<String>> watch;
            do {
                watch = client.send(request, BodyHandlers.ofLines());
            } while (watch.statusCode() == 404); // until the server has seen the upload
            assertEquals(409, ask("PUT", served.url("/files/slow"), noBody()).statusCode());
            out.write(new byte[1500]);
            List<String> lines = watch.body().filter(l -> l.startsWith("data:")).toList();
            assertEquals("data: 2000", lines.getLast());
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            assertEquals("HTTP/1.1 201 Created", in.readLine());
            assertTrue(get(served.url("/")).body().contains("type=\"file\""));
        }
    }

    private static BodyPublisher noBody() {
        return BodyPublishers.noBody();
    }

    @Test
    void anUploadThatIsBrokenOffLeavesNothing() throws Exception {
        try (Served served = uploads(10_000)) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
                String head = "PUT /files/half HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().write(new byte[500]);
                socket.shutdownOutput();
                assertFalse(
                        new String(socket.getInputStream().readAllBytes(), UTF_8)
                                .contains(" 201 "));
            }
            while (get(served.url("/progress/half")).statusCode() != 404) {
                Thread.onSpinWait(); // it is cleaned up behind the client's back
            }
            assertFalse(Files.exists(dir.resolve("half")));
            assertFalse(Files.exists(dir.resolve("half.part")));
        }
    }
}
