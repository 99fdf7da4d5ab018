package dev.jevent.ssl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.server.StreamServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Keys, names, trust, sessions: what a Tls is made of. */
class TlsConfigTest extends TlsScenario {

    private static final char[] SECRET = "secret".toCharArray();

    @TempDir private Path folder;

    private void works(Tls server, Tls client) throws Exception {
        Failures failures = failures(server, client, "localhost");
        assertNull(failures.client());
        assertNull(failures.server());
    }

    private static BigInteger serial(SSLSocket client) throws IOException {
        return ((X509Certificate) client.getSession().getPeerCertificates()[0]).getSerialNumber();
    }

    private static BigInteger serial(String name) throws IOException {
        return Pem.certificates(file(name + ".pem")).get(0).getSerialNumber();
    }

    // ---- keys

    @ParameterizedTest
    @CsvSource({
        "server, server.key",
        "server, server-sec1.key",
        "server, server-all.pem",
        "server-all, server-all.pem",
        "rsa, rsa.key",
        "rsa, rsa-pkcs1.key"
    })
    void keysOfAllForms(String chain, String key) throws Exception {
        works(Tls.server(file(chain + ".pem"), file(key)), client());
    }

    @ParameterizedTest
    @CsvSource({"server, server-encrypted.key", "rsa, rsa-encrypted.key"})
    void encryptedKeys(String chain, String key) throws Exception {
        Path pem = file(chain + ".pem");
        works(Tls.server(pem, file(key), SECRET), client());
        var wrong =
                assertThrows(
                        IOException.class, () -> Tls.server(pem, file(key), "wrong".toCharArray()));
        assertTrue(wrong.getMessage().contains("password"), wrong.getMessage());
        var none = assertThrows(IOException.class, () -> Tls.server(pem, file(key)));
        assertTrue(none.getMessage().contains("needs a password"), none.getMessage());
    }

    @Test
    void keyOnAnEdwardsCurve() throws Exception {
        works(server("ed"), Tls.client(file("ed.pem")));
    }

    @Test
    void chainAndKeyInOneFile() throws Exception {
        works(Tls.server(file("server-all.pem")), client());
    }

