package dev.jevent.examples;

import dev.jevent.server.StreamServer;
import dev.jevent.ssl.Tls;
import dev.jevent.subprocess.Subprocess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/**
 * Sends back what it gets, over TLS. The certificate and its key are PEM files, which are read
 * again when they change; without them it makes a certificate of its own, for localhost.
 */
public final class TlsEcho {

    private TlsEcho() {}

    /** The port, the file of the certificates and that of the key; each may be left out. */
    public static void main(String[] args) throws Exception {
        Tls tls =
                args.length == 3
                        ? Tls.server(Path.of(args[1]), Path.of(args[2])).watchFiles(true)
                        : selfSigned();
        var server = newServer(args.length > 0 ? Integer.parseInt(args[0]) : 7443, tls);
        server.start();
        System.out.println("TlsEcho listens on port " + server.port());
        server.serveForever();
    }

    static StreamServer newServer(int port, Tls tls) {
        return new StreamServer(port, EchoServer::echo)
                .tls(tls::wrap)
                .onHandshakeFailure(
                        (connection, failure) -> System.err.println(failure.getMessage()));
    }

    /** With the keytool of the JDK. */
    static Tls selfSigned() throws IOException, GeneralSecurityException {
        Path folder = Files.createTempDirectory("tls-echo");
        Path store = folder.resolve("localhost.p12");
        try {
            Subprocess.checkOutput(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    "password",
                    "-alias",
                    "localhost",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=dns:localhost,ip:127.0.0.1,ip:::1");
            char[] password = "password".toCharArray();
            return Tls.server(KeyStore.getInstance(store.toFile(), password), password);
        } finally {
            Files.deleteIfExists(store);
            Files.delete(folder);
        }
    }
}
