package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server behind a proxy. */
class ProxyProtocolTest extends ServerScenario {

    private static final SocketAddress CLIENT = at("203.0.113.7", 4711);
    private static final SocketAddress HERE = at("198.51.100.1", 443);

    private final List<SocketAddress> seen = new ArrayList<>();

    private static InetSocketAddress at(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    /** An echo that notes where the client is. */
    private StreamServer behind(ProxyProtocol protocol) throws IOException {
        return started(
                server(
                                socket -> {
                                    seen.add(socket.getRemoteSocketAddress());
                                    echo(socket);
                                })
                        .proxyProtocol(protocol));
    }

    private static Socket connectAndSend(StreamServer server, String text) throws IOException {
        Socket socket = connect(server);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static void assertClosed(Socket socket) throws IOException {
        try (socket) {
            assertEquals(-1, socket.getInputStream().read());
        } catch (SocketException e) {
            assertTrue(e.getMessage().startsWith("Connection reset"), e.getMessage());
        }
    }

    @Test
    void theHandlerSeesTheClientAndWhatItSends() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        together(
                () -> {
                    for (int version = 1; version <= 2; version++) {
                        try (Socket socket = connect(server)) {
                            var out = socket.getOutputStream();
                            ProxyProtocol.write(out, CLIENT, HERE, version);
                            talk(socket);
                        }
                    }
                });
        assertEquals(List.of(CLIENT, CLIENT), seen);
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void whatComesInOnePieceWithTheHeaderIsNotLost() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        together(
                () -> {
                    String header = "PROXY TCP4 203.0.113.7 198.51.100.1 4711 443\r\n";
                    String data = "0123456789".repeat(500);
                    try (Socket socket = connectAndSend(server, header + data)) {
                        assertEquals(
                                data,
                                new String(
                                        socket.getInputStream().readNBytes(data.length()),
                                        StandardCharsets.US_ASCII));
                    }
                });
        assertEquals(List.of(CLIENT), seen);
    }

    @Test
    void aHeaderThatComesByteByByteIsUnderstood() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        together(
                () -> {
                    try (Socket socket = connect(server)) {
                        String header = "PROXY TCP4 203.0.113.7 198.51.100.1 4711 443\r\n*";
                        for (byte b : header.getBytes(StandardCharsets.US_ASCII)) {
                            socket.getOutputStream().write(b);
                            Jevent.sleep(0);
                        }
                        assertEquals('*', socket.getInputStream().read());
                    }
                });
        assertEquals(List.of(CLIENT), seen);
    }

