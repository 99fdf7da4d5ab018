package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The program, as its users start it, and the JDK's WebSocket client. */
class ChatRoomTest {

    @TempDir Path dir;

    @Test
    void itSaysWhereItIsAndSaysGoodByeToAllWhenItIsToEnd() throws Exception {
        String classPath =
                Cli.examples() + File.pathSeparator + System.getProperty("java.class.path");
        try (Cli cli =
                        Cli.start(
                                dir, "run", "-cp", classPath, "dev.jevent.examples.ChatRoom", "0");
                HttpClient client = HttpClient.newHttpClient()) {
            int port = cli.awaitPort();
            cli.awaitLine("http://localhost:" + port + "/");
            var heard = new Heard();
            WebSocket socket =
                    client.newWebSocketBuilder()
                            .buildAsync(
                                    URI.create("ws://localhost:" + port + "/rooms/lobby/socket"),
                                    heard)
                            .get(20, TimeUnit.SECONDS);
            socket.sendText("{\"type\":\"join\",\"name\":\"ann\",\"key\":\"x\"}", true).join();
            String first = heard.first.get(20, TimeUnit.SECONDS);
            assertTrue(first.startsWith("{\"type\":\"welcome\",\"room\":\"lobby\""), first);
            cli.signal("TERM");
            assertEquals(1001, heard.closed.get(20, TimeUnit.SECONDS));
            Cli.Result result = cli.await();
            assertEquals(143, result.exit(), result.err());
            assertEquals("", result.err());
        }
    }

    private static final class Heard implements WebSocket.Listener {
        final CompletableFuture<String> first = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            first.complete(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return null; // and it answers by itself
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            first.completeExceptionally(error);
            closed.completeExceptionally(error);
        }
    }
}
