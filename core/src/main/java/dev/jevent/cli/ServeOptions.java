package dev.jevent.cli;

import dev.jevent.http.Limits;
import dev.jevent.server.BaseServer;
import dev.jevent.server.ProxyProtocol;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line of {@code jevent serve}; nothing of it changes when it was parsed. */
final class ServeOptions {

    private static final String HINT = "See: jevent serve --help";
    private static final List<String> WITH_VALUE =
            List.of(
                    "--port",
                    "--bind",
                    "--unix",
                    "--tls-cert",
                    "--tls-key",
                    "--log",
                    "--class-path",
                    "--max-body",
                    "--max-header",
                    "--header-timeout",
                    "--min-rate",
                    "--idle-timeout",
                    "--max-requests",
                    "--max-connections",
                    "--stop-timeout");
    private static final List<String> OTHERS =
            List.of(
                    "--reuse-port",
                    "--proxy-protocol",
                    "--listing",
                    "--gzip",
                    "--no-log",
                    "--quiet",
                    "--help");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15})([kmg]?)b?");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^]]*]|[^:]*):([0-9]{1,5})");

    /** What an access log looks like. */
    enum LogFormat {
        COMMON,
        COMBINED,
        JSON
    }

    /** What is served, as it was given. */
    String what = "";

    final Map<String, String> properties = new LinkedHashMap<>();
    final List<SocketAddress> addresses = new ArrayList<>(2);
    String classPath; // null: as usual
    Path certificate; // null: no TLS
    Path key; // null: in the same file
    LogFormat log = LogFormat.COMBINED; // null: none
    Path logFile; // null: the standard output
    ProxyProtocol proxyProtocol; // null: none
    Limits limits = Limits.defaults();
    Duration stopTimeout = Duration.ofSeconds(5);
    boolean reusePort;
    boolean listing;
    boolean gzip;
    boolean quiet;

    private String port;
    private String bind;
    private String unix;

    private ServeOptions() {}

    static ServeOptions parse(List<String> args) {
        var options = new ServeOptions();
        var words = new Words(args, HINT);
        boolean mayBeOption = true;
        while (words.hasMore()) {
            if (mayBeOption && words.isOption()) {
                String word = words.take();
                if (word.equals("--")) {
                    mayBeOption = false;
                } else {
                    options.option(word, words);
                }
            } else {
                options.what(words.take());
            }
        }
        options.check();
        return options;
    }

    private void what(String word) {
        if (!what.isEmpty()) {
            throw new UsageError(
                    "one folder or class is served, not both " + what + " and " + word, HINT);
        }
        what = word;
    }

    // ---- options

    private void option(String word, Words words) {
        if (word.startsWith("-D") && word.length() > 2) {
            RunOptions.addProperty(properties, word.substring(2));
            return;
        }
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        String name = longName(equals < 0 ? word : word.substring(0, equals));
        if (name.equals("--proxy-protocol")) {
            proxyProtocol = proxyProtocol(equals < 0 ? "" : word.substring(equals + 1));
        } else if (WITH_VALUE.contains(name)) {
            String value = equals < 0 ? words.valueOf(word) : word.substring(equals + 1);
            if (!limit(name, value)) {
                value(name, value);
            }
        } else if (equals >= 0 && OTHERS.contains(name)) {
            throw new UsageError(name + " has no value", HINT);
        } else {
            flag(name, word);
        }
    }

    private static String longName(String name) {
        return switch (name) {
            case "-p" -> "--port";
            case "-b" -> "--bind";
            case "-q" -> "--quiet";
            case "-cp", "-classpath" -> "--class-path";
            default -> name;
        };
    }

    private void flag(String name, String word) {
        switch (name) {
            case "--reuse-port" -> reusePort = true;
            case "--listing" -> listing = true;
            case "--gzip" -> gzip = true;
            case "--no-log" -> log = null;
            case "--quiet" -> quiet = true;
            default -> throw unknown(word, name);
        }
    }

    private static UsageError unknown(String word, String name) {
        List<String> all = new ArrayList<>(WITH_VALUE);
        all.addAll(OTHERS);
        return new UsageError(
                "unknown option of serve: " + word,
                Nearest.to(name, all).map(near -> "Did you mean: " + near).orElse(HINT));
    }

    private void value(String name, String value) {
        switch (name) {
            case "--port" -> port = value;
            case "--bind" -> bind = value;
            case "--unix" -> unix = value;
            case "--tls-cert" -> certificate = Path.of(value);
            case "--tls-key" -> key = Path.of(value);
            case "--class-path" -> classPath = value;
            case "--log" -> log(value);
            case "--stop-timeout" -> stopTimeout = time(name, value);
            default -> throw new IllegalStateException(name);
        }
    }

    private boolean limit(String name, String value) {
        switch (name) {
            case "--max-body" -> limit(name, value, ServeOptions::size, Limits::body);
            case "--max-header" -> limit(name, value, ServeOptions::count, Limits::headerBytes);
            case "--header-timeout" ->
                    limit(name, value, ServeOptions::time, Limits::headerTimeout);
            case "--idle-timeout" -> limit(name, value, ServeOptions::time, Limits::idleTimeout);
            case "--max-requests" -> limit(name, value, ServeOptions::count, Limits::requests);
            case "--max-connections" ->
                    limit(name, value, ServeOptions::count, Limits::connections);
            case "--min-rate" ->
                    limit(
                            name,
                            value,
                            ServeOptions::count,
                            (all, rate) -> all.minRate(rate, all.grace()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private <T> void limit(
            String name,
            String text,
            BiFunction<String, String, T> parser,
            BiFunction<Limits, T, Limits> setter) {
        T value = parser.apply(name, text);
        try {
            limits = setter.apply(limits, value);
        } catch (IllegalArgumentException e) {
            throw new UsageError(name + " " + text + ": " + e.getMessage(), HINT);
        }
    }

    private void log(String value) {
        int colon = value.indexOf(':');
        String format = colon < 0 ? value : value.substring(0, colon);
        try {
            log = LogFormat.valueOf(format.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UsageError(
                    "--log knows the formats combined, common and json, not " + format, HINT);
        }
        logFile = colon < 0 ? null : Path.of(value.substring(colon + 1));
    }

    private static ProxyProtocol proxyProtocol(String trusted) {
        try {
            return trusted.isEmpty()
                    ? ProxyProtocol.REQUIRED
                    : ProxyProtocol.REQUIRED.trusting(trusted.split(",", -1));
        } catch (IllegalArgumentException e) {
            throw new UsageError("--proxy-protocol=" + trusted + ": " + e.getMessage(), HINT);
        }
    }

    // ---- values

    private static long size(String name, String text) {
        Matcher m = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw new UsageError(name + " is a size, like 500, 64K or 10M, not " + text, HINT);
        }
        int shift =
                switch (m.group(2)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
        long n = Long.parseLong(m.group(1));
        return n > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : n << shift;
    }

    private static int count(String name, String text) {
        long n = size(name, text);
        if (n > Integer.MAX_VALUE) {
            throw new UsageError(name + " " + text + " is too much", HINT);
        }
        return (int) n;
    }

    private static Duration time(String name, String text) {
        Matcher m = TIME.matcher(text);
        if (!m.matches()) {
            throw new UsageError(
                    name + " is a time in seconds, or like 500ms, 30s or 5m, not " + text, HINT);
        }
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2) == null ? "s" : m.group(2)) {
            case "ms" -> Duration.ofMillis(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofSeconds(n);
        };
    }

    // ---- all together

    private void check() {
        if (what.isEmpty()) {
            throw new UsageError(
                    "serve needs a folder or a class", "For this folder: jevent serve .\n" + HINT);
        }
        if (key != null && certificate == null) {
            throw new UsageError("--tls-key needs a --tls-cert", HINT);
        }
        if (unix == null || port != null || bind != null) {
            addresses.add(address());
        }
        if (unix != null) {
            addresses.add(UnixDomainSocketAddress.of(unix));
        }
    }

    private SocketAddress address() {
        String host = bind == null ? "127.0.0.1" : bind;
        String number = port == null ? "8000" : port;
        Matcher m = HOST_AND_PORT.matcher(host);
        if (m.matches()) {
            if (port != null && !port.equals(m.group(2))) {
                throw new UsageError("--bind " + bind + " and --port " + port, HINT);
            }
            host = m.group(1);
            number = m.group(2);
        } else if (host.contains(":") && !host.startsWith("[")) {
            host = "[" + host + "]";
        }
        try {
            return BaseServer.parseAddress(host + ":" + number);
        } catch (IllegalArgumentException e) {
            throw new UsageError(e.getMessage(), HINT);
        }
    }
}
