package dev.jevent.ssl;

import dev.jevent.Jevent;
import dev.jevent.internal.HubAccess;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** What a {@link Tls} works with: a context, and the certificates that it has read last. */
final class Live {

    private static final long SECOND = 1_000_000_000L;

    private record Stamp(Path file, String state) {}

    private final Settings settings;
    private final Keys keys;
    private final @Nullable Trust trust;
    private final SSLContext context;
    private final AtomicLong looked = new AtomicLong(HubAccess.get().nanoTime());
    private volatile List<Stamp> stamps;

    Live(Settings settings) throws IOException {
        this.settings = settings;
        if (settings.clientAuth != Tls.ClientAuth.NONE
                && settings.trustFile == null
                && settings.trust == null
                && settings.context == null) {
            throw new IllegalStateException(
                    "certificates of clients are wanted, but no authority is trusted that may sign"
                            + " them; call trust(…)");
        }
        stamps = stamps();
        keys = new Keys(readChoice());
        X509ExtendedTrustManager manager = readTrust();
        trust = manager == null ? null : new Trust(manager);
        context = settings.context != null ? settings.context : newContext();
    }

    SSLContext context() {
        return context;
    }

    /** Those for a host name, of this side. */
    List<Identity> identitiesFor(String host) {
        return keys.forNameItself(host);
    }

    private SSLContext newContext() throws IOException {
        try {
            SSLContext c = SSLContext.getInstance("TLS");
            c.init(
                    new KeyManager[] {keys},
                    trust == null ? new TrustManager[0] : new TrustManager[] {trust},
                    null);
            limit(c.getServerSessionContext());
            limit(c.getClientSessionContext());
            return c;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a TLS context: " + e.getMessage(), e);
        }
    }

    private void limit(SSLSessionContext sessions) {
        sessions.setSessionCacheSize(settings.sessions);
        sessions.setSessionTimeout(
                (int) Math.min(Integer.MAX_VALUE, settings.sessionLifetime.toSeconds()));
    }

    // ---- files

    private Keys.Choice readChoice() throws IOException {
        List<Identity> main = new ArrayList<>(read(settings.files));
        main.addAll(settings.identities);
        Map<String, List<Identity>> byName = new LinkedHashMap<>();
        for (var named : settings.filesByName.entrySet()) {
            byName.put(named.getKey(), read(named.getValue()));
        }
        return new Keys.Choice(main, byName, settings.chooser);
    }

    private static List<Identity> read(List<Identity.Source> sources) throws IOException {
        List<Identity> all = new ArrayList<>();
        for (Identity.Source source : sources) {
            all.add(source.read());
        }
        return all;
    }

    private @Nullable X509ExtendedTrustManager readTrust() throws IOException {
        if (settings.trustFile != null) {
            return trustIn(settings.trustFile);
        }
        if (settings.trust != null) {
            return settings.trust;
        }
        return settings.client ? managerOf(null) : null;
    }

    /** The authorities in a file. */
    static X509ExtendedTrustManager trustIn(Path file) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int i = 0;
            for (var certificate : Pem.certificates(file)) {
                store.setCertificateEntry("ca-" + i++, certificate);
            }
            return managerOf(store);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": cannot trust it: " + e.getMessage(), e);
        }
    }

    /** Those in the store, or the system's. */
    static X509ExtendedTrustManager managerOf(@Nullable KeyStore store) throws IOException {
        try {
            String algorithm = TrustManagerFactory.getDefaultAlgorithm();
            TrustManagerFactory factory = TrustManagerFactory.getInstance(algorithm);
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager x509) {
                    return x509;
                }
            }
            throw new IOException("this JDK has no trust manager for X.509");
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use these trusted certificates: " + e.getMessage(), e);
        }
    }

    /** Reads all files, and only if they are all good takes over what is in them. */
    void reload() throws IOException {
        List<Stamp> found = stamps();
        Keys.Choice choice = readChoice();
        X509ExtendedTrustManager manager = readTrust();
        keys.set(choice);
        if (trust != null && manager != null) {
            trust.set(manager);
        }
        stamps = found;
    }

    /** At most once a second; one looks, and the others go on with what there is. */
    void lookAtFiles() {
        long now = HubAccess.get().nanoTime();
        long last = looked.get();
        if (settings.watch && now - last >= SECOND && looked.compareAndSet(last, now)) {
            try {
                Jevent.blocking(this::reloadIfChanged);
            } catch (RuntimeException e) {
                throw e; // the caller was interrupted
            } catch (Exception e) {
                // the old ones are good; perhaps the new ones are being written
                System.getLogger("dev.jevent")
                        .log(System.Logger.Level.WARNING, "TLS goes on with the old files: " + e);
            }
        }
    }

    private void reloadIfChanged() throws IOException {
        if (!stamps().equals(stamps)) {
            reload();
        }
    }

    private List<Stamp> stamps() throws IOException {
        List<Stamp> all = new ArrayList<>();
        for (Path file : files()) {
            var a = Files.readAttributes(file, BasicFileAttributes.class);
            all.add(new Stamp(file, a.lastModifiedTime() + " " + a.size() + " " + a.fileKey()));
        }
        return all;
    }

    private Set<Path> files() {
        Set<Path> all = new LinkedHashSet<>();
        List<Identity.Source> sources = new ArrayList<>(settings.files);
        settings.filesByName.values().forEach(sources::addAll);
        for (Identity.Source source : sources) {
            all.add(source.chain());
            all.add(source.key());
        }
        if (settings.trustFile != null) {
            all.add(settings.trustFile);
        }
        return all;
    }
}
