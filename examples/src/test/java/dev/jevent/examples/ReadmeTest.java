package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static java.net.http.HttpResponse.BodyHandlers.discarding;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs of the README, as they stand there (but for the ports), run with {@code jevent}. */
class ReadmeTest {

    private static final Pattern PROGRAM =
            Pattern.compile("```java\n(.*?public class (\\w+) .*?)```", Pattern.DOTALL);

    @TempDir Path folder;

    private Process run(String name, String from, String to) throws IOException {
        Matcher m = PROGRAM.matcher(Files.readString(Path.of("..", "README.md")));
        while (m.find()) {
            if (m.group(2).equals(name)) {
                assertTrue(m.group(1).contains(from), "the README does not say " + from);
                Path file = folder.resolve(name + ".java");
                Files.writeString(file, m.group(1).replace(from, to));
                List<String> command = new ArrayList<>(List.of(Cli.JAVA.toString()));
                command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
                command.addAll(Archive.flags());
                command.addAll(List.of("-jar", Cli.jar().toString(), "run", file.toString()));
                return new ProcessBuilder(command).redirectErrorStream(true).start();
            }
        }
        throw new AssertionError("the README has no program " + name);
    }

    @Test
    void theEchoServerServesRealTraffic() throws Exception {
        Process process = run("Echo", "7000", "0");
        try {
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            assertTrue(line.matches("echo server on port \\d+"), line);
            int port = Integer.parseInt(line.replaceAll("\\D", ""));
            try (var a = new Socket(InetAddress.getLoopbackAddress(), port);
                    var b = new Socket(InetAddress.getLoopbackAddress(), port)) {
                for (Socket s : new Socket[] {a, b, a}) {
                    byte[] message = "hello, jevent\n".getBytes(StandardCharsets.UTF_8);
                    s.getOutputStream().write(message);
                    assertArrayEquals(message, s.getInputStream().readNBytes(message.length));
                }
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    @Test
    void theSecondProgramFetchesTwoPagesAndGivesUpOnTheThird() throws Exception {
        var web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        web.createContext(
                "/",
                exchange -> {
                    if (exchange.getRequestURI().getPath().equals("/slow")) {
                        return; // no answer, ever
                    }
                    byte[] page = new byte[21];
                    exchange.sendResponseHeaders(200, page.length);
                    exchange.getResponseBody().write(page);
                    exchange.close();
                });
        web.start();
        try {
            Process process =
                    run("Pages", "localhost:8000", "127.0.0.1:" + web.getAddress().getPort());
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertEquals("42\ntoo slow\n", output);
            assertEquals(0, process.waitFor());
        } finally {
            web.stop(0);
        }
    }

    @Test
    void theToolkitProgramSelectsAndCancels() throws Exception {
        Process process = run("Toolkit", "ofSeconds(5)", "ofSeconds(30)");
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals("one\ntwo\nno more\nthe others are cancelled\none fails\n", output);
        assertEquals(0, process.waitFor());
    }

    @Test
    void theNetworkProgramTalksAndRunsChildren() throws Exception {
        Process process = run("Network", "ofSeconds(5)", "ofSeconds(30)");
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals("hello\nand good bye\nfirst\nsecond\n", output);
        assertEquals(0, process.waitFor());
    }

    @Test
    void theWebProgramAnswersByHttpAndByWebSocket() throws Exception {
        Process process = run("Web", "127.0.0.1:8000", "127.0.0.1:0");
        try (HttpClient client = HttpClient.newHttpClient()) {
            String line = process.inputReader().readLine();
            assertTrue(line.matches("web server on port \\d+"), line);
            String host = "//127.0.0.1:" + line.replaceAll("\\D", "");

            assertEquals("hello, you\n", text(client, get("http:" + host + "/?name=you")));
            assertEquals("here it is\n", text(client, get("http:" + host + "/later")));
            assertEquals("abc", text(client, get("http:" + host + "/echo").POST(ofString("abc"))));
            assertEquals(
                    404,
                    client.send(get("http:" + host + "/x").build(), discarding()).statusCode());

            var heard = new CompletableFuture<String>();
            var listener =
                    new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(
                                WebSocket socket, CharSequence data, boolean last) {
                            boolean ignored = heard.complete(data.toString());
                            return heard;
                        }
                    };
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(URI.create("ws:" + host + "/socket"), listener)
                            .get(20, TimeUnit.SECONDS);
            Object ignored = socket.sendText("loud", true).get(20, TimeUnit.SECONDS);
            assertEquals("LOUD", heard.get(20, TimeUnit.SECONDS));
            socket.abort();
        } finally {
            process.destroy();
            int ignored = process.waitFor();
        }
    }

    private static HttpRequest.Builder get(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private static String text(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString()).body();
    }
}