    @Test
    void aHeaderThatIsLongerThanMostIsUnderstood() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        together(
                () -> {
                    try (Socket socket = connect(server)) {
                        var out = socket.getOutputStream();
                        out.write(ProxyParser.SIGNATURE);
                        out.write(new byte[] {0x21, 0, (byte) 0xea, 0x63, 4, (byte) 0xea, 0x60});
                        out.write(new byte[60_000]); // a no-op that long
                        talk(socket);
                    }
                });
        assertEquals(1, seen.size());
    }

    @Test
    void theConnectionTellsAllThatIsKnown() throws Exception {
        List<String> told = new ArrayList<>();
        StreamServer server =
                started(
                        closing(
                                StreamServer.ofConnections(
                                                loopback(),
                                                c -> {
                                                    told.add("" + c.remoteAddress());
                                                    told.add("" + c.localAddress());
                                                    told.add("" + c.proxyHeader().isPresent());
                                                    told.add("" + c.socket().getInetAddress());
                                                    told.add("" + c.socket().getPort());
                                                    told.add("" + c.socket().getLocalPort());
                                                    told.add(c + "");
                                                })
                                        .proxyProtocol(ProxyProtocol.REQUIRED)));
        together(
                () -> {
                    Socket socket = connect(server);
                    ProxyProtocol.write(socket.getOutputStream(), CLIENT, HERE, 2);
                    assertClosed(socket);
                });
        assertEquals(
                List.of(
                        "/203.0.113.7:4711",
                        "/198.51.100.1:443",
                        "true",
                        "/203.0.113.7",
                        "4711",
                        "443",
                        "connection from 203.0.113.7:4711"),
                told);
    }

    @Test
    void aProxyThatSpeaksForItselfIsTheClient() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        List<SocketAddress> from = new ArrayList<>();
        together(
                () -> {
                    for (int version = 1; version <= 2; version++) {
                        try (Socket socket = connect(server)) {
                            from.add(socket.getLocalSocketAddress());
                            ProxyProtocol.write(socket.getOutputStream(), null, null, version);
                            talk(socket);
                        }
                    }
                });
        assertEquals(from, seen);
    }

    @Test
    void whoeverHasNoGoodHeaderIsClosedAndThatIsSaidOnce() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        together(
                () -> {
                    assertClosed(connectAndSend(server, "GET / HTTP/1.0\r\n\r\n"));
                    assertClosed(connectAndSend(server, "PROXY TCP4 x y z\r\n"));
                    Socket half = connectAndSend(server, "PROXY TCP4 ");
                    half.shutdownOutput();
                    assertClosed(half);
                });
        assertEquals(List.of(), seen);
        assertEquals(3, server.badProxyHeaders());
        assertEquals(1, failures.size());
        assertTrue(
                failures.get(0).getMessage().matches("connection from 127.0.0.1:\\d+ closed: .*"),
                failures.get(0).getMessage());
        assertTrue(server.started());
    }

    @Test
    void aProbeIsNoFailure() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED);
        together(
                () -> {
                    connect(server).close();
                    until(() -> server.accepted() == 1 && server.connections() == 0);
                    Socket reset = connect(server);
                    reset.setSoLinger(true, 0);
                    reset.close();
                    until(() -> server.accepted() == 2 && server.connections() == 0);
                });
        assertEquals(List.of(), failures);
    }

    @Test
    void aHeaderHasItsTimeAllInAll() throws Exception {
        StreamServer server = behind(ProxyProtocol.REQUIRED.headerTimeout(Duration.ofMillis(50)));
        together(
                () -> assertClosed(connect(server)),
                () -> {
                    try (Socket socket = connect(server)) {
                        while (true) { // a byte now and then does not help
                            socket.getOutputStream().write("PROXY UNKNOWN ".charAt(0));
                            Jevent.sleep(5);
                        }
                    } catch (IOException e) {
                        return;
                    }
                },
                () -> {
                    try (Socket socket = connectAndSend(server, "PROXY UNKNOWN\r\n")) {
                        talk(socket);
                        Jevent.sleep(100); // the time was for the header only
                        talk(socket);
                    }
                });
        assertEquals(2, server.badProxyHeaders());
        assertThrows(
                IllegalArgumentException.class,
                () -> ProxyProtocol.REQUIRED.headerTimeout(Duration.ZERO));
    }

    @Test
    void anOptionalHeaderMayBeMissing() throws Exception {
        StreamServer server = behind(ProxyProtocol.OPTIONAL.headerTimeout(Duration.ofMillis(30)));
        List<SocketAddress> expected = new ArrayList<>();
        together(
                () -> {
                    for (String text : List.of("hello", "P", "PROXY TCP4", "\r\n\r\nx")) {
                        try (Socket socket = connectAndSend(server, text)) {
                            boolean half = text.startsWith("P");
                            if (half) {
                                assertClosed(socket);
                                continue;
                            }
                            expected.add(socket.getLocalSocketAddress());
                            assertEquals(
                                    text,
                                    new String(
                                            socket.getInputStream().readNBytes(text.length()),
                                            StandardCharsets.US_ASCII));
                        }
                    }
                    try (Socket socket = connect(server)) {
                        ProxyProtocol.write(socket.getOutputStream(), CLIENT, HERE, 1);
                        talk(socket);
                        expected.add(CLIENT);
                    }
                    try (Socket socket = connect(server)) { // who waits for the server to speak
                        expected.add(socket.getLocalSocketAddress());
                        until(() -> seen.size() == expected.size());
                        talk(socket);
                    }
                });
        assertEquals(expected, seen);
    }

    @Test
    void onlyTheTrustedAreBelieved() throws Exception {
        StreamServer required = behind(ProxyProtocol.REQUIRED.trusting("10.0.0.0/8", "unix"));
        StreamServer optional = behind(ProxyProtocol.OPTIONAL.trusting(a -> false));
        StreamServer trusting = behind(ProxyProtocol.REQUIRED.trusting("127.0.0.0/8", "::1"));
        String header = "PROXY TCP4 203.0.113.7 198.51.100.1 4711 443\r\n";
        together(
                () -> {
                    assertClosed(connectAndSend(required, header));
                    try (Socket socket = connectAndSend(optional, header)) {
                        // it is data
                        assertEquals('P', socket.getInputStream().read());
                        assertFalse(seen.contains(CLIENT));
                    }
                    try (Socket socket = connectAndSend(trusting, header)) {
                        talk(socket);
                    }
                });
        assertTrue(seen.contains(CLIENT));
        assertEquals(1, required.badProxyHeaders());
    }

    @Test
    void blocksOfAddressesAreThoseOfTheirBits() {
        assertTrue(Cidr.parse("10.0.0.0/8").test(at("10.255.1.2", 1)));
        assertFalse(Cidr.parse("10.0.0.0/8").test(at("11.0.0.0", 1)));
        assertTrue(Cidr.parse("10.1.2.3").test(at("10.1.2.3", 1)));
        assertFalse(Cidr.parse("10.1.2.3").test(at("10.1.2.2", 1)));
        assertTrue(Cidr.parse("192.168.4.0/22").test(at("192.168.7.255", 1)));
        assertFalse(Cidr.parse("192.168.4.0/22").test(at("192.168.8.0", 1)));
        assertTrue(Cidr.parse("0.0.0.0/0").test(at("1.2.3.4", 1)));
        assertFalse(Cidr.parse("0.0.0.0/0").test(at("::1", 1)));
        assertTrue(Cidr.parse("fd00::/7").test(at("fc00::1", 1)));
        assertFalse(Cidr.parse("::1").test(UnixDomainSocketAddress.of("/x")));
        for (String bad :
                List.of("", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "localhost", "::/129")) {
            assertThrows(IllegalArgumentException.class, () -> Cidr.parse(bad), bad);
        }
    }

    @Test
    void theWrappedSocketIsTheAcceptedOneInAllElse() throws Exception {
        List<Boolean> checks = new ArrayList<>();
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            checks.add(socket.isConnected() && socket.isBound());
                                            checks.add(socket.getTcpNoDelay());
                                            checks.add(socket.getSoTimeout() == 0);
                                            socket.setSoTimeout(1234);
                                            checks.add(socket.getSoTimeout() == 1234);
                                            checks.add(
                                                    socket.getOption(
                                                            StandardSocketOptions.TCP_NODELAY));
                                            checks.add(socket.getInputStream().available() == 2);
                                            checks.add(socket.getInputStream().read() == '1');
                                            checks.add(socket.getInputStream().read() == '2');
                                            socket.shutdownOutput();
                                            checks.add(socket.isOutputShutdown());
                                            socket.close();
                                            checks.add(socket.isClosed());
                                        })
                                .proxyProtocol(ProxyProtocol.REQUIRED));
        together(() -> assertClosed(connectAndSend(server, "PROXY UNKNOWN\r\n12")));
        until(() -> server.connections() == 0);
        assertEquals(10, checks.size());
        assertFalse(checks.contains(false), checks.toString());
    }

    @Test
    void anIdleConnectionBehindAProxyEndsToo() throws Exception {
        StreamServer server =
                started(
                        closing(
                                StreamServer.ofConnections(
                                                loopback(),
                                                c -> {
                                                    c.idle(true);
                                                    c.socket().getInputStream().read();
                                                })
                                        .proxyProtocol(ProxyProtocol.REQUIRED)));
        together(
                () -> {
                    Socket socket = closing(connectAndSend(server, "PROXY UNKNOWN\r\n"));
                    until(() -> server.connections() == 1);
                    aWhile();
                    server.stop(LONG);
                    assertClosed(socket);
                });
        assertEquals(List.of(), failures);
    }

    @Test
    void curlSpeaksIt() throws Exception {
        Assumptions.assumeTrue(new File("/usr/bin/curl").exists(), "no curl");
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            seen.add(socket.getRemoteSocketAddress());
                                            while (socket.getInputStream().read() != '\n') {
                                                // the request line
                                            }
                                            String answer =
                                                    String.join(
                                                            "\r\n",
                                                            "HTTP/1.0 200 OK",
                                                            "Content-Length: 2",
                                                            "",
                                                            "ok");
                                            socket.getOutputStream()
                                                    .write(
                                                            answer.getBytes(
                                                                    StandardCharsets.US_ASCII));
                                            socket.shutdownOutput();
                                            echoless(socket);
                                        })
                                .proxyProtocol(ProxyProtocol.REQUIRED));
        var curl =
                new ProcessBuilder(
                                "curl",
                                "-sS",
                                "--max-time",
                                "20",
                                "--haproxy-protocol",
                                "http://127.0.0.1:" + server.port() + "/")
                        .redirectErrorStream(true)
                        .start();
        try {
            until(() -> !curl.isAlive());
            assertEquals(
                    "ok", new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertTrue(seen.get(0).toString().startsWith("/127.0.0.1:"));
        } finally {
            assertTrue(curl.destroyForcibly().waitFor(10, TimeUnit.SECONDS));
        }
    }

    private static void echoless(Socket socket) throws IOException {
        while (socket.getInputStream().read(new byte[100]) >= 0) {
            // until the client has closed
        }
    }

    @Test
    void itsTextSaysWhatItIs() {
        assertEquals("ProxyProtocol[required, PT5S]", ProxyProtocol.REQUIRED + "");
        assertEquals(
                "ProxyProtocol[optional, trusting some, PT5S]",
                ProxyProtocol.OPTIONAL.trusting("unix") + "");
    }
}
