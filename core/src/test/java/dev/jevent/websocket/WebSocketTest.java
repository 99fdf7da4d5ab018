package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.HttpServer;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

/** Our client and our server talk. */
class WebSocketTest extends WebSocketScenario {

    @Test
    void messagesGoBothWays() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    WebSocket socket = connect(server);
                    for (String text : List.of("hello", "", "grüße, 世界 😀", "x".repeat(70_000))) {
                        socket.send(text);
                        assertText(text, socket.receive());
                    }
                    byte[] many = new byte[300_000];
                    new Random(1).nextBytes(many);
                    for (int n : new int[] {0, 1, 125, 126, 8178, 8179, 65535, 65536, 300_000}) {
                        socket.send(many, 0, n);
                        byte[] back = bytes(socket.receive());
                        assertArrayEquals(java.util.Arrays.copyOf(many, n), back);
                    }
                    assertTrue(socket.isOpen());
                    assertFalse(socket.holdsMemory());
                    socket.close();
                    assertFalse(socket.isOpen());
                    assertNull(socket.receive());
                    assertEquals(1000, socket.closeCode());
                });
        assertEquals(List.of(), reports);
        assertEquals(List.of(), problems);
    }
}
