package dev.jevent.resolver.dns;

import dev.jevent.resolver.AbstractResolver;
import dev.jevent.resolver.Families;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Asks the name servers itself, over UDP and TCP, in the greenlet or thread that wants to know: a
 * thousand look-ups at once need no thousand threads. Follows {@code gevent.resolver.dnspython} and
 * {@code ares}, in the way of {@code resolv.conf(5)}.
 *
 * <pre>{@code
 * DnsResolver dns = DnsResolver.builder().servers("192.0.2.53").build();
 * List<InetAddress> addresses = dns.lookup("example.com");
 * List<Record> mail = dns.query("example.com", Type.MX);
 * }</pre>
 *
 * The hosts file comes before the servers, unless {@code nsswitch.conf} says otherwise. {@code
 * localhost} and what ends in it is the loopback interface. The files are read again when they have
 * changed. IPv4 and IPv6 addresses are asked for at the same time. What the servers say is kept as
 * long as they allow; failures to answer are not kept.
 *
 * <p>All methods may be called from any thread. A kill, a {@link dev.jevent.Timeout} or an
 * interrupt ends the wait, closes the socket, and concerns nobody else who asks for the same. Every
 * failure is an {@link UnknownHostException} that tells who was asked and what they said.
 */
public final class DnsResolver extends AbstractResolver {

    private record Query(Name name, int type) {}

    private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final Configuration configuration;
    private final DnsCache cache;
    private final LongSupplier clock = AbstractResolver::nanoTime;
    private final Counters counters = new Counters();
    private final Servers servers;

    static {
        // loads the classes of the format now: what they load in turn may want to log, and who logs
        // may look up names
        byte[] ignored = new Question(Name.root, Type.NS).message();
    }

    private DnsResolver(Builder builder) {
        configuration = new Configuration(builder, clock);
        cache = new DnsCache(builder.cache);
        servers = new Servers(builder.inFlight, clock, counters, AbstractResolver::undisturbed);
    }

    /** One that does as the system is configured, unless told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- names

    @Override
    protected List<InetAddress> ask(String name, Families families) throws UnknownHostException {
        return inGreenlet(() -> find(name, families));
    }

    private List<InetAddress> find(String name, Families families) throws UnknownHostException {
        counters.lookups.increment();
        Hostname host = Hostname.of(name);
        if (host.isLoopback()) {
            return families.select(
                    List.of(
                            InetAddress.getByAddress(name, LOOPBACK_4),
                            InetAddress.getByAddress(name, LOOPBACK_6)));
        }
        boolean hostsFirst = configuration.hostsFirst();
        List<InetAddress> found =
                hostsFirst ? configuration.hosts().lookup(host.text(), families) : List.of();
        if (!found.isEmpty()) {
            return found;
        }
        try {
            return askServers(name, host, families);
        } catch (UnknownHostException e) {
            found = hostsFirst ? found : configuration.hosts().lookup(host.text(), families);
            if (found.isEmpty()) {
                throw e;
            }
            return found;
        }
    }

    private List<InetAddress> askServers(String name, Hostname host, Families families)
            throws UnknownHostException {
        Settings settings = configuration.settings();
        if (!configuration.isForServers(host, settings)) {
            throw new UnknownHostException(
                    name
                            + ": not in the hosts file, and names in .local belong to multicast"
                            + " DNS, which is not asked; see DnsResolver.Builder.askLocal");
        }
        var search = new Search(name, families, settings);
        var inquiry = newInquiry(settings);
        List<String> candidates = host.candidates(settings);
        for (int i = 0; i < candidates.size() && !inquiry.isOver(); i++) {
            Name candidate = absolute(candidates.get(i));
            List<Answer> answers = inquiry.ask(candidate, search.types(), candidates.size() - i);
            List<InetAddress> found = search.take(candidates.get(i), answers);
            if (!found.isEmpty()) {
                return found;
            }
        }
        UnknownHostException lost = inquiry.lost();
        throw lost != null ? lost : search.failure(inquiry.report());
    }

    private Inquiry newInquiry(Settings settings) {
        long end = clock.getAsLong() + configuration.limit().toNanos();
        return new Inquiry(settings, end, servers, cache, clock, counters);
    }

    // ---- addresses

    @Override
    protected String askReverse(InetAddress address) throws UnknownHostException {
        return inGreenlet(() -> findName(address));
    }

    private String findName(InetAddress address) throws UnknownHostException {
        counters.lookups.increment();
        boolean hostsFirst = configuration.hostsFirst();
        String name = configuration.hosts().reverse(address);
        if (name != null && hostsFirst) {
            return name;
        }
        if (address.isLoopbackAddress()) {
            return name != null ? name : "localhost";
        }
        try {
            String text = address.getHostAddress();
            for (Record r : records(text, ReverseMap.fromAddress(address), Type.PTR)) {
                return ((PTRRecord) r).getTarget().toString(true);
            }
            throw new UnknownHostException(text + ": the address has no name");
        } catch (UnknownHostException e) {
            if (name != null) {
                return name;
            }
            throw e;
        }
    }

    // ---- records

    /**
     * The records of a type. The name is taken as it is, whatever the search list and the hosts
     * file; aliases are followed.
     *
     * @param type a number, as in {@link Type}
     * @return none if the name has none of this type
     * @throws UnknownHostException if there is no such name, or no server answers
     */
    public List<Record> query(String name, int type) throws UnknownHostException {
        Type.check(type);
        Name absolute = absolute(name);
        return once(
                new Query(absolute, type),
                () -> {
                    counters.lookups.increment();
                    return inGreenlet(() -> records(name, absolute, type));
                });
    }

