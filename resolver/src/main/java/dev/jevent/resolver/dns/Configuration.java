package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Where the settings come from: from files, which may change, and from the program, which has the
 * last word. Any thread.
 */
final class Configuration {

    private final DnsResolver.Builder builder;
    private final @Nullable WatchedFile<Settings> resolvConf; // null: not read
    private final WatchedFile<HostsFile> hosts;
    private final WatchedFile<Boolean> hostsFirst;

    /** The builder must not change any more. */
    Configuration(DnsResolver.Builder builder, LongSupplier clock) {
        this.builder = builder;
        Path conf = builder.resolvConf;
        this.resolvConf = conf == null ? null : new WatchedFile<>(conf, Settings::parse, clock);
        this.hosts = new WatchedFile<>(builder.hostsFile, HostsFile::parse, clock);
        this.hostsFirst = new WatchedFile<>(builder.nsswitch, HostsFile::comesFirst, clock);
    }

    HostsFile hosts() {
        return hosts.get();
    }

    boolean hostsFirst() {
        return hostsFirst.get();
    }

    Settings settings() {
        Settings file = resolvConf == null ? Settings.DEFAULT : resolvConf.get();
        return new Settings(
                or(builder.servers, file.servers()),
                or(builder.search, file.search()),
                or(builder.ndots, file.ndots()),
                or(builder.timeout, file.timeout()),
                or(builder.attempts, file.attempts()),
                or(builder.rotate, file.rotate()),
                or(builder.tcp, file.tcp()),
                file.oneByOne(),
                file.noIpv6());
    }

    private static <T> T or(@Nullable T said, T otherwise) {
        return said != null ? said : otherwise;
    }

    /**
     * Whether the servers are asked for such a name. Names in {@code .local} belong to multicast
     * DNS; who searches in such a domain, as Kubernetes does, means his servers.
     */
    boolean isForServers(Hostname host, Settings settings) {
        return !host.isMulticast()
                || builder.askLocal
                || settings.search().stream().anyMatch(d -> Hostname.isIn(d, "local"));
    }

    @Override
    public String toString() {
        List<InetSocketAddress> servers = builder.servers;
        return servers != null
                ? String.join(", ", servers.stream().map(Report::text).toList())
                : "the servers of " + builder.resolvConf;
    }

    /** For all that is asked in one look-up. */
    Duration limit() {
        return builder.limit;
    }
}
