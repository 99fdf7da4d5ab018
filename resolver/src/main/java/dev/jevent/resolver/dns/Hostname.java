package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;

import java.net.IDN;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A name of a host, checked: labels of 1 to 63 letters, digits, hyphens and underscores that begin
 * with no hyphen, 253 characters at most (RFC 1123, RFC 1035). Other letters become ASCII by {@link
 * IDN}.
 *
 * @param text without a dot at the end
 * @param absolute whether there was one
 */
record Hostname(String text, boolean absolute) {

    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST = 253;

    static Hostname of(String name) throws UnknownHostException {
        boolean absolute = name.endsWith(".");
        String text = absolute ? name.substring(0, name.length() - 1) : name;
        if (!isAscii(text)) {
            try {
                text = IDN.toASCII(text);
            } catch (IllegalArgumentException e) {
                var error = new UnknownHostException(name + ": not the name of a host: " + e);
                error.initCause(e);
                throw error;
            }
        }
        String fault = fault(text);
        if (fault != null) {
            throw new UnknownHostException(shown(name) + ": not the name of a host: " + fault);
        }
        return new Hostname(text, absolute);
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }

    /** An error is no place for control characters, or for a megabyte. */
    private static String shown(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 300 ? clean.substring(0, 300) + "…" : clean;
    }

    private static @Nullable String fault(String text) {
        if (text.length() > LONGEST) {
            return "it is longer than " + LONGEST + " characters";
        }
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '.') {
                if (i == start || i - start > LONGEST_LABEL) {
                    return "between the dots are 1 to " + LONGEST_LABEL + " characters";
                }
                start = i + 1;
            } else if (!isAllowed(text.charAt(i), i == start)) {
                return "it has a character, or a hyphen in a place, that is not allowed";
            }
        }
        return null;
    }

    private static boolean isAllowed(char c, boolean first) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '_'
                || c == '-' && !first;
    }

    /** Whether it is the loopback interface, whatever anybody says (RFC 6761, section 6.3). */
    boolean isLoopback() {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.endsWith(".localhost");
    }

    /** Whether it belongs to multicast DNS (RFC 6762). */
    boolean isMulticast() {
        return isIn(text, "local");
    }

    static boolean isIn(String name, String domain) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals(domain) || lower.endsWith("." + domain);
    }

    /** The names to be asked for, one after the other, all absolute. */
    List<String> candidates(Settings settings) {
        if (absolute) {
            return List.of(text);
        }
        Set<String> all = new LinkedHashSet<>();
        boolean asItIsFirst = text.chars().filter(c -> c == '.').count() >= settings.ndots();
        boolean ignored = asItIsFirst && all.add(text);
        for (String domain : settings.search()) {
            if (text.length() + 1 + domain.length() <= LONGEST) {
                ignored |= all.add(text + "." + domain);
            }
        }
        ignored |= all.add(text);
        return List.copyOf(all);
    }
}