    private List<Record> records(String text, Name name, int type) throws UnknownHostException {
        var inquiry = newInquiry(configuration.settings());
        List<Answer> answers = inquiry.ask(name, List.of(type), 1);
        if (inquiry.lost() != null) {
            throw inquiry.lost();
        }
        if (answers.isEmpty()) {
            throw unknown(text, "no name server gave an answer", inquiry);
        }
        Answer answer = answers.getFirst();
        if (!answer.exists()) {
            throw unknown(text, "there is no such name", inquiry);
        }
        return answer.records();
    }

    private static UnknownHostException unknown(String text, String why, Inquiry inquiry) {
        return new UnknownHostException(text + ": " + why + "; " + inquiry.report());
    }

    private static Name absolute(String name) throws UnknownHostException {
        try {
            return Name.fromString(name, Name.root);
        } catch (TextParseException e) {
            var error = new UnknownHostException(name + ": not a name: " + e.getMessage());
            error.initCause(e);
            throw error;
        }
    }

    // ---- the rest

    /** Forgets what the servers have said. */
    public void clear() {
        cache.clear();
    }

    /** What it has done so far. */
    public DnsStatistics statistics() {
        return counters.with(cache.size());
    }

    @Override
    public String toString() {
        return "resolver \"dns\" (" + configuration + ")";
    }

    /**
     * Says how a {@link DnsResolver} works. What is not said is as in {@code /etc/resolv.conf};
     * once servers are named here, that file is not read. Not thread safe.
     */
    public static final class Builder {

        private static final Duration LONGEST = Duration.ofDays(1);

        @Nullable Path resolvConf = Path.of("/etc/resolv.conf");
        Path hostsFile = Path.of("/etc/hosts");
        Path nsswitch = Path.of("/etc/nsswitch.conf");
        @Nullable List<InetSocketAddress> servers;
        @Nullable List<String> search;
        @Nullable Integer ndots;
        @Nullable Duration timeout;
        @Nullable Integer attempts;
        @Nullable Boolean rotate;
        @Nullable Boolean tcp;
        boolean askLocal;
        int inFlight = 256;
        Duration limit = Duration.ofSeconds(30);
        DnsCache.Limits cache = DnsCache.Limits.DEFAULT;

        private Builder() {}

        /**
         * The name servers, in order.
         *
         * @param servers {@code ADDRESS}, {@code ADDRESS:PORT} or {@code [ADDRESS]:PORT}
         */
        public Builder servers(String... servers) {
            return servers(Arrays.stream(servers).map(Settings::server).toList());
        }

        /** The name servers, in order; at least one. */
        public Builder servers(List<InetSocketAddress> servers) {
            this.servers = List.copyOf(servers);
            if (servers.isEmpty() || servers.stream().anyMatch(s -> s.isUnresolved())) {
                throw new IllegalArgumentException("name servers by address, not " + servers);
            }
            resolvConf = null;
            return this;
        }

