package dev.jevent.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What asks a server for as much as it can do, over 64 connections with one request in flight each,
 * from the other core.
 */
interface Load {
    int CONNECTIONS = 64;

    /**
     * What the clients saw.
     *
     * @param count requests answered
     * @param perSecond the same for each second
     * @param p99Micros the 99th percentile of how long an answer took
     */
    record Seen(double count, double perSecond, double p99Micros) {}

    /** The client for a server on this port. */
    Command command(int port, int seconds);

    /** Reads what the client printed; fails if a request did. */
    Seen read(List<String> lines) throws IOException;

    /** Messages of 64 bytes that come back. */
    static Load echo(Commands commands) {
        return new Echo(commands);
    }

    /** HTTP requests by wrk. */
    static Load http(Commands commands) {
        return new Http(commands);
    }

    /** {@link #echo(Commands)}. */
    record Echo(Commands commands) implements Load {
        private static final int SIZE = 64;

        @Override
        public Command command(int port, int seconds) {
            return commands.c(
                    Commands.Place.OTHER,
                    "echo_client",
                    Integer.toString(port),
                    Integer.toString(CONNECTIONS),
                    Integer.toString(SIZE),
                    Integer.toString(seconds));
        }

        @Override
        public Seen read(List<String> lines) throws IOException {
            Map<String, Double> numbers = Child.results(lines);
            double count = numbers.get("count");
            return new Seen(count, count / numbers.get("seconds"), numbers.get("p99_us"));
        }
    }

    /** {@link #http(Commands)}. */
    record Http(Commands commands) implements Load {
        private static final Pattern COUNT = Pattern.compile("(\\d+) requests in ");
        private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
        private static final Pattern P99 = Pattern.compile(" 99% +([0-9.]+)(us|ms|s|m)");
        private static final Pattern ERRORS = Pattern.compile("(?m)^ *(Socket errors:|Non-2xx).*$");

        @Override
        public Command command(int port, int seconds) {
            return commands.wrk(
                    "-t1",
                    "-c" + CONNECTIONS,
                    "-d" + seconds + "s",
                    "--latency",
                    "http://127.0.0.1:" + port + "/");
        }

        @Override
        public Seen read(List<String> lines) throws IOException {
            String text = String.join("\n", lines);
            Matcher errors = ERRORS.matcher(text);
            if (errors.find()) {
                throw new IOException("wrk: " + errors.group().strip());
            }
            Matcher p99 = find(P99, text);
            double unit =
                    switch (p99.group(2)) {
                        case "us" -> 1;
                        case "ms" -> 1e3;
                        case "s" -> 1e6;
                        default -> 60e6;
                    };
            return new Seen(
                    Double.parseDouble(find(COUNT, text).group(1)),
                    Double.parseDouble(find(RATE, text).group(1)),
                    Double.parseDouble(p99.group(1)) * unit);
        }

        private static Matcher find(Pattern pattern, String text) throws IOException {
            Matcher matcher = pattern.matcher(text);
            if (!matcher.find()) {
                throw new IOException("wrk printed something else: " + text);
            }
            return matcher;
        }
    }

    /** Why this load cannot be made on this machine, if it cannot. */
    default Optional<String> missing() {
        return command(0, 1).missing();
    }
}
