package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.ssl.Tls;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import javax.net.ssl.SSLSocket;

/** Clients of others: curl and the JDK's, plain and over TLS. */
class HttpClientsTest extends HttpScenario {

    private static void handle(Request q, Response p) throws java.io.IOException {
        byte[] body = q.bytes();
        p.header("X-Method", q.method()).header("X-Version", q.version());
        if (q.path().equals("/stream")) {
            p.body().write(body);
            p.flush();
        } else if (body.length > 0) {
            p.send(body);
        } else {
            p.send("hello " + q.path() + " " + q.scheme() + "\n");
        }
    }

    private String curl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-s", "-S", "--max-time", "15"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    @Test
    void curlIsServed() throws Exception {
        HttpServer server = started(HttpClientsTest::handle);
        String url = "http://127.0.0.1:" + server.port();
        assertEquals("hello /a http\n", curl(url + "/a"));
        assertEquals("hello /a http\n", curl("--http1.0", url + "/a"));
        String head = curl("-I", url + "/");
        assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n") && head.contains("X-Method: HEAD"), head);
        long before = server.accepted();
        assertEquals("hello /1 http\nhello /2 http\n", curl(url + "/1", url + "/2"));
        assertEquals(before + 1, server.accepted(), "one connection for two");
        Path file = Files.createTempFile("jevent", ".bin");
        try {
            String data = "0123456789".repeat(200_000);
            Files.writeString(file, data);
            assertEquals(data, curl("--data-binary", "@" + file, url + "/"));
            assertEquals(
                    data, curl("-H", "Transfer-Encoding: chunked", "-T", file + "", url + "/"));
            assertEquals(
                    data,
                    curl("-H", "Transfer-Encoding: chunked", "-T", file + "", url + "/stream"));
            String asked =
                    curl(
                            "-v",
                            "-H",
                            "Expect: 100-continue",
                            "--data-binary",
                            "@" + file,
                            "-o",
                            "/dev/null",
                            url);
            assertTrue(asked.contains("100 Continue"), asked);
        } finally {
            Files.delete(file);
        }
        assertEquals(List.of(), problems);
    }

    @Test
    void theClientOfTheJdkIsServed() throws Exception {
        HttpServer server = started(HttpClientsTest::handle);
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/");
        byte[] large = data(2_000_000);
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest get = HttpRequest.newBuilder(uri).build();
            HttpRequest post =
                    HttpRequest.newBuilder(uri.resolve("/stream"))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(large))
                            .expectContinue(true)
                            .build();
            List<HttpResponse<byte[]>> answers =
                    Jevent.blocking(
                            () -> {
                                var all = new ArrayList<CompletableFuture<HttpResponse<byte[]>>>();
                                for (int i = 0; i < 40; i++) {
                                    all.add(
                                            client.sendAsync(
                                                    i % 8 == 0 ? post : get,
                                                    HttpResponse.BodyHandlers.ofByteArray()));
                                }
                                return all.stream().map(CompletableFuture::join).toList();
                            });
            for (int i = 0; i < 40; i++) {
                assertEquals(200, answers.get(i).statusCode());
                assertArrayEquals(
                        i % 8 == 0
                                ? large
                                : "hello / http\n"
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        answers.get(i).body());
            }
        }
        assertEquals(40, server.requests());
        assertEquals(List.of(), reports);
    }

    @Test
    void tlsIsSpokenWithAllThatBelongsToIt() throws Exception {
        Path folder = Files.createTempDirectory("jevent");
        try {
            SelfSigned of = SelfSigned.in(folder);
            Path pem = of.pem();
            Path key = of.key();
            HttpServer server = started(server(HttpClientsTest::handle).tls(Tls.server(pem, key)));
            String url = "https://127.0.0.1:" + server.port() + "/";
            assertEquals("hello / https\n", curl("--cacert", pem + "", url));
            SSLSocket socket =
                    Tls.client(pem)
                            .wrap(
                                    dev.jevent.socket.Sockets.connect(server.localAddress(), LONG),
                                    "localhost");
            Client c = client(socket);
            byte[] body = data(100_000);
            for (int i = 0; i < 2; i++) {
                c.say("POST / HTTP/1.1\r\n" + HOST + "Content-Length: " + body.length + "\r\n\r\n")
                        .say(body);
                assertArrayEquals(body, c.answer().body());
            }
            assertEquals(400, c.say("x\r\n").answer().status());
            assertTrue(c.isEnded());
            assertEquals(1, problems.size());
            Client plain = client(server).say("GET / HTTP/1.1\r\n" + HOST + "\r\n");
            plain.isEnded();
            until(() -> problems.size() == 2);
            assertEquals(0, problems.get(1).status());
            Client idle =
                    client(
                            Tls.client(pem)
                                    .wrap(
                                            dev.jevent.socket.Sockets.connect(
                                                    server.localAddress(), LONG),
                                            "localhost"));
            assertEquals(200, idle.say("GET / HTTP/1.1\r\n" + HOST + "\r\n").answer().status());
            server.stop(LONG);
            assertTrue(idle.isEnded());
            assertEquals(List.of(), reports);
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
            }
        }
    }
}
