package dev.jevent.ssl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.ssl.Tls.ClientAuth;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLHandshakeException;

/** Who is let in, and what those are told who are not. */
class TlsHandshakeTest extends TlsScenario {

    private void clientRefuses(Tls server, Tls client, String host, String why) throws Exception {
        Failures failures = failures(server, client, host);
        assertSays(failures.client(), host, why);
        assertInstanceOf(SSLHandshakeException.class, failures.server());
        assertTrue(failures.server().getMessage().contains("the peer refuses it"));
    }

    private static void assertSays(Throwable e, String... parts) {
        assertInstanceOf(SSLHandshakeException.class, e, String.valueOf(e));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void expiredCertificate() throws Exception {
        clientRefuses(server("expired"), client(), "localhost", "has expired");
    }

    @Test
    void certificateOfAnotherHost() throws Exception {
        clientRefuses(server("example"), client(), "localhost", "localhost");
        Failures failures = failures(server("example"), client(), "b.example.org");
        assertSays(failures.client(), "b.example.org", "its certificate");
    }

    @Test
    void anotherHostIsTakenIfNobodyLooks() throws Exception {
        Failures failures =
                failures(server("example"), client().insecurelyWithoutHostCheck(), "localhost");
        assertNull(failures.client());
        assertNull(failures.server());
    }

    @Test
    void unknownAuthority() throws Exception {
        clientRefuses(
                server(), Tls.client(file("otherca.pem")), "localhost", "not signed by an auth");
        clientRefuses(server(), Tls.client(), "localhost", "unknown CA");
    }

    @Test
    void selfSignedCertificate() throws Exception {
        clientRefuses(server("ed"), client(), "localhost", "self-signed");
        Failures failures = failures(server("ed"), Tls.client(file("ed.pem")), "localhost");
        assertNull(failures.client());
    }

    @Test
    void anybodyIsTrustedIfThatIsWanted() throws Exception {
        Failures failures =
                failures(server("expired"), Tls.insecureClientThatTrustsAnybody(), "else.where");
        assertNull(failures.client());
    }

    @Test
    void addressesAreCheckedToo() throws Exception {
        assertNull(failures(server(), client(), "127.0.0.1").client());
        assertNull(failures(server(), client(), "::1").client());
        assertSays(failures(server(), client(), "127.0.0.2").client(), "127.0.0.2");
    }

    // ---- what is no TLS

    private void serverRefuses(byte[] bytes, String why) throws Exception {
        Plain plain = plain();
        var server = closing(server().wrap(plain.server()));
        together(
                () -> {
                    var e = assertThrows(IOException.class, () -> server.getInputStream().read());
                    assertSays(e, "127.0.0.1:", why);
                    assertTrue(plain.server().isClosed());
                },
                () -> plain.client().getOutputStream().write(bytes));
    }

    @Test
    void plainHttpToATlsServer() throws Exception {
        serverRefuses(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                "no TLS: what it sends starts with 'GET / HTTP/1.1'");
    }

    @Test
    void garbage() throws Exception {
        serverRefuses(new byte[] {0, 1, 2, 3, 4, 5, 6}, "the bytes 00 01 02 03 04 05 06");
        serverRefuses(new byte[] {22, 3, 3, 0, 4, 9, 9, 9, 9}, "");
        serverRefuses(new byte[] {22, 3, 3, (byte) 0xFF, (byte) 0xFF, 1}, "too big");
    }

    @Test
    void randomGarbageNeverHangsOrCrashes() throws Exception {
        var random = new SecureRandom(new byte[] {1});
        for (int i = 0; i < Dose.of(50, 200); i++) {
            var bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            if (i % 2 == 0 && bytes.length > 5) {
                bytes[0] = (byte) (20 + i % 4);
                bytes[1] = 3;
                bytes[3] = 0;
                bytes[4] = (byte) Math.min(127, bytes.length - 5);
            }
            Plain plain = plain();
            var server = closing(server().wrap(plain.server()));
            together(
                    () -> assertThrows(IOException.class, () -> server.getInputStream().read()),
                    () -> {
                        plain.client().getOutputStream().write(bytes);
                        plain.client().shutdownOutput();
                    });
            plain.client().close();
        }
    }

    @Test
    void tlsClientToAPlainServer() throws Exception {
        Plain plain = plain();
        var client = closing(client().wrap(plain.client(), "localhost"));
        together(
                () ->
                        assertSays(
                                assertThrows(IOException.class, client::startHandshake),
                                "'220 mail server '"),
                () ->
                        plain.server()
                                .getOutputStream()
                                .write("220 mail server here".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void recordThatWasChangedOnTheWayBreaksTheConnection() throws Exception {
        Plain left = plain();
        Plain right = plain();
        var client = closing(client().wrap(left.client(), "localhost"));
        var server = closing(server().wrap(right.server()));
        var evil = new boolean[1];
        together(
                () -> {
                    talkAsClient(client);
                    evil[0] = true;
                    client.getOutputStream().write(1);
                    assertThrows(IOException.class, () -> client.getInputStream().read());
                    client.close();
                },
                () -> {
                    echoOnce(server);
                    var e = assertThrows(IOException.class, () -> server.getInputStream().read());
                    assertThrows(IOException.class, () -> server.getInputStream().read());
                    assertTrue(right.server().isClosed(), e.getMessage());
                },
                () -> relay(left.server(), right.client(), evil),
                () -> relay(right.client(), left.server(), new boolean[1]));
    }

    private static void relay(Socket from, Socket to, boolean[] evil) throws IOException {
        var b = new byte[20_000];
        try (to) {
            InputStream in = from.getInputStream();
            for (int n; (n = in.read(b)) > 0; ) {
                if (evil[0]) {
                    b[n - 1] ^= 1;
                }
                to.getOutputStream().write(b, 0, n);
            }
        } catch (java.net.SocketException e) {
            return; // the other direction has closed it
        }
    }

    // ---- clients' certificates

    private static Tls asking(ClientAuth auth) throws IOException {
        return server().clientAuth(auth).trust(file("ca.pem"));
    }

    private static Tls client(String name) throws IOException {
        return client().certificate(file(name + ".pem"), file(name + ".key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bothSidesKnowEachOther(String version) throws Exception {
        Pair pair = pair(asking(ClientAuth.NEED), client("client").protocols(version));
        var certificate = (X509Certificate) pair.server().getSession().getPeerCertificates()[0];
        assertEquals("CN=Ann", certificate.getSubjectX500Principal().getName());
        assertTrue(pair.server().getNeedClientAuth());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void clientWithoutACertificateIsRefused(String version) throws Exception {
        Failures failures =
                failures(asking(ClientAuth.NEED), client().protocols(version), "localhost");
        assertSays(failures.server(), "the client has sent no certificate");
        assertSays(failures.client(), "localhost", "it wants a certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void clientWithACertificateOfAStrangerIsRefused(String version) throws Exception {
        Failures failures =
                failures(
                        asking(ClientAuth.NEED),
                        client("stranger").protocols(version),
                        "localhost");
        assertSays(failures.server(), "not signed by an authority that is trusted");
        assertInstanceOf(SSLHandshakeException.class, failures.client());
    }

    @Test
    void wantedCertificateMayBeMissing() throws Exception {
        Failures failures = failures(asking(ClientAuth.WANT), client(), "localhost");
        assertNull(failures.client());
        assertNull(failures.server());
    }

    @Test
    void askingForCertificatesNeedsSomebodyToTrust() throws Exception {
        Tls careless = server().clientAuth(ClientAuth.NEED);
        assertThrows(IllegalStateException.class, careless::context);
    }

    // ---- what both can do

    @Test
    void serverChoosesTheApplicationProtocol() throws Exception {
        Pair pair = pair(server().alpn("h2", "http/1.1"), client().alpn("http/1.1", "h2"));
        assertEquals("h2", pair.client().getApplicationProtocol());
        assertEquals("h2", pair.server().getApplicationProtocol());
        pair = pair(server().alpn("h2"), client());
        assertEquals("", pair.server().getApplicationProtocol());
        pair = pair(server(), client().alpn("h2"));
        assertEquals("", pair.client().getApplicationProtocol());
    }

    @Test
    void noApplicationProtocolInCommon() throws Exception {
        Failures failures = failures(server().alpn("h2"), client().alpn("smtp"), "localhost");
        assertSays(failures.client(), "no application protocol (ALPN) in common");
        assertSays(failures.server(), "no application protocol (ALPN) in common");
    }

    @Test
    void applicationProtocolByAFunction() throws Exception {
        Pair pair = fresh(server(), client().alpn("a", "b"), "localhost");
        pair.server()
                .setHandshakeApplicationProtocolSelector(
                        (socket, names) -> {
                            assertEquals(pair.server(), socket);
                            return names.get(names.size() - 1);
                        });
        together(pair.client()::startHandshake, pair.server()::startHandshake);
        assertEquals("b", pair.client().getApplicationProtocol());
    }

    @Test
    void noVersionInCommon() throws Exception {
        Failures failures =
                failures(server().protocols("TLSv1.3"), client().protocols("TLSv1.2"), "localhost");
        assertSays(failures.client(), "no version of TLS in common");
        assertSays(failures.server(), "rotocol");
    }

    @Test
    void ciphersAreChosen() throws Exception {
        Pair pair = pair(server(), client().ciphers("TLS_CHACHA20_POLY1305_SHA256"));
        assertEquals("TLS_CHACHA20_POLY1305_SHA256", pair.client().getSession().getCipherSuite());
        Failures failures =
                failures(
                        server().ciphers("TLS_AES_256_GCM_SHA384"),
                        client().ciphers("TLS_AES_128_GCM_SHA256"),
                        "localhost");
        assertSays(failures.server(), "no cipher suite");
        assertInstanceOf(SSLHandshakeException.class, failures.client());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void workersDoTheHeavyWork(String version) throws Exception {
        Pair pair =
                pair(
                        server("rsa").handshakeInThreads(true),
                        client().handshakeInThreads(true).protocols(version));
        together(() -> echoOnce(pair.server()), () -> talkAsClient(pair.client()));
        Failures failures =
                failures(
                        server("expired").handshakeInThreads(true),
                        client().handshakeInThreads(true),
                        "localhost");
        assertSays(failures.client(), "has expired");
    }
}
