package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.HttpServer;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.WebSocket.Listener;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/** The JDK's client, which has nothing of ours, talks to our server. */
class JdkClientTest extends WebSocketScenario {

    /** Puts messages together and keeps them. */
    private static final class Heard implements Listener {
        final LinkedBlockingQueue<Object> all = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onText(
                java.net.http.WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                all.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(
                java.net.http.WebSocket socket, ByteBuffer data, boolean last) {
            while (data.hasRemaining()) {
                binary.write(data.get());
            }
            if (last) {
                all.add(binary.toByteArray());
                binary.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(java.net.http.WebSocket socket, ByteBuffer message) {
            all.add("pong of " + message.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(java.net.http.WebSocket socket, int code, String reason) {
            all.add("closed " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(java.net.http.WebSocket socket, Throwable error) {
            all.add(error);
        }

        /** The next thing; the hub goes on meanwhile. */
        Object next() {
            until(() -> !all.isEmpty());
            return all.remove();
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        until(future::isDone);
        return future.join();
    }

    @Test
    void textBinaryFragmentsAndPingsGoBothWays() throws Exception {
        HttpServer server =
                server(WebSocketOptions.defaults().subprotocols("chat"), WebSocketScenario::echo);
        try (HttpClient http = HttpClient.newHttpClient()) {
            Heard heard = new Heard();
            var socket =
                    await(
                            http.newWebSocketBuilder()
                                    .subprotocols("other", "chat")
                                    .buildAsync(uri(server), heard));
            assertEquals("chat", socket.getSubprotocol());
            for (int n : new int[] {0, 1, 125, 126, 70_000}) {
                String text = "ü".repeat(n);
                var ignored = await(socket.sendText(text, true));
                assertEquals(text, heard.next());
                byte[] data = new byte[n];
                ignored = await(socket.sendBinary(ByteBuffer.wrap(data), true));
                assertArrayEquals(data, (byte[]) heard.next());
            }
            var ignored = await(socket.sendText("in ", false));
            ignored = await(socket.sendPing(ByteBuffer.wrap(new byte[77])));
            assertEquals("pong of 77", heard.next());
            ignored = await(socket.sendText("three ", false));
            ignored = await(socket.sendText("pieces", true));
            assertEquals("in three pieces", heard.next());
            ignored = await(socket.sendClose(4000, "grüße"));
            assertEquals("closed 4000 ", heard.next());
        }
        assertEquals(List.of(), reports);
        assertEquals(List.of(), problems);
    }

    @Test
    void theServerMayCloseFirst() throws Exception {
        List<String> log = new ArrayList<>();
        HttpServer server =
                server(
                        socket -> {
                            socket.send("bye");
                            socket.close(4001, "that is all");
                            log.add("closed " + socket.closeCode());
                        });
        try (HttpClient http = HttpClient.newHttpClient()) {
            Heard heard = new Heard();
            var socket = await(http.newWebSocketBuilder().buildAsync(uri(server), heard));
            assertEquals("bye", heard.next());
            assertEquals("closed 4001 that is all", heard.next());
            until(() -> !log.isEmpty());
            assertTrue(socket.isInputClosed());
        }
        assertEquals(List.of("closed 4001"), log);
    }

    @Test
    void manyOfThemAtOnce() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        try (HttpClient http = HttpClient.newHttpClient()) {
            List<Heard> all = new ArrayList<>();
            List<java.net.http.WebSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(new Heard());
                sockets.add(
                        await(http.newWebSocketBuilder().buildAsync(uri(server), all.getLast())));
            }
            for (int i = 0; i < 20; i++) {
                var ignored = await(sockets.get(i).sendText("number " + i, true));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals("number " + i, all.get(i).next());
                sockets.get(i).abort();
            }
            until(() -> server.connections() == 0);
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void aRefusalIsUnderstood() throws Exception {
        HttpServer server =
                server(WebSocketOptions.defaults().origins("https://a"), WebSocketScenario::echo);
        try (HttpClient http = HttpClient.newHttpClient()) {
            var e =
                    assertThrows(
                            CompletionException.class,
                            () ->
                                    await(
                                            http.newWebSocketBuilder()
                                                    .header("Origin", "https://b")
                                                    .buildAsync(uri(server), new Heard())));
            var refused = assertInstanceOf(WebSocketHandshakeException.class, e.getCause());
            assertEquals(403, refused.getResponse().statusCode());
        }
    }
}
