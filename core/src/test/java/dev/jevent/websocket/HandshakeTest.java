package dev.jevent.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.http.HttpServer;
import dev.jevent.socket.Sockets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The opening handshake: good and bad clients of our server, good and bad servers of our client.
 */
class HandshakeTest extends WebSocketScenario {

    // ---- the server's side

    /** The head of the answer to a good request in which something was replaced. */
    private String answer(WebSocketOptions options, String what, String by) throws Exception {
        HttpServer server = server(options, WebSocketScenario::echo);
        var head = new String[1];
        together(
                () -> {
                    try (var peer =
                            new RawPeer(Sockets.connect("127.0.0.1", server.port()), true)) {
                        String request = RawPeer.request(server, "");
                        assertTrue(request.contains(what), what);
                        peer.stream.writeString(request.replace(what, by));
                        head[0] = peer.head();
                    }
                });
        return head[0];
    }

    private static int status(String head) {
        return Integer.parseInt(head.substring(9, 12));
    }

    private static Optional<String> field(String head, String name) {
        return head.lines()
                .filter(
                        line ->
                                line.toLowerCase(Locale.ROOT)
                                        .startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    @ParameterizedTest
    @CsvSource({
        "101, Connection: Upgrade, Connection: Upgrade",
        "101, Connection: Upgrade, 'Connection: keep-alive, upgrade'",
        "101, Connection: Upgrade, 'Connection: keep-alive\r\nConnection: UPGRADE'",
        "101, Upgrade: websocket, Upgrade: WebSocket",
        "101, Upgrade: websocket, 'Upgrade: h2c, websocket'",
        "400, Connection: Upgrade, Connection: keep-alive",
        "426, Upgrade: websocket, Upgrade: h2c",
        "426, Upgrade: websocket, X: websocket",
        "426, Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8",
        "426, Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 0",
        "426, Sec-WebSocket-Version: 13, X: 13",
        "426, Sec-WebSocket-Version: 13, 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13'",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, X: y",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, Sec-WebSocket-Key: ",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, Sec-WebSocket-Key:"
                + " dGhlIHNhbXBsZSBub25jZQ",
        "400, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, Sec-WebSocket-Key:"
                + " *hlIHNhbXBsZSBub25jZQ==",
        "400, Sec-WebSocket-Version: 13, 'Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='",
        "400, GET /, POST /",
        "400, HTTP/1.1, HTTP/1.0",
        "400, Sec-WebSocket-Version: 13, 'Sec-WebSocket-Version: 13\r\nContent-Length: 5'",
        "400, Sec-WebSocket-Version: 13, 'Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Protocol: a b'",
        "400, Sec-WebSocket-Version: 13, 'Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Protocol: a, a'",
        "400, Sec-WebSocket-Version: 13, 'Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Extensions: a;;b'",
    })
    void theServerLooksAtEverything(int status, String what, String by) throws Exception {
        String head = answer(WebSocketOptions.defaults(), what, by);
        assertEquals(status, status(head), head);
        if (status == 101) {
            assertEquals(Optional.of(RawPeer.ACCEPT), field(head, "Sec-WebSocket-Accept"));
            assertEquals(Optional.of("Upgrade"), field(head, "Connection"));
            assertEquals(Optional.of("websocket"), field(head, "Upgrade"));
        } else if (status == 426) {
            assertEquals(Optional.of("13"), field(head, "Sec-WebSocket-Version"), head);
            assertEquals(Optional.of("websocket"), field(head, "Upgrade"), head);
        }
        assertEquals(List.of(), reports);
    }

    private int statusForOrigin(WebSocketOptions options, String host, String origin)
            throws Exception {
        HttpServer server = server(options, WebSocketScenario::echo);
        var head = new String[1];
        together(
                () -> {
                    try (var peer =
                            new RawPeer(Sockets.connect("127.0.0.1", server.port()), true)) {
                        peer.stream.writeString(
                                RawPeer.request(server, "Origin: " + origin + "\r\n")
                                        .replace("127.0.0.1:" + server.port(), host));
                        head[0] = peer.head();
                    }
                });
        return status(head[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "example.org, http://example.org, 101",
        "example.org, https://example.org, 101",
        "example.org, http://EXAMPLE.org:80, 101",
        "example.org:80, http://example.org, 101",
        "example.org:8080, http://example.org:8080, 101",
        "[::1]:8080, http://[::1]:8080, 101",
        "example.org, https://example.org:80, 403",
        "example.org, http://example.org:8080, 403",
        "example.org:8080, http://example.org, 403",
        "example.org, http://evil.example, 403",
        "example.org, http://example.org.evil.example, 403",
        "example.org, http://evil.example/example.org, 403",
        "example.org, null, 403",
        "example.org, file://, 403",
        "example.org, ftp://example.org, 403",
        "example.org, 'http://example.org\r\nOrigin: http://evil.example', 403",
        "example.org, http://exa mple, 403",
    })
    void pagesOfAnotherHostAreRefused(String host, String origin, int status) throws Exception {
        assertEquals(status, statusForOrigin(WebSocketOptions.defaults(), host, origin));
    }

    @Test
    void whichPagesMayConnectCanBeSaid() throws Exception {
        var one = WebSocketOptions.defaults().origins("https://app.example");
        assertEquals(101, statusForOrigin(one, "api.example", "https://APP.example"));
        assertEquals(403, statusForOrigin(one, "api.example", "http://app.example"));
        assertEquals(403, statusForOrigin(one, "api.example", "https://api.example"));
        var any = WebSocketOptions.defaults().origins("*");
        assertEquals(101, statusForOrigin(any, "api.example", "null"));
        var some = WebSocketOptions.defaults().origins(o -> o.endsWith(".example"));
        assertEquals(101, statusForOrigin(some, "api.example", "x.example"));
        assertEquals(403, statusForOrigin(some, "api.example", "x.org"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', , ",
        "'a,b', , ",
        "'a,b', c, ",
        "'a,b', b, b",
        "'a,b', 'b, a', a",
        "'a,b', 'c,b\r\nSec-WebSocket-Protocol: a', a",
        "'', a, ",
    })
    void theServerChoosesTheBestSubprotocolThatTheClientHas(
            String mine, String offered, String chosen) throws Exception {
        var options =
                WebSocketOptions.defaults()
                        .subprotocols(mine.isEmpty() ? new String[0] : mine.split(",", -1));
        String version = "Sec-WebSocket-Version: 13";
        String head =
                answer(
                        options,
                        version,
                        offered == null
                                ? version
                                : version + "\r\nSec-WebSocket-Protocol: " + offered);
        assertEquals(101, status(head), head);
        assertEquals(Optional.ofNullable(chosen), field(head, "Sec-WebSocket-Protocol"));
    }

    @Test
    void framesMayComeTogetherWithTheHandshake() throws Exception {
        HttpServer server = server(WebSocketScenario::echo);
        together(
                () -> {
                    var peer =
                            closing(new RawPeer(Sockets.connect("127.0.0.1", server.port()), true));
                    byte[] request = RawPeer.request(server, "").getBytes(StandardCharsets.UTF_8);
                    byte[] frame = peer.frame(0x81, "early".getBytes(StandardCharsets.UTF_8));
                    byte[] both = new byte[request.length + 2 * frame.length];
                    System.arraycopy(request, 0, both, 0, request.length);
                    System.arraycopy(frame, 0, both, request.length, frame.length);
                    System.arraycopy(frame, 0, both, both.length - frame.length, frame.length);
                    peer.send(both);
                    assertEquals(101, status(peer.head()));
                    assertEquals("early", peer.read().text());
                    assertEquals("early", peer.read().text());
                });
    }

    @Test
    void fieldsThatTheHandlerSetsGoWithTheHandshake() throws Exception {
        var server =
                new HttpServer(
                        loopback(),
                        (request, response) -> {
                            var ignored = response.header("Set-Cookie", "a=b");
                            try (var socket = WebSocket.accept(request, response)) {
                                echo(socket);
                            }
                        });
        server.start();
        closing(server);
        together(
                () -> {
                    var peer =
                            closing(new RawPeer(Sockets.connect("127.0.0.1", server.port()), true));
                    peer.stream.writeString(RawPeer.request(server, ""));
                    assertEquals(Optional.of("a=b"), field(peer.head(), "Set-Cookie"));
                });
    }

    // ---- the client's side

    /** What our client makes of an answer; {@code KEY} stands for what belongs to its key. */
    private Throwable clientGets(WebSocketOptions options, String answer) throws Exception {
        var failure = new Throwable[1];
        var request = new ArrayList<String>();
        try (ServerSocket listener = Sockets.listen(loopback())) {
            together(
                    () -> {
                        try (var peer = new RawPeer(listener.accept(), false)) {
                            String head = peer.head();
                            request.add(head);
                            String key = field(head, "Sec-WebSocket-Key").orElseThrow();
                            peer.stream.writeString(answer.replace("KEY", Handshakes.accept(key)));
                            if (!answer.endsWith("\r\n\r\n")) {
                                peer.socket.shutdownOutput();
                            }
                            awaitEnd(peer);
                        }
                    },
                    () -> {
                        URI uri =
                                URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/a?b=c");
                        try (var socket =
                                WebSocket.connect(
                                        uri, options.closeTimeout(Duration.ofMillis(1)))) {
                            assertTrue(socket.isOpen());
                        } catch (IOException e) {
                            failure[0] = e;
                        }
                    });
        }
        assertTrue(request.getFirst().startsWith("GET /a?b=c HTTP/1.1\n"), request.getFirst());
        return failure[0];
    }

    private static void awaitEnd(RawPeer peer) {
        try {
            while (peer.stream.read(1000).length > 0) {
                turns(1);
            }
        } catch (IOException e) {
            return; // a reset is an end
        }
    }

    private static final String GOOD =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: KEY\r\n";

    @ParameterizedTest
    @CsvSource({
        "101 Switching Protocols, 101",
        "101 Switching Protocols, 101 ",
        "Upgrade: websocket, Upgrade: WEBSOCKET",
        "Connection: Upgrade, 'Connection: keep-alive, upgrade'",
        "HTTP/1.1 101, 'HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 101'",
    })
    void theClientTakesWhatIsGood(String what, String by) throws Exception {
        assertTrue(GOOD.contains(what));
        String answer = GOOD.replace(what, by) + "\r\n";
        assertEquals(null, clientGets(WebSocketOptions.defaults(), answer));
    }

    @ParameterizedTest
    @CsvSource({
        "Upgrade: websocket, Upgrade: h2c, 101, Upgrade",
        "Upgrade: websocket, X: y, 101, Upgrade",
        "Connection: Upgrade, Connection: close, 101, Connection",
        "KEY, x, 101, Accept",
        "Sec-WebSocket-Accept: KEY, X: y, 101, Accept",
        "Sec-WebSocket-Accept: KEY, 'Sec-WebSocket-Accept: KEY\r\n"
                + "Sec-WebSocket-Accept: KEY', 101, Accept",
        "Upgrade: websocket, 'Upgrade: websocket\r\nSec-WebSocket-Protocol: x', 101, sub-protocol",
        "Upgrade: websocket, 'Upgrade: websocket\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate', 101, extensions",
        "HTTP/1.1 101, HTTP/1.0 101, 0, HTTP/1.0",
        "HTTP/1.1 101, HTTP/1.1 abc, 0, abc",
        "HTTP/1.1 101, SSH-2.0 101, 0, not HTTP",
        "Upgrade: websocket, no field, 101, no field",
        "101 Switching Protocols, 403 Forbidden, 403, 403 Forbidden",
        "101 Switching Protocols, 503, 503, 503",
        "101 Switching Protocols, 200 OK, 200, 200",
        "'101 Switching Protocols', '302 Found\r\nLocation: ws://other/', 302, ws://other/",
    })
    void theClientRefusesWhatIsBad(String what, String by, int status, String message)
            throws Exception {
        assertTrue(GOOD.contains(what));
        String answer = GOOD.replace(what, by) + "\r\n";
        Throwable failure = clientGets(WebSocketOptions.defaults(), answer);
        var e = assertInstanceOf(WebSocketHandshakeException.class, failure);
        assertEquals(status, e.status());
        assertEquals(1006, e.closeCode());
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(status == 302, e.location().isPresent());
    }

    @ParameterizedTest
    @CsvSource({"'', nothing", "HTTP/1.1 101, half", "'HTTP/1.1 101 X\r\nUpgrade: webs', half"})
    void theClientSaysWhenTheServerHangsUp(String answer, String message) throws Exception {
        Throwable failure = clientGets(WebSocketOptions.defaults(), answer);
        var e = assertInstanceOf(WebSocketHandshakeException.class, failure);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void anEndlessHeaderIsRefused() throws Exception {
        String answer = GOOD + "X: " + "x".repeat(40_000) + "\r\n\r\n";
        Throwable failure = clientGets(WebSocketOptions.defaults(), answer);
        assertInstanceOf(WebSocketHandshakeException.class, failure);
    }

    @ParameterizedTest
    @CsvSource({
        "'', true",
        "; server_no_context_takeover; client_no_context_takeover, true",
        "; server_max_window_bits=8; client_max_window_bits=10, true",
        "; server_max_window_bits=\"12\", true",
        "; server_max_window_bits, false",
        "; server_max_window_bits=16, false",
        "; server_max_window_bits=7, false",
        "; server_max_window_bits=08, false",
        "; client_max_window_bits, false",
        "; server_no_context_takeover=1, false",
        "; server_no_context_takeover; server_no_context_takeover, false",
        "; unknown, false",
        "', permessage-deflate', false",
    })
    void theClientLooksAtTheExtension(String parameters, boolean good) throws Exception {
        String answer =
                GOOD + "Sec-WebSocket-Extensions: permessage-deflate" + parameters + "\r\n\r\n";
        Throwable failure = clientGets(WebSocketOptions.defaults().compression(true), answer);
        assertEquals(good, failure == null, failure + "");
    }

    @Test
    void theClientSendsItsFieldsAndLearnsTheSubprotocol() throws Exception {
        var seen = new ArrayList<String>();
        var server =
                new HttpServer(
                        loopback(),
                        (request, response) -> {
                            seen.add(request.header("Authorization").orElse(""));
                            seen.add(request.host());
                            var mine = WebSocketOptions.defaults().subprotocols("v2", "v1");
                            try (var socket = WebSocket.accept(request, response, mine)) {
                                seen.add(socket.subprotocol().orElse(""));
                                echo(socket);
                            }
                        });
        server.start();
        closing(server);
        together(
                () -> {
                    var options =
                            WebSocketOptions.defaults()
                                    .subprotocols("v1", "v0")
                                    .header("Authorization", "Basic x");
                    WebSocket socket = connect(server, options);
                    assertEquals(Optional.of("v1"), socket.subprotocol());
                    socket.close();
                });
        assertEquals(List.of("Basic x", "127.0.0.1:" + server.port(), "v1"), seen);
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() throws Exception {
        try (ServerSocket listener = Sockets.listen(loopback())) {
            together(
                    () -> {
                        URI uri = URI.create("ws://127.0.0.1:" + listener.getLocalPort());
                        var options =
                                WebSocketOptions.defaults().connectTimeout(Duration.ofMillis(50));
                        var e =
                                assertThrows(
                                        SocketTimeoutException.class,
                                        () -> WebSocket.connect(uri, options));
                        assertTrue(e.getMessage().contains("50 ms"), e.getMessage());
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.org/, scheme",
        "ws:/path, host",
        "ws://example.org/#x, fragment",
        "ws://me@example.org/, user",
    })
    void badAddressesFailAtTheDoor(String uri, String message) {
        var e =
                assertThrows(
                        IllegalArgumentException.class, () -> WebSocket.connect(URI.create(uri)));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void badOptionsFailAtTheDoor() {
        var o = WebSocketOptions.defaults();
        for (org.junit.jupiter.api.function.Executable bad :
                List.<org.junit.jupiter.api.function.Executable>of(
                        () -> o.maxMessage(0),
                        () -> o.maxFrame(-1),
                        () -> o.subprotocols("a b"),
                        () -> o.subprotocols("a", "a"),
                        () -> o.header("Upgrade", "x"),
                        () -> o.header("X", "a\r\nb"),
                        () -> o.header("X y", "a"),
                        () -> o.pingInterval(Duration.ofMillis(-1)),
                        () -> o.closeTimeout(Duration.ofMillis(-1)),
                        () -> new Compression(false, 0, 1),
                        () -> new Compression(false, 1, -1))) {
            assertThrows(IllegalArgumentException.class, bad);
        }
    }
}
