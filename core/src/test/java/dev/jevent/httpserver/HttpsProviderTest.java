package dev.jevent.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.spi.HttpServerProvider;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** HTTPS through the JDK's interface, with its own server and with ours. */
class HttpsProviderTest extends ProviderScenario {

    private static final char[] PASSWORD = "password".toCharArray();
    private static SSLContext withKey;
    private static SSLContext withoutKey;

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
        withKey = SSLContext.getInstance("TLS");
        withKey.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        withoutKey = SSLContext.getInstance("TLS");
        withoutKey.init(null, trust.getTrustManagers(), null);
    }

    private static HttpsConfigurator configurator(Consumer<HttpsParameters> how) {
        return new HttpsConfigurator(withKey) {
            @Override
            public void configure(HttpsParameters parameters) {
                how.accept(parameters);
            }
        };
    }

    private static String peer(SSLSession session) {
        try {
            return session.getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException e) {
            return "nobody";
        }
    }

    /** What the client hears, and the handler sees. */
    private static String talk(
            HttpServerProvider provider, HttpsConfigurator configurator, SSLContext client)
            throws Exception {
        HttpsServer server = provider.createHttpsServer(loopback(), 0);
        List<String> seen = new CopyOnWriteArrayList<>();
        var ignored =
                server.createContext(
                        "/",
                        e -> {
                            SSLSession session = ((HttpsExchange) e).getSSLSession();
                            seen.add(session.getProtocol() + " " + peer(session));
                            seen.add("" + ((ExtendedSSLSession) session).getRequestedServerNames());
                            answer(e, 200, e.getProtocol() + bodyOf(e));
                        });
        server.setHttpsConfigurator(configurator);
        assertEquals(configurator, server.getHttpsConfigurator());
        server.start();
        try (Socket plain = new Socket("localhost", server.getAddress().getPort());
                var tls =
                        (SSLSocket)
                                client.getSocketFactory()
                                        .createSocket(plain, "www.example.org", 443, true);
                Talk talk = new Talk(tls)) {
            seen.add(talk.ask(Talk.get("/")).toString());
            seen.add(talk.ask(Talk.post("/", "x".repeat(50_000))).toString());
        } catch (IOException e) {
            seen.add("refused");
        } finally {
            server.stop(0);
        }
        return String.join("\n", seen);
    }

    private static String same(HttpsConfigurator configurator, SSLContext client) throws Exception {
        String jdks = talk(JDKS, configurator, client);
        String ours = talk(OURS, configurator, client);
        assertEquals(jdks, ours);
        return ours;
    }

    @Test
    void aHandlerSeesTheSession() throws Exception {
        String seen = same(new HttpsConfigurator(withKey), withoutKey);
        assertTrue(seen.startsWith("TLSv1.3 nobody\n"), seen);
        assertTrue(seen.contains("www.example.org"), seen);
    }

    @Test
    void theParametersSayWhetherClientsNeedACertificate() throws Exception {
        var asks = new AtomicBoolean();
        HttpsConfigurator need =
                configurator(
                        p -> {
                            asks.set(p.getClientAddress().getAddress().isLoopbackAddress());
                            SSLParameters s = withKey.getDefaultSSLParameters();
                            s.setNeedClientAuth(true);
                            s.setProtocols(new String[] {"TLSv1.2"});
                            p.setSSLParameters(s);
                        });
        assertEquals("refused", same(need, withoutKey));
        assertTrue(same(need, withKey).startsWith("TLSv1.2 CN=localhost\n"));
        assertTrue(asks.get());
        HttpsConfigurator want =
                configurator(
                        p -> {
                            SSLParameters s = withKey.getDefaultSSLParameters();
                            s.setWantClientAuth(true);
                            p.setSSLParameters(s);
                        });
        assertTrue(same(want, withoutKey).startsWith("TLSv1.3 nobody\n"));
        assertTrue(same(want, withKey).startsWith("TLSv1.3 CN=localhost\n"));
    }

    @Test
    @SuppressWarnings("deprecation") // they still count
    void theOldParametersCountToo() throws Exception {
        HttpsConfigurator old =
                configurator(
                        p -> {
                            p.setProtocols(new String[] {"TLSv1.2"});
                            p.setCipherSuites(
                                    new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
                            p.setNeedClientAuth(true);
                        });
        assertTrue(same(old, withKey).startsWith("TLSv1.2 CN=localhost\n"));
        assertEquals("refused", same(old, withoutKey));
        assertTrue(
                same(configurator(p -> p.setWantClientAuth(true)), withoutKey)
                        .startsWith("TLSv1.3 nobody\n"));
    }

    @Test
    void withoutAConfiguratorNobodyIsServed() throws Exception {
        HttpsServer server = OURS.createHttpsServer(null, 0);
        server.bind(loopback(), 0);
        server.start();
        try (Talk talk = new Talk(server.getAddress())) {
            assertEquals("closed", talk.ask(Talk.get("/")).toString());
        } finally {
            server.stop(0);
        }
        assertThrows(
                IllegalStateException.class,
                () -> server.setHttpsConfigurator(new HttpsConfigurator(withKey)));
        assertThrows(NullPointerException.class, () -> server.setHttpsConfigurator(null));
        assertInstanceOf(GreenHttpsServer.class, server);
    }
}
