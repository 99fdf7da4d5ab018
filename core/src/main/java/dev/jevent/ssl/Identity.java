package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A certificate with those that vouch for it, and its private key.
 *
 * @param alias no two have the same, ever
 */
record Identity(String alias, List<X509Certificate> chain, PrivateKey key) {

    private static final AtomicLong COUNT = new AtomicLong();

    /** Where one comes from; it can be read again. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Source(Path chain, Path key, char @Nullable [] password) {

        Identity read() throws IOException {
            List<X509Certificate> chain = Pem.certificates(chain());
            PublicKey owner = chain.get(0).getPublicKey();
            PrivateKey key = Pem.key(key(), password, owner);
            checkPair(key, owner, this);
            return of(chain, key);
        }

        @Override
        public String toString() {
            return chain + " and " + key;
        }
    }

    static Identity of(List<X509Certificate> chain, PrivateKey key) {
        return new Identity("jevent-" + COUNT.incrementAndGet(), List.copyOf(chain), key);
    }

    /** All of a key store that have a private key. */
    static List<Identity> of(KeyStore store, char @Nullable [] password)
            throws GeneralSecurityException {
        List<Identity> all = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias) && store.getKey(alias, password) instanceof PrivateKey k) {
                X509Certificate[] chain =
                        Arrays.stream(store.getCertificateChain(alias))
                                .toArray(X509Certificate[]::new);
                all.add(of(List.of(chain), k));
            }
        }
        if (all.isEmpty()) {
            throw new GeneralSecurityException("this key store holds no private key");
        }
        return all;
    }

    private static void checkPair(PrivateKey key, PublicKey owner, Source source)
            throws IOException {
        String algorithm =
                switch (owner.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "EdDSA" -> "EdDSA";
                    default -> null;
                };
        if (algorithm == null) {
            return; // what it is good for, the handshake will show
        }
        boolean pair;
        try {
            byte[] text = "jevent".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(owner);
            signature.update(text);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IOException(source + ": cannot sign with this key: " + e.getMessage(), e);
        }
        if (!pair) {
            throw new IOException(
                    source + ": the private key does not belong to the first certificate");
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    /** Whether it does for a kind of key, as the engine names them. */
    boolean isOf(String keyType) {
        String mine = certificate().getPublicKey().getAlgorithm();
        return keyType.equals(mine)
                || keyType.startsWith("EC_") && mine.equals("EC")
                || keyType.equals("Ed25519") && mine.equals("EdDSA");
    }

    /** Whether one of them has signed it, or its chain; nobody in particular is an empty array. */
    boolean isIssuedBy(Principal @Nullable [] issuers) {
        if (issuers == null || issuers.length == 0) {
            return true;
        }
        List<Principal> wanted = Arrays.asList(issuers);
        return chain.stream().anyMatch(c -> wanted.contains(c.getIssuerX500Principal()));
    }
}
