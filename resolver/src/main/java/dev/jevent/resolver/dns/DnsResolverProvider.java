package dev.jevent.resolver.dns;

import dev.jevent.resolver.Resolver;
import dev.jevent.resolver.ResolverProvider;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * What {@code -Djevent.resolver=dns} finds: a {@link DnsResolver} as the system is configured, but
 * for {@code -Djevent.resolver.nameservers=ADDRESS[:PORT],…} and {@code
 * -Djevent.resolver.timeout=SECONDS}, or {@code JEVENT_RESOLVER_NAMESERVERS} and {@code
 * JEVENT_RESOLVER_TIMEOUT}.
 */
public final class DnsResolverProvider implements ResolverProvider {

    private static final String SERVERS = "jevent.resolver.nameservers";
    private static final String TIMEOUT = "jevent.resolver.timeout";

    /** The service loader makes it. */
    public DnsResolverProvider() {}

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public Resolver open() {
        DnsResolver.Builder builder = DnsResolver.builder();
        String servers = setting(SERVERS, "JEVENT_RESOLVER_NAMESERVERS");
        if (servers != null) {
            builder.servers(servers.split(",", -1));
        }
        String timeout = setting(TIMEOUT, "JEVENT_RESOLVER_TIMEOUT");
        if (timeout != null) {
            builder.timeout(seconds(timeout));
        }
        return builder.build();
    }

    private static Duration seconds(String text) {
        double seconds;
        try {
            seconds = Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            seconds = 0;
        }
        if (!(seconds > 0 && seconds < 1_000_000)) {
            throw new IllegalArgumentException(
                    "-D" + TIMEOUT + "=" + text + ": it has to be a number of seconds above zero");
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static @Nullable String setting(String property, String variable) {
        String value = System.getProperty(property);
        return value != null ? value : System.getenv(variable);
    }
}