    @Test
    void keyStores() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file("server.p12"))) {
            keys.load(in, SECRET);
        }
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ca", Pem.certificates(file("ca.pem")).get(0));
        works(Tls.server(keys, SECRET), Tls.client().trust(trust));
    }

    @Test
    void contextsOfOthers() throws Exception {
        works(Tls.server(server().context()), Tls.client(client().context()));
        assertThrows(
                IllegalStateException.class,
                () -> Tls.client(client().context()).trust(file("ca.pem")));
    }

    @Test
    void badFilesAreRefusedWithTheirNames() throws Exception {
        Path pem = file("server.pem");
        assertThrows(NoSuchFileException.class, () -> Tls.server(pem, file("nothing.key")));
        refused("server.pem: no private key", () -> Tls.server(pem, pem));
        refused("server.key: no certificate", () -> Tls.client(file("server.key")));
        refused("does not belong", () -> Tls.server(pem, file("second.key")));
        refused("rsa.key", () -> Tls.server(pem, file("rsa.key")));
        refused("openssl pkcs8", () -> Tls.server(file("rsa.pem"), file("rsa-old-encrypted.key")));
        Path broken = folder.resolve("broken.pem");
        Files.writeString(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        refused("broken.pem", () -> Tls.client(broken));
    }

    private static void refused(String why, Action action) {
        Throwable e = thrownBy(action);
        assertInstanceOf(IOException.class, e);
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @Test
    void lengthsInDerOfAllSizes() {
        for (int length : new int[] {1, 100, 127, 128, 200, 255, 256, 40_000, 70_000}) {
            byte[] algorithm = {0x30, 3, 6, 1, 1};
            byte[] info = Der.privateKeyInfo(algorithm, new byte[length]);
            byte[] asPublic = Der.privateKeyInfo(info, new byte[0]);
            assertEquals(0x30, asPublic[0]);
            var key = new byte[info.length + 2];
            key[0] = 0x30;
            System.arraycopy(info, 0, key, 2, info.length);
            assertArrayEquals(info, Der.algorithm(key));
        }
        assertThrows(IllegalArgumentException.class, () -> Der.algorithm(new byte[] {1, 2, 3}));
    }

    @Test
    void eachCallLeavesTheOldOneAsItIs() throws Exception {
        Tls tls = client();
        Tls changed = tls.alpn("h2").protocols("TLSv1.2");
        assertEquals(0, tls.settings().alpn.size());
        assertEquals(1, changed.settings().alpn.size());
        assertThrows(
                IllegalArgumentException.class, () -> tls.handshakeTimeout(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> tls.sessions(-1, Duration.ZERO));
    }

    // ---- names

    private void answers(Tls server, String host, String certificate) throws Exception {
        Tls client = client().insecurelyWithoutHostCheck();
        for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
            Pair pair = fresh(server, client.protocols(version), host);
            together(pair.client()::startHandshake, pair.server()::startHandshake);
            assertEquals(serial(certificate), serial(pair.client()), host);
        }
    }

    @Test
    void certificateIsChosenByTheName() throws Exception {
        Tls server =
                server().sni("a.example.org", file("example.pem"), file("example.key"))
                        .sni("*.Example.org", file("wildcard.pem"), file("wildcard.key"));
        answers(server, "a.example.org", "example");
        answers(server, "A.EXAMPLE.org.", "example");
        answers(server, "b.example.org", "wildcard");
        answers(server, "c.b.example.org", "server");
        answers(server, "example.org", "server");
        answers(server, "127.0.0.1", "server");
    }

    @Test
    void certificateIsChosenByAFunction() throws Exception {
        Tls second = server("second");
        Tls server =
                server().sni(name -> name.startsWith("two.") ? second : null)
                        .sni("one.x", file("example.pem"), file("example.key"));
        answers(server, "two.x", "second");
        answers(server, "one.x", "example");
        answers(server, "three.x", "server");
    }

    @Test
    void certificateIsChosenByTheKindOfKey() throws Exception {
        Tls both = server("rsa").certificate(file("server.pem"), file("server.key"));
        for (String kind : new String[] {"RSA", "ECDSA"}) {
            Pair pair =
                    pair(
                            both,
                            client().protocols("TLSv1.2")
                                    .ciphers("TLS_ECDHE_" + kind + "_WITH_AES_128_GCM_SHA256"));
            assertEquals(serial(kind.equals("RSA") ? "rsa" : "server"), serial(pair.client()));
        }
    }

    // ---- sessions

    private boolean resumes(Tls server, Tls client) throws Exception {
        Pair pair = fresh(server, client, "localhost");
        together(() -> echoOnce(pair.server()), () -> talkAsClient(pair.client()));
        boolean resumed = Tls.isResumed(pair.client());
        assertEquals(resumed, Tls.isResumed(pair.server()));
        pair.client().close();
        pair.server().close();
        return resumed;
    }

    /** By way of one port, for sessions are kept by host and port. */
    private boolean[] resumedTwice(Tls server, Tls client) throws Exception {
        var result = new boolean[2];
        try (var listener = server.listen(loopback())) {
            for (int i = 0; i < 2; i++) {
                int at = i;
                together(
                        () -> {
                            try (Socket s = listener.accept()) {
                                echoOnce(s);
                                assertEquals(-1, s.getInputStream().read());
                                assertEquals(at == 1, Tls.isResumed((SSLSocket) s));
                            }
                        },
                        () -> {
                            try (SSLSocket s =
                                    client.connect("localhost", listener.getLocalPort())) {
                                talkAsClient(s);
                                result[at] = Tls.isResumed(s);
                            }
                        });
                Jevent.sleep(2); // sessions count in milliseconds
            }
        }
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void secondConnectionResumesTheSession(String version) throws Exception {
        assertArrayEquals(
                new boolean[] {false, true}, resumedTwice(server(), client().protocols(version)));
    }

    @Test
    void otherPortsAndOtherClientsDoNotResume() throws Exception {
        Tls server = server();
        assertFalse(resumes(server, client()));
        assertFalse(resumes(server, client()));
    }

    // ---- reload

    private void copy(String name) throws IOException {
        copy(name + ".pem", "now.pem");
        copy(name + ".key", "now.key");
    }

    private void copy(String from, String to) throws IOException {
        Files.copy(file(from), folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    private Tls now() throws IOException {
        return Tls.server(folder.resolve("now.pem"), folder.resolve("now.key"));
    }

    private BigInteger answered(Tls server) throws Exception {
        Tls client = client().handshakeTimeout(Duration.ZERO); // one test jumps in time
        return serial(pair(server, client).client());
    }

    @Test
    void newConnectionsGetTheReloadedCertificateAndOldOnesGoOn() throws Exception {
        copy("server");
        Tls server = now();
        Pair old = pair(server, client());
        assertEquals(serial("server"), serial(old.client()));
        copy("second");
        assertEquals(serial("server"), answered(server), "not before it is told to");
        server.reload();
        assertEquals(serial("second"), answered(server));
        together(() -> echoOnce(old.server()), () -> talkAsClient(old.client()));
    }

    @Test
    void badFilesChangeNothing() throws Exception {
        copy("server");
        Tls server = now();
        assertEquals(serial("server"), answered(server));
        copy("second.pem", "now.pem"); // and the old key
        assertThrows(IOException.class, server::reload);
        assertEquals(serial("server"), answered(server));
        Files.delete(folder.resolve("now.key"));
        assertThrows(IOException.class, server::reload);
        assertEquals(serial("server"), answered(server));
    }

    @Test
    void trustIsReloadedToo() throws Exception {
        copy("otherca.pem", "trust.pem");
        Tls client = Tls.client(folder.resolve("trust.pem"));
        assertNotNull(failures(server(), client, "localhost").client());
        copy("ca.pem", "trust.pem");
        client.reload();
        works(server(), client);
    }

    @Test
    void changedFilesAreNoticedOnceASecond() throws Exception {
        jumpInTime();
        copy("server");
        Tls server = now().watchFiles(true).handshakeTimeout(Duration.ZERO);
        assertEquals(serial("server"), answered(server));
        copy("second");
        assertEquals(serial("server"), answered(server), "not within a second");
        Jevent.sleep(1_100);
        assertEquals(serial("second"), answered(server));
        copy("server.pem", "now.pem"); // half of a change
        Jevent.sleep(1_100);
        assertEquals(serial("second"), answered(server));
        copy("server.key", "now.key");
        Jevent.sleep(1_100);
        assertEquals(serial("server"), answered(server));
    }

    // ---- servers and libraries

    @Test
    void streamServerOverTls() throws Exception {
        try (var server =
                new StreamServer(
                        server().listen(loopback()),
                        s -> s.getInputStream().transferTo(s.getOutputStream()))) {
            server.start();
            Plain silent = plainTo(server.address()); // no handshake: others are not held up
            together(() -> echoed(server.address()), () -> echoed(server.address()));
            silent.client().close();
            server.stop(Duration.ofSeconds(5));
        }
    }

    private Plain plainTo(InetSocketAddress address) throws Exception {
        var s = closing(dev.jevent.socket.Sockets.connect("localhost", address.getPort()));
        return new Plain(s, s);
    }

    private void echoed(InetSocketAddress address) throws IOException {
        try (SSLSocket s = client().connect("localhost", address.getPort())) {
            byte[] data = data(100_000);
            Greenlet<Void> writer = Jevent.spawn((Action) () -> s.getOutputStream().write(data));
            assertArrayEquals(data, s.getInputStream().readNBytes(data.length));
            writer.join();
        }
    }

    private static void answerHttp(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        var request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                return;
            }
            request.append((char) b);
        }
        OutputStream out = socket.getOutputStream();
        out.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void factoriesServeLibraries() throws Exception {
        SSLSocketFactory factory = client().socketFactory();
        try (var listener =
                (SSLServerSocket)
                        server().serverSocketFactory()
                                .createServerSocket(0, 5, loopback().getAddress())) {
            listener.setEnabledProtocols(new String[] {"TLSv1.2"});
            var text = new String[1];
            together(
                    () -> {
                        try (Socket s = listener.accept()) {
                            answerHttp(s);
                        }
                    },
                    () -> {
                        var url =
                                URI.create("https://localhost:" + listener.getLocalPort() + "/")
                                        .toURL();
                        var c = (HttpsURLConnection) url.openConnection();
                        c.setSSLSocketFactory(factory);
                        c.connect();
                        assertTrue(c.getCipherSuite().startsWith("TLS_ECDHE"));
                        try (InputStream in = c.getInputStream()) {
                            text[0] = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                        }
                    });
            assertEquals("hello", text[0]);
        }
        assertTrue(factory.getDefaultCipherSuites().length > 3);
        assertTrue(factory.getSupportedCipherSuites().length > 3);
    }

    @Test
    void factorysSocketsCheckTheHostThatTheyConnectTo() throws Exception {
        SSLSocketFactory factory = client().socketFactory();
        try (var listener = server("example").listen(loopback())) {
            together(
                    () -> {
                        try (Socket s = listener.accept()) {
                            assertThrows(SSLException.class, () -> s.getInputStream().read());
                        }
                    },
                    () -> {
                        try (var s = (SSLSocket) factory.createSocket()) {
                            assertFalse(s.isConnected());
                            s.connect(
                                    new InetSocketAddress("localhost", listener.getLocalPort()),
                                    1000);
                            var e = assertThrows(SSLException.class, s::startHandshake);
                            assertTrue(e.getMessage().contains("localhost"), e.getMessage());
                        }
                    });
        }
    }

    @Test
    void beginningThatWasReadAlready() throws Exception {
        Plain plain = plain();
        var client = closing(client().wrap(plain.client(), "localhost"));
        together(
                () -> talkAsClient(client),
                () -> {
                    var first = new byte[7];
                    int n = plain.server().getInputStream().readNBytes(first, 0, 7);
                    var socket =
                            server().socketFactory()
                                    .createSocket(
                                            plain.server(),
                                            new ByteArrayInputStream(first, 0, n),
                                            true);
                    echoOnce(socket);
                });
    }

    @Test
    void socketBelowStaysOpenIfThatIsWanted() throws Exception {
        Plain plain = plain();
        var client =
                (SSLSocket)
                        client().socketFactory()
                                .createSocket(plain.client(), "localhost", 1, false);
        var server = closing(server().wrap(plain.server()));
        together(
                () -> {
                    talkAsClient(client);
                    client.close();
                },
                () -> {
                    echoOnce(server);
                    assertEquals(-1, server.getInputStream().read());
                });
        assertTrue(client.isClosed());
        assertFalse(plain.client().isClosed());
    }
}
