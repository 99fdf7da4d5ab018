package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.subprocess.CompletedProcess;
import dev.jevent.subprocess.Popen;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients that were written by others: curl, wrk, ab, h2load and the JDK's. */
class RealClientsTest extends HubScenario {

    private static final String HELLO = "Hello, world!\n";
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path dir;

    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = new HttpServer("127.0.0.1:0", RealClientsTest::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5));
        assertEquals(0, server.problems());
        assertEquals(List.of(), reports);
        hub.join(); // the acceptor and the watch end as well
    }

    private static void answer(Request request, Response response) throws IOException {
        switch (request.path()) {
            case "/" -> response.send(HELLO);
            case "/echo" -> {
                Response ignored = response.contentType("application/octet-stream");
                byte[] bytes = request.bytes();
                if (request.parameter("chunked").isPresent()) {
                    try (var out = response.body()) {
                        for (int i = 0; i < bytes.length; i += 10_000) {
                            out.write(bytes, i, Math.min(10_000, bytes.length - i));
                        }
                    }
                } else {
                    response.send(bytes);
                }
            }
            default -> throw new HttpException(404);
        }
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    private CompletedProcess run(String... command) throws IOException {
        try {
            return Popen.of(command).cwd(dir).captureOutput().timeout(LONG).run();
        } catch (NoSuchFileException | FileNotFoundException e) {
            assumeTrue(false, "there is no " + command[0] + " here");
            throw e;
        }
    }

    private static long number(String pattern, String text) {
        Matcher m = Pattern.compile(pattern).matcher(text);
        assertTrue(m.find(), pattern + " in " + text);
        return Long.parseLong(m.group(1));
    }

    private static String[] with(boolean closing, String... command) {
        if (!closing) {
            return command;
        }
        String[] all = Arrays.copyOf(command, command.length + 2);
        all[command.length] = "-H";
        all[command.length + 1] = "Connection: close";
        return all;
    }

    // ---- load generators: every request is answered

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wrkSeesNoError(boolean closing) throws Exception {
        CompletedProcess wrk =
                run(with(closing, "wrk", "-t1", "-c16", "-d1s", "--timeout", "20s", url("/")));
        assertEquals(0, wrk.returncode(), wrk.errorText());
        String out = wrk.text();
        assertFalse(out.contains("Socket errors") || out.contains("Non-2xx"), out);
        assertTrue(number("(\\d+) requests in", out) > 0, out);
        assertTrue(server.requests() >= number("(\\d+) requests in", out), out);
        assertTrue(!closing || server.accepted() >= server.requests(), server.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void abSeesNoError(boolean keepAlive) throws Exception {
        CompletedProcess ab =
                run("ab", "-q", "-n", "1000", "-c", "16", keepAlive ? "-k" : "-d", url("/"));
        assertEquals(0, ab.returncode(), ab.errorText());
        String out = ab.text();
        assertEquals(1000, number("Complete requests: +(\\d+)", out), out);
        assertEquals(0, number("Failed requests: +(\\d+)", out), out);
        assertFalse(out.contains("Non-2xx") || out.contains("Write errors"), out);
        assertEquals(1000L * HELLO.length(), number("HTML transferred: +(\\d+)", out), out);
        if (keepAlive) {
            assertEquals(1000, number("Keep-Alive requests: +(\\d+)", out), out);
            assertTrue(server.accepted() <= 32, server.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void h2loadSeesNoError(boolean closing) throws Exception {
        CompletedProcess h2load =
                run(with(closing, "h2load", "--h1", "-n", "1000", "-c", "8", url("/")));
        assertEquals(0, h2load.returncode(), h2load.errorText());
        String out = h2load.text();
        assertEquals(1000, number("(\\d+) succeeded, 0 failed, 0 errored, 0 timeout", out), out);
        assertEquals(1000, number("status codes: (\\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", out), out);
    }

    // ---- curl

    private String curl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
        command.addAll(List.of(arguments));
        CompletedProcess curl = run(command.toArray(String[]::new));
        assertEquals(0, curl.returncode(), curl.errorText());
        return curl.text();
    }

    @Test
    void curlGetsOnOneConnectionAndOnMany() throws Exception {
        assertEquals(HELLO.repeat(3), curl(url("/"), url("/"), url("/")));
        assertEquals(1, server.accepted());
        assertEquals(HELLO.repeat(2), curl("--http1.0", url("/"), url("/")));
        assertEquals(3, server.accepted());
        String head = curl("-I", url("/"));
        assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
        assertTrue(head.contains("\r\nContent-Length: 14\r\n"), head);
        assertEquals("404", curl("-o", "out", "-w", "%{http_code}", url("/none")));
    }

    @Test
    void curlUploadsInEveryWay() throws Exception {
        byte[] bytes = much(2_000_000);
        Path file = Files.write(dir.resolve("file"), bytes);
        Path back = dir.resolve("back");
        for (List<String> how :
                List.of(
                        List.of("-T", "file"),
                        List.of("-H", "Transfer-Encoding: chunked", "-T", "file"),
                        List.of("-H", "Expect: 100-continue", "--data-binary", "@file"),
                        List.of("-H", "Expect:", "--data-binary", "@file"),
                        List.of("--http1.0", "--data-binary", "@file"))) {
            for (String path : List.of("/echo", "/echo?chunked")) {
                List<String> all = new ArrayList<>(how);
                all.addAll(List.of("-o", "back", url(path)));
                String none = curl(all.toArray(String[]::new));
                assertEquals("", none);
                assertEquals(-1, Files.mismatch(file, back), how + " " + path);
            }
        }
    }

    // ---- the JDK's client

    private static byte[] much(int n) {
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) (i * 53 >> 6);
        }
        return bytes;
    }

    @Test
    void theJdksClientAsksManyAtOnce() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            List<Greenlet<Void>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                byte[] bytes = much(i * 3000);
                BodyPublisher body =
                        i % 2 == 0
                                ? BodyPublishers.ofByteArray(bytes)
                                : BodyPublishers.ofInputStream(
                                        () -> new ByteArrayInputStream(bytes));
                String path = i % 3 == 0 ? "/echo?chunked" : "/echo";
                all.add(Jevent.spawn(() -> assertEchoed(client, path, body, bytes)));
            }
            Jevent.joinAllOrThrow(all);
        }
        assertEquals(64, server.requests());
    }

    private void assertEchoed(HttpClient client, String path, BodyPublisher body, byte[] bytes)
            throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url(path))).POST(body).build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        assertArrayEquals(bytes, answer.body());
    }

    /** A literal of another charset in the target, or a fragment, never leaves a good client. */
    @Test
    void unusualTargetsArriveAsTheyAre() throws Exception {
        assertEquals("404", curl("-o", "out", "-w", "%{http_code}", url("/%E2%82%AC?x=%00&y#f")));
        byte[] out = Files.readAllBytes(dir.resolve("out"));
        assertEquals("404 Not Found\n", new String(out, StandardCharsets.UTF_8));
    }
}
