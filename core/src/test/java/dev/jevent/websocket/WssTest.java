package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.event.AsyncResult;
import dev.jevent.http.HttpServer;
import dev.jevent.ssl.Tls;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

/** WebSockets over TLS. */
class WssTest extends WebSocketScenario {

    private static final char[] PASSWORD = "password".toCharArray();
    private static KeyStore store;

    @BeforeAll
    static void makeKey(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments =
                "-genkeypair -alias localhost -dname CN=localhost -ext san=dns:localhost -keyalg EC"
                        + " -keystore "
                        + file;
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(arguments.split(" ", -1)));
        command.addAll(List.of("-storepass", new String(PASSWORD)));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
    }

    private HttpServer secureServer(WebSocketOptions options, Talk talk) throws Exception {
        var server =
                new HttpServer(
                                loopback(),
                                (request, response) -> {
                                    try (WebSocket socket =
                                            WebSocket.accept(request, response, options)) {
                                        talk.with(socket);
                                    }
                                })
                        .tls(Tls.server(store, PASSWORD));
        server.start();
        closing(() -> server.stop(Duration.ofSeconds(1)));
        return server;
    }

    private static URI uri(HttpServer server, String host) {
        return URI.create("wss://" + host + ":" + server.port() + "/");
    }

    private static WebSocketOptions trusting() throws IOException {
        return WebSocketOptions.defaults().tls(Tls.client().trust(store));
    }

    @Test
    void messagesGoBothWays() throws Exception {
        HttpServer server = secureServer(WebSocketOptions.defaults(), WebSocketScenario::echo);
        together(
                () -> {
                    try (WebSocket socket =
                            WebSocket.connect(uri(server, "localhost"), trusting())) {
                        for (int n : new int[] {0, 5, 8178, 100_000, 900_000}) {
                            String text = "x".repeat(n);
                            Greenlet<Void> sender = Jevent.spawn(() -> socket.send(text));
                            assertText(text, socket.receive());
                            sender.get();
                        }
                        socket.close(4000, "");
                        assertEquals(4000, socket.closeCode());
                    }
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void theNameOfTheHostIsChecked() throws Exception {
        HttpServer server = secureServer(WebSocketOptions.defaults(), WebSocketScenario::echo);
        together(
                () -> {
                    assertThrows(
                            SSLException.class,
                            () -> WebSocket.connect(uri(server, "127.0.0.1"), trusting()));
                    assertThrows(
                            SSLException.class, () -> WebSocket.connect(uri(server, "localhost")));
                });
    }

    @Test
    void pingsTimeoutsAndTheEndOfTheServer() throws Exception {
        var options = WebSocketOptions.defaults().pingInterval(Duration.ofMillis(20));
        HttpServer server = secureServer(options, WebSocketScenario::echo);
        together(
                () -> {
                    WebSocket socket =
                            closing(WebSocket.connect(uri(server, "localhost"), trusting()));
                    Greenlet<Message> receiver = Jevent.spawn(socket::receive);
                    Jevent.sleep(100);
                    assertTrue(socket.isOpen(), "it has answered pings");
                    socket.ping(new byte[5]);
                    socket.send("x");
                    assertText("x", receiver.get());
                    receiver = Jevent.spawn(socket::receive);
                    turns(5);
                    Greenlet<Void> stop = Jevent.spawn(() -> server.stop(LONG));
                    assertNull(receiver.get());
                    assertEquals(1001, socket.closeCode());
                    stop.join();
                });
        assertEquals(List.of(), reports);
    }

    @Test
    void oneWhoAnswersNoPingIsGivenUp() throws Exception {
        var options = WebSocketOptions.defaults().pingInterval(Duration.ofMillis(20));
        var ended = new AsyncResult<Integer>();
        HttpServer server =
                secureServer(
                        options,
                        socket -> {
                            Message nothing = socket.receive();
                            ended.set(nothing == null ? socket.closeCode() : -1);
                        });
        together(
                () -> {
                    WebSocket silent =
                            closing(WebSocket.connect(uri(server, "localhost"), trusting()));
                    assertEquals(CloseCode.LOST, ended.get(LONG)); // nobody receives here
                    assertTrue(silent.isOpen(), "as far as is known here");
                });
        assertEquals(List.of(), reports);
    }
}
