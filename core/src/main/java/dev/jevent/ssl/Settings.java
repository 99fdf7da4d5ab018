package dev.jevent.ssl;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;

/** What a {@link Tls} was told. Not changed any more once it is in one. */
final class Settings implements Cloneable {

    boolean client;
    @Nullable SSLContext context; // a ready one, instead of all that follows up to the function
    List<Identity.Source> files = List.of();
    List<Identity> identities = List.of(); // that are in no files
    Map<String, List<Identity.Source>> filesByName = Map.of();
    @Nullable Path trustFile;
    @Nullable X509ExtendedTrustManager trust; // null is the system's, for a client
    @Nullable Function<String, @Nullable Tls> chooser;
    List<String> protocols = List.of("TLSv1.3", "TLSv1.2");
    List<String> ciphers = List.of(); // empty is the JDK's choice
    List<String> alpn = List.of();
    Tls.ClientAuth clientAuth = Tls.ClientAuth.NONE;
    boolean checkHost = true;
    boolean suppressRaggedEofs;
    boolean inThreads;
    boolean watch;
    Duration handshakeTimeout = Duration.ofSeconds(10);
    int sessions = 20_480; // the JDK's default, and the next one
    Duration sessionLifetime = Duration.ofDays(1);

    /** A changed copy. */
    Settings with(Consumer<Settings> change) {
        try {
            Settings copy = (Settings) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    Map<String, List<Identity.Source>> alsoByName(String name, List<Identity.Source> sources) {
        Map<String, List<Identity.Source>> map = new LinkedHashMap<>(filesByName);
        map.put(name, sources);
        return map;
    }
}
