package dev.jevent.resolver.dns;

import dev.jevent.resolver.Families;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The content of a {@code hosts(5)} file. */
final class HostsFile {

    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private final Map<InetAddress, String> names = new HashMap<>();

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
            address = InetAddress.ofLiteral(words[0]);
        } catch (IllegalArgumentException e) {
            return;
        }
        names.putIfAbsent(address, words[1]);
        for (int i = 1; i < words.length; i++) {
            String name = words[i].toLowerCase(Locale.ROOT);
            List<InetAddress> all = addresses.computeIfAbsent(name, n -> new ArrayList<>());
            if (!all.contains(address)) {
                all.add(address);
            }
        }
    }

    /** Those of the families, in their order; none if there is no such name. */
    List<InetAddress> lookup(String name, Families families) throws UnknownHostException {
        List<InetAddress> all = addresses.get(name.toLowerCase(Locale.ROOT));
        if (all == null) {
            return List.of();
        }
        List<InetAddress> named = new ArrayList<>(all.size());
        for (InetAddress a : families.select(all)) {
            named.add(Addresses.named(name, a));
        }
        return named;
    }

    /** The first name of the address. */
    @Nullable String reverse(InetAddress address) {
        return names.get(address);
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
