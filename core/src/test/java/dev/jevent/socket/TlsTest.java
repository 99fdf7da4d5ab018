package dev.jevent.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS of the JDK on top of a connection, as JDBC drivers and HTTP clients do it. */
class TlsTest extends SocketScenario {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static SSLContext context;

    @BeforeAll
    static void makeKey(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Process keytool =
                new ProcessBuilder(
                                new File(System.getProperty("java.home"), "bin/keytool").getPath(),
                                "-genkeypair",
                                "-alias",
                                "localhost",
                                "-dname",
                                "CN=localhost",
                                "-keyalg",
                                "EC",
                                "-storepass",
                                new String(PASSWORD),
                                "-keystore",
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertTrue(keytool.waitFor(30, TimeUnit.SECONDS));
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

    private static SSLSocket layered(Socket plain, boolean client) throws Exception {
        var tls =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(plain, "localhost", plain.getPort(), true);
        tls.setUseClientMode(client);
        return tls;
    }

    @Test
    void tlsWorksOnTop() throws Exception {
        Pair pair = pair();
        var data = new byte[1_000_000];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31 >> 8);
        }
        together(
                () -> {
                    try (SSLSocket tls = layered(pair.server(), false)) {
                        byte[] all = tls.getInputStream().readNBytes(data.length);
                        tls.getOutputStream().write(all);
                    }
                },
                () -> {
                    try (SSLSocket tls = layered(pair.client(), true)) {
                        tls.startHandshake();
                        assertEquals("CN=localhost", tls.getSession().getPeerPrincipal().getName());
                        tls.getOutputStream().write(data);
                        assertArrayEquals(data, tls.getInputStream().readNBytes(data.length));
                        assertEquals(-1, tls.getInputStream().read());
                    }
                });
        assertTrue(pair.client().isClosed() && pair.server().isClosed());
    }
}
