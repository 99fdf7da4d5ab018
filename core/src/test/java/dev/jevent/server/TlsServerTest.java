package dev.jevent.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Jevent;
import dev.jevent.ssl.Tls;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A server that speaks TLS: jevent's, and once the JDK's own. */
class TlsServerTest extends ServerScenario {

    private static final char[] PASSWORD = "password".toCharArray();
    private static SSLContext context;

    @BeforeAll
    static void makeKey(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments =
                "-genkeypair -alias localhost -dname CN=localhost -keyalg EC -keystore " + file;
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(arguments.split(" ", -1)));
        command.addAll(List.of("-storepass", new String(PASSWORD)));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    }

    private static SSLSocket layered(Socket plain, boolean client) throws IOException {
        var tls =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(plain, "localhost", plain.getPort(), true);
        tls.setUseClientMode(client);
        return tls;
    }

    private static SSLSocket wrap(Socket plain) throws IOException {
        return layered(plain, false);
    }

    private static void assertGone(Socket socket) throws IOException {
        try (socket) {
            while (socket.getInputStream().read() >= 0) {
                // an alert, perhaps
            }
        } catch (SocketException e) {
            assertTrue(e.getMessage().startsWith("Connection reset"), e.getMessage());
        }
    }

    @Test
    void theHandlerGetsTheSocketAfterTheHandshake() throws Exception {
        List<String> protocols = new ArrayList<>();
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            var tls = (SSLSocket) socket;
                                            protocols.add(tls.getSession().getProtocol());
                                            echo(socket);
                                        })
                                .tls(Tls.server(context)));
        together(
                () -> {
                    try (SSLSocket tls = layered(connect(server), true)) {
                        talk(tls);
                    }
                });
        assertEquals(List.of("TLSv1.3"), protocols);
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
    }

    @Test
    void aHandshakeThatIsStuckHoldsUpNobody() throws Exception {
        StreamServer server = started(server(ServerScenario::echo).tls(Tls.server(context)));
        together(
                () -> {
                    Socket stuck = closing(connect(server));
                    stuck.getOutputStream().write(22); // the beginning of a record, and no more
                    until(() -> server.connections() == 1);
                    try (SSLSocket tls = layered(connect(server), true)) {
                        talk(tls);
                    }
                    server.stop(Duration.ofMillis(10));
                    assertGone(stuck);
                });
        assertEquals(List.of(), failures);
    }

    @Test
    void aFailedHandshakeIsTheClientsFault() throws Exception {
        List<String> told = new ArrayList<>();
        int[] handled = {0};
        StreamServer server =
                started(
                        server(
                                        socket -> {
                                            handled[0]++;
                                        })
                                .tls(Tls.server(context))
                                .onHandshakeFailure(
                                        (connection, failure) ->
                                                told.add(connection + ": " + failure)));
        together(
                () -> {
                    Socket client = connect(server);
                    String from = "connection from 127.0.0.1:" + client.getLocalPort();
                    client.getOutputStream()
                            .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    assertGone(client);
                    assertTrue(told.get(0).startsWith(from + ": "), told.get(0));
                    connect(server).close(); // before the handshake
                    until(() -> server.failedHandshakes() == 2);
                });
        assertEquals(0, handled[0]);
        assertEquals(2, told.size());
        until(() -> server.connections() == 0);
        assertEquals(List.of(), failures);
        assertTrue(server.started());
    }

    @Test
    void thePROXYHeaderComesBeforeTls() throws Exception {
        SocketAddress there = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.7"), 4711);
        List<SocketAddress> seen = new ArrayList<>();
        StreamServer server =
                started(
                        closing(
                                StreamServer.ofConnections(
                                                loopback(),
                                                c -> {
                                                    seen.add(c.remoteAddress());
                                                    seen.add(c.socket().getRemoteSocketAddress());
                                                    echo(c.socket());
                                                })
                                        .proxyProtocol(ProxyProtocol.REQUIRED)
                                        .tls(Tls.server(context))));
        together(
                () -> {
                    Socket plain = connect(server);
                    ProxyProtocol.write(plain.getOutputStream(), there, there, 2);
                    try (SSLSocket tls = layered(plain, true)) {
                        talk(tls);
                    }
                });
        assertEquals(List.of(there, there), seen);
        assertEquals(List.of(), failures);
    }

    @Test
    void anIdleTlsConnectionIsLetGo() throws Exception {
        List<Integer> ends = new ArrayList<>();
        StreamServer server =
                started(
                        closing(
                                StreamServer.ofConnections(
                                                loopback(),
                                                c -> {
                                                    InputStream in = c.socket().getInputStream();
                                                    c.idle(true);
                                                    ends.add(in.read());
                                                })
                                        .tls(Tls.server(context))));
        together(
                () -> {
                    try (SSLSocket tls = layered(connect(server), true)) {
                        tls.startHandshake();
                        Jevent.sleep(20);
                        server.stop(LONG);
                        assertEquals(-1, tls.getInputStream().read());
                    }
                });
        assertEquals(List.of(-1), ends);
        assertEquals(List.of(), failures);
    }

    @Test
    void aListenerThatSpeaksTlsIsFineAndNotWrappedTwice() throws Exception {
        ServerSocket listener =
                closing(
                        context.getServerSocketFactory()
                                .createServerSocket(0, 5, InetAddress.getLoopbackAddress()));
        var twice = closing(new StreamServer(listener, ServerScenario::echo));
        assertThrows(IllegalArgumentException.class, twice.tls(Tls.server(context))::start);
        var behind = closing(new StreamServer(listener, ServerScenario::echo));
        assertThrows(
                IllegalArgumentException.class,
                behind.proxyProtocol(ProxyProtocol.OPTIONAL)::start);
        StreamServer server = started(new StreamServer(listener, ServerScenario::echo));
        together(
                () -> {
                    try (SSLSocket tls = layered(connect(server), true)) {
                        talk(tls);
                    }
                });
    }

    @Test
    void opensslSpeaksWithIt() throws Exception {
        Assumptions.assumeTrue(new File("/usr/bin/openssl").exists(), "no openssl");
        StreamServer server = started(server(ServerScenario::echo).tls(TlsServerTest::wrap));
        var openssl =
                new ProcessBuilder(
                                "openssl",
                                "s_client",
                                "-quiet",
                                "-connect",
                                "127.0.0.1:" + server.port())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            var out = openssl.outputWriter(StandardCharsets.UTF_8);
            out.write("hello\n");
            out.flush();
            var in = openssl.inputReader(StandardCharsets.UTF_8);
            String line = Jevent.withTimeout(LONG, () -> Jevent.blocking(in::readLine));
            assertEquals("hello", line);
        } finally {
            assertTrue(openssl.destroyForcibly().waitFor(10, TimeUnit.SECONDS));
        }
        until(() -> server.connections() == 0);
    }
}
