package dev.jevent.resolver.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom to ask, and how: what {@code resolv.conf(5)} says.
 *
 * @param servers in the order in which they are asked; at least one
 * @param search what is appended to short names, without dots at the end
 * @param ndots a name with so many dots is asked for as it is before anything is appended
 * @param timeout how long one server is waited for
 * @param attempts how often the servers are gone through
 * @param rotate each look-up begins at another server
 * @param tcp no UDP
 * @param oneByOne a server is not asked for IPv4 and IPv6 at the same time
 * @param noIpv6 IPv6 addresses are not asked for
 */
record Settings(
        List<InetSocketAddress> servers,
        List<String> search,
        int ndots,
        Duration timeout,
        int attempts,
        boolean rotate,
        boolean tcp,
        boolean oneByOne,
        boolean noIpv6) {

    static final int PORT = 53;
    private static final int MOST_SERVERS = 3;

    /** What holds where nothing is said. */
    static final Settings DEFAULT = new Draft().settings();

    /** The content of a {@code resolv.conf}. What is not understood is passed over, as ever. */
    static Settings parse(List<String> lines) {
        var draft = new Draft();
        for (String line : lines) {
            if (!line.startsWith("#") && !line.startsWith(";")) {
                String[] words = line.strip().split("\\s+", -1);
                if (words.length > 1) {
                    draft.take(words);
                }
            }
        }
        return draft.settings();
    }

    /**
     * A server as {@code ADDRESS}, {@code ADDRESS:PORT} or {@code [ADDRESS]:PORT}.
     *
     * @throws IllegalArgumentException if it is none
     */
    static InetSocketAddress server(String text) {
        String t = text.strip();
        String host = t;
        int port = PORT;
        int colon = t.lastIndexOf(':');
        boolean brackets = t.startsWith("[");
        if (brackets ? t.indexOf("]:") > 0 : colon >= 0 && colon == t.indexOf(':')) {
            host = t.substring(0, colon);
            port = port(text, t.substring(colon + 1));
        }
        if (brackets && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return new InetSocketAddress(Addresses.literal(host), port);
        } catch (IllegalArgumentException e) {
            throw notAServer(text);
        }
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port > 0 && port < 65536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw notAServer(text);
    }

    /**
     * Domains to search in, without dots at the end; the root adds nothing and is left out.
     *
     * @param strict whether one that cannot be part of a name is an error; else it is passed over
     */
    static List<String> domains(List<String> words, boolean strict) {
        List<String> domains = new ArrayList<>();
        for (String w : words) {
            if (w.isEmpty() || w.equals(".")) {
                continue;
            }
            try {
                domains.add(Hostname.of(w).text());
            } catch (UnknownHostException e) {
                if (strict) {
                    throw new IllegalArgumentException("a domain to search in: " + e.getMessage());
                }
            }
        }
        return List.copyOf(domains);
    }

    private static IllegalArgumentException notAServer(String text) {
        return new IllegalArgumentException(
                "a name server is an IP address, perhaps with a port: 1.2.3.4, 1.2.3.4:53,"
                        + " [2001:db8::1]:53; not \""
                        + text
                        + "\"");
    }

    /** Read so far. */
    private static final class Draft {
        private final List<InetSocketAddress> servers = new ArrayList<>();
        private List<String> search = List.of();
        private int ndots = 1;
        private int timeout = 5;
        private int attempts = 2;
        private boolean rotate;
        private boolean tcp;
        private boolean oneByOne;
        private boolean noIpv6;

        void take(String[] words) {
            switch (words[0]) {
                case "nameserver" -> takeServer(words[1]);
                case "domain" -> search = domains(List.of(words).subList(1, 2), false);
                case "search" -> search = domains(List.of(words).subList(1, words.length), false);
                case "options" -> {
                    for (int i = 1; i < words.length; i++) {
                        takeOption(words[i]);
                    }
                }
                default -> {
                    // sortlist and what else there may be
                }
            }
        }

        private void takeServer(String address) {
            if (servers.size() < MOST_SERVERS) {
                try {
                    servers.add(new InetSocketAddress(Addresses.literal(address), PORT));
                } catch (IllegalArgumentException e) {
                    // not an address: passed over, as the C library does
                }
            }
        }

        private void takeOption(String option) {
            int colon = option.indexOf(':');
            if (colon > 0) {
                String value = option.substring(colon + 1);
                switch (option.substring(0, colon)) {
                    case "ndots" -> ndots = number(value, ndots, 0, 15);
                    case "timeout" -> timeout = number(value, timeout, 1, 30);
                    case "attempts" -> attempts = number(value, attempts, 1, 5);
                    default -> {
                        // none of ours
                    }
                }
                return;
            }
            switch (option) {
                case "rotate" -> rotate = true;
                case "use-vc" -> tcp = true;
                case "single-request", "single-request-reopen" -> oneByOne = true;
                case "no-aaaa" -> noIpv6 = true;
                default -> {
                    // edns0, which is always on, and others
                }
            }
        }

        private static int number(String text, int otherwise, int least, int most) {
            try {
                return Math.clamp(Integer.parseInt(text), least, most);
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }

        Settings settings() {
            if (servers.isEmpty()) {
                servers.add(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT));
            }
            return new Settings(
                    List.copyOf(servers),
                    search,
                    ndots,
                    Duration.ofSeconds(timeout),
                    attempts,
                    rotate,
                    tcp,
                    oneByOne,
                    noIpv6);
        }
    }
}
