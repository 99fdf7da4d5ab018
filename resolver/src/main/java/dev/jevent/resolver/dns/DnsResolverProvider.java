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
        Setting servers = setting(SERVERS, "JEVENT_RESOLVER_NAMESERVERS");
        if (servers != null) {
            try {
                builder.servers(servers.value.split(",", -1));
            } catch (IllegalArgumentException e) {
                throw servers.wrong(e.getMessage());
            }
        }
        Setting timeout = setting(TIMEOUT, "JEVENT_RESOLVER_TIMEOUT");
        if (timeout != null) {
            builder.timeout(seconds(timeout));
        }
        return builder.build();
    }

    private static Duration seconds(Setting timeout) {
        double seconds;
        try {
            seconds = Double.parseDouble(timeout.value.strip());
        } catch (NumberFormatException e) {
            seconds = 0;
        }
        long nanos = (long) (seconds * 1e9);
        if (nanos > 0 && seconds < 1_000_000) {
            return Duration.ofNanos(nanos);
        }
        throw timeout.wrong("it has to be a number of seconds above zero");
    }

    /** What was said, and where. */
    private record Setting(String source, String value) {
        IllegalArgumentException wrong(@Nullable String why) {
            return new IllegalArgumentException(source + "=" + value + ": " + why);
        }
    }

    private static @Nullable Setting setting(String property, String variable) {
        String value = System.getProperty(property);
        if (value != null) {
            return new Setting("-D" + property, value);
        }
        value = System.getenv(variable);
        return value == null ? null : new Setting(variable, value);
    }
}
