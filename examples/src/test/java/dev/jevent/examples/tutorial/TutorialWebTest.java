package dev.jevent.examples.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The web servers of the tutorial answer as they always did, and as their twins do. */
class TutorialWebTest {

    private static final String LF = "\n";

    /** What a browser would see of the server on that port. */
    private interface Visit {
        String of(int port) throws Exception;
    }

    private final HttpClient client = HttpClient.newHttpClient();

    private final Map<String, Visit> visits =
            Map.of(
                    "HelloServer", this::hello,
                    "StreamingServer", this::streaming,
                    "LongPollingTutorial", this::longPolling,
                    "WebSocketTutorial", this::webSocket,
                    "ChatServer", this::chat);

    static Set<String> servers() {
        return Set.of(
                "HelloServer",
                "StreamingServer",
                "LongPollingTutorial",
                "WebSocketTutorial",
                "ChatServer");
    }

    @AfterEach
    void close() {
        client.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void theServerAnswersAsItAlwaysDid(String name) throws Exception {
        try (var program = Talk.withProgram(name, "0")) {
            visit(name, program);
        }
    }

    @ParameterizedTest
    @MethodSource("servers")
    void theTwinAnswersTheSame(String name) throws Exception {
        try (var twin = Talk.withTwin(name)) {
            visit(name, twin);
        }
    }

    private void visit(String name, Talk talk) throws Exception {
        int port = Integer.parseInt(talk.line().replaceAll("\\D", ""));
        assertEquals(Tutorial.pinned(name), visits.get(name).of(port), talk::errors);
    }

    // ---- the visits

    private static HttpRequest.Builder to(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return client.send(to(port, path).build(), BodyHandlers.ofString());
    }

    private String hello(int port) throws Exception {
        var seen = new StringBuilder();
        for (String path : List.of("/", "/nowhere")) {
            HttpResponse<String> r = get(port, path);
            String type = r.headers().firstValue("Content-Type").orElse("");
            seen.append("GET ").append(path).append(LF).append(r.statusCode()).append(' ');
            seen.append(type).append(LF).append(r.body());
        }
        return seen.toString();
    }

    /** Chunk by chunk, each on a line. */
    private String streaming(int port) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] all = socket.getInputStream().readAllBytes();
            var answer = new String(all, StandardCharsets.US_ASCII);
            int body = answer.indexOf("\r\n\r\n") + 4;
            String head = answer.substring(0, body);
            var seen = new StringBuilder(answer.substring("HTTP/1.1 ".length()).substring(0, 3));
            seen.append(head.contains("Content-Type: text/html") ? " text/html" : "");
            seen.append(head.contains("Transfer-Encoding: chunked") ? " chunked" : "").append(LF);
            for (int at = body; ; ) {
                int line = answer.indexOf("\r\n", at);
                int size = Integer.parseInt(answer.substring(at, line), 16);
                if (size == 0) {
                    return seen.toString();
                }
                String chunk = answer.substring(line + 2, line + 2 + size);
                seen.append(chunk.replace("\n", "\\n")).append(LF);
                at = line + 2 + size + 2;
            }
        }
    }

    private String longPolling(int port) throws Exception {
        var seen = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            seen.append(get(port, "/").body());
        }
        return seen.toString();
    }

    private String webSocket(int port) throws Exception {
        assertEquals(200, get(port, "/").statusCode());
        var ended = new CompletableFuture<Void>();
        List<String> lines = new ArrayList<>();
        var listener =
                new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                            WebSocket socket, CharSequence text, boolean last) {
                        lines.add(text + LF);
                        socket.request(1);
                        return null;
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                        ended.complete(null);
                        return null;
                    }

                    @Override
                    public void onError(WebSocket socket, Throwable error) {
                        ended.completeExceptionally(error);
                    }
                };
        client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/data"), listener)
                .join();
        ended.get(20, TimeUnit.SECONDS);
        return String.join("", lines);
    }

    private String chat(int port) throws Exception {
        var seen = new StringBuilder();
        seen.append("ann says hello: ").append(say(port, "ann", "hello"));
        seen.append("ben hears: ").append(get(port, "/lobby/ben").body());
        seen.append("ann hears: ").append(get(port, "/lobby/ann").body());
        var waits = client.sendAsync(to(port, "/lobby/ann").build(), BodyHandlers.ofString());
        seen.append("ben says hi ann: ").append(say(port, "ben", "hi ann"));
        seen.append("ann waited for: ").append(waits.get(20, TimeUnit.SECONDS).body());
        seen.append("ben hears: ").append(get(port, "/lobby/ben").body());
        seen.append("cat hears: ").append(get(port, "/lobby/cat").body());
        seen.append("cat hears: ").append(get(port, "/lobby/cat").body());
        return seen.toString();
    }

    private String say(int port, String user, String text) throws Exception {
        HttpRequest post = to(port, "/lobby/" + user).POST(BodyPublishers.ofString(text)).build();
        return client.send(post, BodyHandlers.ofString()).body();
    }
}
