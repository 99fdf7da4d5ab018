package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The certificate that servers have when {@code BENCH_TLS} names a folder with it. */
record Encryption(Path folder) {
    private static final char[] PASSWORD = "benchmark".toCharArray();

    /** Empty when the server is to be a plain one. */
    static Optional<Encryption> wanted() {
        return Optional.ofNullable(System.getenv("BENCH_TLS")).map(Path::of).map(Encryption::new);
    }

    /** The certificate, as PEM. */
    Path certificate() {
        return folder.resolve("cert.pem");
    }

    /** Its private key, as PEM. */
    Path key() {
        return folder.resolve("key.pem");
    }

    /** Both for the JDK, which reads no PEM. */
    SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("store.p12"))) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
