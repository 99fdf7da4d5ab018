package dev.jevent.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The command line.
 *
 * @param names the benchmarks to run
 * @param repeats how often each contender is measured
 * @param seconds how long a server is measured
 * @param quick a small version of everything, that proves only that it works
 * @param only parts of labels: other contenders are left out; empty for all
 * @param size bytes of a message in {@code net}
 * @param attackers slow connections in {@code slowloris}
 * @param json where to write the numbers as JSON
 */
record Options(
        List<String> names,
        int repeats,
        int seconds,
        boolean quick,
        List<String> only,
        int size,
        int attackers,
        Optional<Path> json) {

    static final List<String> NAMES =
            List.of(
                    "switch",
                    "spawn",
                    "memory",
                    "timers",
                    "crowd",
                    "toolkit",
                    "echo",
                    "hello",
                    "idle",
                    "net",
                    "http",
                    "slowloris");

    /** The largest message that the client of {@code net} sends. */
    private static final int MOST_BYTES = 64 * 1024;

    static final String USAGE =
            """
            usage: benchmarks/run NAME... [options]
                   benchmarks/run tables NUMBERS.json              Markdown of http
                   benchmarks/run plot NUMBERS.json PLOT.svg       a plot of http

            NAME          switch   one hand-off between two greenlets
                          spawn    a greenlet that does nothing, spawned and joined
                          memory   a million parked greenlets
                          timers   a million sleeping greenlets
                          crowd    100,000 greenlets that end or are killed together
                          toolkit  every primitive, alone and handed over (25 minutes)
                          echo     small messages over 64 connections
                          hello    HTTP over 64 connections
                          idle     hello beside 10,000 idle connections
                          net      sockets, plain and TLS: round trips and throughput
                                   (an hour and a half)
                          http     whole HTTP servers, with their own parsers: hello,
                                   JSON, large answers, uploads, TLS, WebSocket (two
                                   hours)
                          slowloris  requests beside 5,000 connections that never
                                   finish theirs (10 minutes)
                          all      all of them (about six hours)

            --repeats N   how often each contender is measured, in turns (5)
            --seconds N   how long a server is measured each time (5); in net, 0.2 s
                          in each of N x 5 turns
            --only A,B    only contenders with A or B in their name; in toolkit, net
                          and http, rows too: --only tls-echo,jevent,netty
            --size N      bytes of a message in net (64)
            --attackers N slow connections in slowloris (5000)
            --json FILE   write all numbers to FILE
            --quick       small and short: proves that it works, the numbers mean nothing
            --install     install what the contenders need, with apt-get
            --help        this text

            JEVENT_JAVA_OPTS: more flags for every JVM that is measured.
            """;

    /** Fails with a message for the user if the command line makes no sense. */
    static Options parse(String[] args) {
        List<String> names = new ArrayList<>();
        boolean quick = List.of(args).contains("--quick");
        int repeats = quick ? 1 : 5;
        int seconds = quick ? 1 : 5;
        int size = 64;
        int attackers = quick ? 500 : 5000;
        List<String> only = List.of();
        Optional<Path> json = Optional.empty();
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            switch (arg) {
                case "--quick" -> {}
                case "--repeats" -> repeats = number(arg, value(args, ++i));
                case "--seconds" -> seconds = number(arg, value(args, ++i));
                case "--size" -> size = number(arg, value(args, ++i));
                case "--attackers" -> attackers = number(arg, value(args, ++i));
                case "--only" ->
                        only = List.of(value(args, ++i).toLowerCase(Locale.ROOT).split(","));
                case "--json" -> json = Optional.of(Path.of(value(args, ++i)));
                case "all" -> names.addAll(NAMES);
                default -> {
                    if (!NAMES.contains(arg)) {
                        throw new IllegalArgumentException("unknown: " + arg);
                    }
                    names.add(arg);
                }
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("which benchmark?");
        }
        if (size > MOST_BYTES) {
            throw new IllegalArgumentException("--size is at most " + MOST_BYTES);
        }
        List<String> once = names.stream().distinct().toList();
        return new Options(once, repeats, seconds, quick, only, size, attackers, json);
    }

    /** Whether a contender of this label is to be measured. */
    boolean wants(String label) {
        String lower = label.toLowerCase(Locale.ROOT);
        return only.isEmpty() || only.stream().anyMatch(lower::contains);
    }

    /** The same, but for other contenders. */
    Options only(List<String> labels) {
        return new Options(names, repeats, seconds, quick, labels, size, attackers, json);
    }

    private static String value(String[] args, int i) {
        if (i >= args.length) {
            throw new IllegalArgumentException(args[i - 1] + " needs a value");
        }
        return args[i];
    }

    private static int number(String option, String value) {
        try {
            int number = Integer.parseInt(value);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message below says it better.
        }
        throw new IllegalArgumentException(option + " needs a number of at least 1, not " + value);
    }
}