        /**
         * What is appended to names with few dots; none turns it off.
         *
         * @throws IllegalArgumentException if one of them cannot be part of a name
         */
        public Builder search(String... domains) {
            search = Settings.domains(List.of(domains), true);
            return this;
        }

        /** A name with so many dots is first asked for as it is. */
        public Builder ndots(int ndots) {
            this.ndots = atLeast(0, ndots, "ndots");
            return this;
        }

        /** How long one server is waited for; 5 s unless the file says otherwise. */
        public Builder timeout(Duration timeout) {
            this.timeout = positive(timeout, "timeout");
            return this;
        }

        /** How often the servers are gone through; twice unless the file says otherwise. */
        public Builder attempts(int attempts) {
            this.attempts = atLeast(1, attempts, "attempts");
            return this;
        }

        /** How long a look-up may take, with all servers, attempts and names; 30 s. */
        public Builder lookupTimeout(Duration limit) {
            this.limit = positive(limit, "limit");
            return this;
        }

        /** How many servers are asked at the same time; further look-ups wait. 256. */
        public Builder inFlight(int most) {
            inFlight = atLeast(1, most, "inFlight");
            return this;
        }

        /** Whether each look-up begins with another server. */
        public Builder rotate(boolean rotate) {
            this.rotate = rotate;
            return this;
        }

        /** Whether the servers are asked over TCP only. */
        public Builder useTcp(boolean tcp) {
            this.tcp = tcp;
            return this;
        }

        /** Whether the servers are asked for names in {@code .local}. */
        public Builder askLocal(boolean askLocal) {
            this.askLocal = askLocal;
            return this;
        }

        /** The hosts file. */
        public Builder hostsFile(Path path) {
            hostsFile = Objects.requireNonNull(path);
            return this;
        }

        /** Instead of {@code /etc/resolv.conf}. */
        public Builder resolvConf(Path path) {
            resolvConf = Objects.requireNonNull(path);
            return this;
        }

        /** Instead of {@code /etc/nsswitch.conf}. */
        public Builder nsswitch(Path path) {
            nsswitch = Objects.requireNonNull(path);
            return this;
        }

        /** How many answers are kept; 10,000. Zero for none. */
        public Builder cache(int entries) {
            int n = atLeast(0, entries, "cache");
            cache =
                    new DnsCache.Limits(
                            n, cache.shortest(), cache.longest(), cache.longestNegative());
            return this;
        }

        /** How long answers are kept at least and at most; 0 s and one day. */
        public Builder ttl(Duration shortest, Duration longest) {
            if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
                throw new IllegalArgumentException("from " + shortest + " to " + longest);
            }
            cache =
                    new DnsCache.Limits(
                            cache.entries(), shortest, longest, cache.longestNegative());
            return this;
        }

        /** How long it is remembered at most that there is no such name or record; 15 minutes. */
        public Builder negativeTtl(Duration longest) {
            if (longest.isNegative()) {
                throw new IllegalArgumentException("negative duration: " + longest);
            }
            cache =
                    new DnsCache.Limits(
                            cache.entries(), cache.shortest(), cache.longest(), longest);
            return this;
        }

        /** Makes it. It asks nobody yet. */
        public DnsResolver build() {
            return new DnsResolver(copy());
        }

        private Builder copy() {
            var b = new Builder();
            b.resolvConf = resolvConf;
            b.hostsFile = hostsFile;
            b.nsswitch = nsswitch;
            b.servers = servers;
            b.search = search;
            b.ndots = ndots;
            b.timeout = timeout;
            b.attempts = attempts;
            b.rotate = rotate;
            b.tcp = tcp;
            b.askLocal = askLocal;
            b.limit = limit;
            b.inFlight = inFlight;
            b.cache = cache;
            return b;
        }

        private static int atLeast(int least, int n, String what) {
            if (n < least) {
                throw new IllegalArgumentException(what + ": " + n + ", at least " + least);
            }
            return n;
        }

        private static Duration positive(Duration d, String what) {
            if (d.isNegative() || d.isZero()) {
                throw new IllegalArgumentException(what + ": " + d + ", it has to be above zero");
            }
            return d.compareTo(LONGEST) > 0 ? LONGEST : d;
        }
    }
}
