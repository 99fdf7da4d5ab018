package dev.jevent.resolver.dns;

import dev.jevent.resolver.Families;

import org.jspecify.annotations.Nullable;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The content of a {@code hosts(5)} file. */
final class HostsFile {

    /** The equality of {@link InetAddress} passes over the scope. */
    private record Scoped(InetAddress address, int scope) {
        static Scoped of(InetAddress a) {
            return new Scoped(a, a instanceof Inet6Address six ? six.getScopeId() : 0);
        }
    }

    private final Map<String, Set<Scoped>> addresses = new HashMap<>();
    private final Map<Scoped, String> names = new HashMap<>();
    private final Map<InetAddress, String> namesInAnyScope = new HashMap<>();

    private HostsFile() {}

    /** Lines that are not understood are passed over. */
    static HostsFile parse(List<String> lines) {
        var file = new HostsFile();
        for (String line : lines) {
            int comment = line.indexOf('#');
            String text = comment < 0 ? line : line.substring(0, comment);
            file.take(text.strip().split("\\s+", -1));
        }
        return file;
    }

    private void take(String[] words) {
        if (words.length < 2) {
            return;
        }
        InetAddress address;
        try {
            address = Addresses.literal(words[0]);
        } catch (IllegalArgumentException e) {
            return;
        }
        var scoped = Scoped.of(address);
        names.putIfAbsent(scoped, withoutDot(words[1]));
        namesInAnyScope.putIfAbsent(address, withoutDot(words[1]));
        for (int i = 1; i < words.length; i++) {
            String name = withoutDot(words[i]).toLowerCase(Locale.ROOT);
            Set<Scoped> all = addresses.computeIfAbsent(name, n -> new LinkedHashSet<>(2));
            boolean ignored = all.add(scoped);
        }
    }

    private static String withoutDot(String name) {
        return name.length() > 1 && name.endsWith(".")
                ? name.substring(0, name.length() - 1)
                : name;
    }

    /** Those of the families, in their order; none if there is no such name. */
    List<InetAddress> lookup(String name, Families families) throws UnknownHostException {
        Set<Scoped> all = addresses.get(name.toLowerCase(Locale.ROOT));
        if (all == null) {
            return List.of();
        }
        List<InetAddress> named = new ArrayList<>(all.size());
        for (InetAddress a : families.select(all.stream().map(Scoped::address).toList())) {
            named.add(Addresses.named(name, a));
        }
        return named;
    }

    /** The first name of the address: in its scope, or if it has none, in whatever scope. */
    @Nullable String reverse(InetAddress address) {
        var scoped = Scoped.of(address);
        if (scoped.scope == 0) {
            return namesInAnyScope.get(address);
        }
        String name = names.get(scoped);
        return name != null ? name : names.get(new Scoped(address, 0));
    }

    /**
     * Whether the file comes before the name servers, as {@code nsswitch.conf(5)} says. Without any
     * word on it, it does.
     */
    static boolean comesFirst(List<String> nsswitch) {
        boolean first = true;
        for (String line : nsswitch) {
            String text = line.strip();
            if (text.startsWith("hosts:")) {
                List<String> words = List.of(text.substring(6).strip().split("\\s+", -1));
                int files = words.indexOf("files");
                int dns = words.indexOf("dns");
                first = dns < 0 || files < 0 || files < dns;
            }
        }
        return first;
    }
}
