package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.Commands.Place.SERVER;
import static dev.jevent.benchmarks.NetBenchmarks.Column.C;
import static dev.jevent.benchmarks.NetBenchmarks.Column.GEVENT;
import static dev.jevent.benchmarks.NetBenchmarks.Column.GO;
import static dev.jevent.benchmarks.NetBenchmarks.Column.JEVENT;
import static dev.jevent.benchmarks.NetBenchmarks.Column.NETTY;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The benchmark {@code net}: what sockets cost, plain and over TLS: small messages that come back,
 * and as much as goes through in one direction. It is one benchmark for each of these loads; a
 * server is started anew for each, on one core, and gets the load over few and over many
 * connections from the other core, first until it is warm, then in many short measurements. {@link
 * GridReport} makes one table of all.
 */
final class NetBenchmarks {

    /** Who is measured: the columns of the table. */
    enum Column {
        JEVENT("jevent"),
        NETTY("Netty"),
        C("C, epoll"), // beside those that are compared with it
        JDK("JDK, virtual"),
        GO("Go"),
        GEVENT("gevent");

        final String label;

        Column(String label) {
            this.label = label;
        }
    }

    /** What the servers do. */
    enum Load {
        ECHO,
        DOWNLOAD,
        UPLOAD;

        /** What the programs call it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One row of the table, in each of its sections that are about this load. */
    record Row(boolean tls, Load load, int connections) {

        /** What {@code --only} calls it. */
        String name() {
            return group() + "-" + connections;
        }

        /** What the rows that one process measures have in common. */
        String group() {
            return (tls ? "tls-" : "plain-") + load.word();
        }
    }

    private static final int RECONNECTS = 10;
    private static final String CPU_ECHO = "cpu_us";
    private static final String CPU_BULK = "cpu_ns";
    private static final String RATE = "gb_s";
    private static final String CLIENT = "client";

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(30); // after the burst
    private static final double WARM_UP_JIT = 6;
    private static final double WARM_UP_LEAST = 2;
    private static final double WARM_UP_COMPILED = 0.5;

    /** What is looked at to see whether a JVM still compiles, and for how long at most. */
    private static final double WARM_UP_LOOK = 2.5;

    private static final Duration WARM_UP_MOST = Duration.ofSeconds(60);

    /** What a measurement lasts: short, so that what it is compared with is soon after it. */
    private static final double BURST = 0.2;

    private static final double SETTLE = 0.05;
    private static final int BURSTS_A_SECOND = 5;
    private static final int TRIES = 3;

    private static final List<Row> ROWS =
            Stream.of(Load.values())
                    .flatMap(load -> Stream.of(false, true).flatMap(tls -> rows(tls, load)))
                    .toList();

    /**
     * For all JVMs alike, besides those that all have: the second only matters to JDK threads, and
     * the first to Netty, which is slower without sun.misc.Unsafe and does not take it by itself.
     */
    private static final List<String> JVM_FLAGS =
            Stream.concat(
                            Stream.of("--sun-misc-unsafe-memory-access=allow"),
                            ServerBenchmarks.ONE_CARRIER.stream())
                    .toList();

    private static final List<String> NOTES =
            List.of(
                    "Servers have one core, their client has another. GB is 10^9 bytes, KiB is"
                            + " 1,024.",
                    "In each run all servers of a load are started and warmed, and then measured in"
                            + " turns, each",
                    "load for 0.2 s at a time, --seconds x 5 turns; medians and ratios are of all"
                            + " turns.",
                    "Where the client used all of its core, it is what limits the rate: look at"
                            + " the CPU time then.",
                    "A JVM is warm when its compilers took less than 1 % of its CPU time in the"
                            + " last 2.5 s of the load.",
                    "TLS 1.3 with AES-128-GCM. JDK, Netty and jevent: the JDK's own engine; gevent"
                            + " and C: OpenSSL.",
                    "more flags of every JVM: " + String.join(" ", JVM_FLAGS));

    private final Commands commands;
    private final Options options;

    NetBenchmarks(Commands commands, Options options) {
        this.commands = commands;
        this.options = options;
    }

    private static Stream<Row> rows(boolean tls, Load load) {
        Stream<Integer> counts = load == Load.ECHO ? Stream.of(1, 64, 1000) : Stream.of(1, 64);
        return counts.map(connections -> new Row(tls, load, connections));
    }

    /**
     * The rows that are asked for. A part of a name of one chooses it; none chosen are all of them.
     */
    static List<Row> rows(List<String> only) {
        List<Row> chosen =
                ROWS.stream().filter(row -> only.stream().anyMatch(row.name()::contains)).toList();
        return chosen.isEmpty() ? ROWS : chosen;
    }

    /** What of {@code --only} is part of no row's name, and so says which contenders to measure. */
    static List<String> contenders(List<String> only) {
        return only.stream()
                .filter(part -> ROWS.stream().noneMatch(row -> row.name().contains(part)))
                .toList();
    }

    /** The rows that are asked for, those of one process together. */
    static List<List<Row>> groups(List<String> only) {
        List<Row> rows = rows(only);
        return rows.stream()
                .map(Row::group)
                .distinct()
                .map(group -> rows.stream().filter(row -> row.group().equals(group)).toList())
                .toList();
    }

    /** An empty table. */
    static GridReport report(Options options) {
        return new GridReport(
                "net: sockets, plain and over TLS; round trips of " + options.size() + " bytes",
                List.of(Column.values()).stream().map(column -> column.label).toList(),
                NOTES,
                options);
    }

    /** The benchmark of a group. */
    Benchmark benchmark(List<Row> rows) {
        List<Metric> metrics =
                rows.stream()
                        .flatMap(row -> lines(row).stream().map(l -> titled(row, l.metric())))
                        .toList();
        List<Contender> contenders =
                Stream.of(Column.values()).map(column -> contender(column, rows)).toList();
        return new Benchmark(
                "net " + rows.getFirst().group(),
                rows.getFirst().group() + ": " + what(rows.getFirst().load()),
                metrics,
                contenders,
                rows.stream().flatMap(row -> targets(row).stream()).toList(),
                NOTES);
    }

    private String what(Load load) {
        return switch (load) {
            case ECHO -> "messages of " + options.size() + " bytes and back";
            case DOWNLOAD -> "from the server, as much as goes through";
            case UPLOAD -> "to the server, as much as goes through";
        };
    }

    /** A row in each section that it is part of. */
    static List<GridReport.Line> lines(Row row) {
        List<GridReport.Line> lines = new ArrayList<>();
        if (row.load() == Load.ECHO) {
            lines.add(line(row, CPU_ECHO, "round trip: CPU µs of the server", 2));
            lines.add(line(row, "p50_us", "round trip: µs, median", 0));
            lines.add(line(row, "p99_us", "round trip: µs, 99th percentile", 0));
            lines.add(line(row, "per_s", "round trips a second (more is better)", 0));
        } else {
            lines.add(line(row, RATE, "throughput: GB/s (more is better)", 2));
            lines.add(line(row, CPU_BULK, "throughput: CPU ns of the server for a KiB", 1));
        }
        String unit = "% of its core that the client used";
        String section = row.load() == Load.ECHO ? "round trip: " + unit : "throughput: " + unit;
        Metric busy = new Metric(key(CLIENT, row), section, 0, false);
        lines.add(new GridReport.Line(section, row.name(), busy));
        return lines;
    }

    private static GridReport.Line line(Row row, String kind, String section, int decimals) {
        return new GridReport.Line(
                section, row.name(), new Metric(key(kind, row), section, decimals));
    }

    private static String key(String kind, Row row) {
        return kind + "_" + row.connections();
    }

    /** The metric with a title that says of how many connections. */
    private static Metric titled(Row row, Metric metric) {
        String connections = row.connections() == 1 ? " connection" : " connections";
        String title =
                String.format(
                        Locale.ROOT, "%s, %,d%s", metric.title(), row.connections(), connections);
        return new Metric(metric.key(), title, metric.decimals(), metric.compared());
    }

    private static List<Target> targets(Row row) {
        String jevent = JEVENT.label;
        if (row.load() == Load.ECHO) {
            return List.of(Target.ratio(jevent, key(CPU_ECHO, row), 1.00, NETTY.label));
        }
        return row.tls()
                ? List.of(Target.ratio(jevent, key(CPU_BULK, row), 1.00, NETTY.label))
                : List.of(Target.atLeast(jevent, key(RATE, row), 0.95, C.label));
    }

    private Contender contender(Column column, List<Row> rows) {
        Command server = server(column, rows.getFirst());
        Optional<String> missing = server.missing().or(client(rows.getFirst(), 0, 0)::missing);
        WarmUp warmUp;
        if (options.quick()) {
            warmUp = new WarmUp(0.5, RECONNECTS, 0.05, Duration.ZERO);
        } else if (column == GO || column == GEVENT || column == C) { // compiled, or never will be
            warmUp = new WarmUp(WARM_UP_COMPILED, 0, 0, Duration.ZERO);
        } else {
            double each = Math.max(WARM_UP_LEAST, WARM_UP_JIT / rows.size());
            warmUp = new WarmUp(each, RECONNECTS, each / RECONNECTS, WARM_UP_MOST);
        }
        double seconds = options.quick() ? BURST / 2 : BURST;
        return new Contender(
                column.label, missing, new Served(server, rows, warmUp, SETTLE, seconds));
    }

    /** How often each server is measured in a repeat, for {@link #BURST} seconds. */
    static int turns(Options options) {
        return options.seconds() * BURSTS_A_SECOND;
    }

    /** The server of a contender for the group of a row. */
    Command server(Column column, Row row) {
        Command plain = server(column, row.load().word());
        return row.tls() ? commands.overTls(plain) : plain;
    }

    private Command server(Column column, String name) {
        return switch (column) {
            case JEVENT -> commands.java(SERVER, JVM_FLAGS, "JeventServer " + name);
            case NETTY -> commands.java(SERVER, JVM_FLAGS, "NettyServer " + name);
            case JDK -> commands.java(SERVER, JVM_FLAGS, "JdkServer virtual " + name);
            case GO -> commands.go(SERVER, "net-" + name);
            case GEVENT -> commands.gevent(SERVER, "net_server.py", name);
            case C -> commands.c(SERVER, "net_server", name);
        };
    }

    /**
     * What is done before the first measurement.
     *
     * @param seconds that each row is run
     * @param reconnects how often the last row is connected again: what is done once for each
     *     connection must be warm too, as frames that were interpreted at a connection's begin stay
     *     so to its end
     * @param secondsOfEach of these
     * @param most how long it may take after that, with the load as it is measured, until the
     *     compilers of a JVM rest; what is seldom called is compiled late, and meanwhile they have
     *     the one core that the server has
     */
    record WarmUp(double seconds, int reconnects, double secondsOfEach, Duration most) {
        static final WarmUp NONE = new WarmUp(0, 0, 0, Duration.ZERO);
    }

    /** The rows of one group, measured on one server. */
    final class Served implements Contender.Measurement {
        private final Command command;
        private final List<Row> rows;
        private final WarmUp warmUp;
        private final double settle;
        private final double seconds;

        /**
         * One that is not started.
         *
         * @param settle seconds that a row has its load before it is measured
         * @param seconds that it is measured
         */
        Served(Command command, List<Row> rows, WarmUp warmUp, double settle, double seconds) {
            this.command = command;
            this.rows = rows;
            this.warmUp = warmUp;
            this.settle = settle;
            this.seconds = seconds;
        }

        @Override
        public Map<String, Double> measure() throws Exception {
            Map<String, Double> numbers = new HashMap<>();
            try (Contender.Warm warm = warm()) {
                for (int part = 0; part < warm.parts(); part++) {
                    numbers.putAll(warm.measure(part));
                }
            }
            return numbers;
        }

        @Override
        public Contender.Warm warm() throws Exception {
            Running running = new Running(Child.start(command), rows, settle, seconds);
            try {
                int port = running.server.awaitReady(START);
                warm(running.server, port);
                running.connect(port);
                running.awaitCompilers(warmUp.most());
                return running;
            } catch (Exception e) {
                running.close();
                throw e;
            }
        }

        private void warm(Child server, int port) throws Exception {
            if (warmUp.seconds() > 0) {
                for (Row row : rows) {
                    run(server, client(row, port, warmUp.seconds(), server.pid()));
                }
            }
            Row last = rows.getLast();
            for (int i = 0; i < warmUp.reconnects(); i++) {
                run(server, client(last, port, warmUp.secondsOfEach(), server.pid()));
            }
        }
    }

    /**
     * A server, and a client for each row, that stays connected and is at rest until it is asked.
     */
    private final class Running implements Contender.Warm {
        private final Child server;
        private final List<Row> rows;
        private final List<Child> clients = new ArrayList<>();
        private final String burst;
        private final Duration limit;
        private final int look; // turns

        Running(Child server, List<Row> rows, double settle, double seconds) {
            this.server = server;
            this.rows = rows;
            this.burst = String.format(Locale.ROOT, "%.3f %.3f", settle, seconds);
            this.limit = ANSWER.plusMillis(Math.round((settle + seconds) * 1e3));
            this.look = (int) Math.ceil(WARM_UP_LOOK / (rows.size() * (settle + seconds)));
        }

        /** After the warm-up: a frame that is interpreted when a connection begins stays so. */
        void connect(int port) throws Exception {
            for (Row row : rows) {
                Child client = Child.start(client(row, port, server.pid()));
                clients.add(client);
                client.awaitReady(START);
            }
        }

        void awaitCompilers(Duration most) throws Exception {
            var compilers = new Compilers(server.pid(), commands.ticksPerSecond());
            long start = System.nanoTime();
            for (boolean rest = most.isZero(); !rest; ) {
                if (System.nanoTime() - start > most.toNanos()) {
                    System.err.println("a JVM still compiles, after " + most.toSeconds() + " s");
                    return;
                }
                compilers.look();
                for (int i = 0; i < look * rows.size(); i++) {
                    measure(i % rows.size());
                }
                rest = compilers.haveRested();
            }
        }

        @Override
        public int parts() {
            return rows.size();
        }

        /** A machine that stands still for so long is no fault of the server, but seldom does. */
        @Override
        public Map<String, Double> measure(int part) throws Exception {
            Map<String, Double> seen = Map.of();
            for (int i = 0; i < TRIES; i++) {
                server.checkAlive();
                seen = clients.get(part).ask(burst, limit);
                server.checkAlive();
                if (seen.get("bytes") > 0) {
                    break;
                }
            }
            return numbers(rows.get(part), seen);
        }

        @Override
        public void close() {
            clients.forEach(Child::close);
            server.close();
        }
    }

    private void run(Child server, Command client) throws Exception {
        Child.results(Child.run(client, START.plusSeconds(options.seconds())));
        server.checkAlive();
    }

    /** That runs for some time, and then ends. */
    private Command client(Row row, int port, double seconds, long server) {
        return client(row, port, String.format(Locale.ROOT, " %.2f 0", seconds), server);
    }

    /** That runs when it is told to. */
    private Command client(Row row, int port, long server) {
        return client(row, port, "", server);
    }

    private Command client(Row row, int port, String seconds, long server) {
        String words =
                String.format(
                        Locale.ROOT,
                        "%d %s %s %d %d%s %d",
                        port,
                        row.tls() ? "tls" : "plain",
                        row.load().word(),
                        row.connections(),
                        options.size(),
                        seconds,
                        server);
        Command client = commands.c(Commands.Place.OTHER, "net_client", words.split(" ", -1));
        return row.tls() ? commands.overTls(client) : client;
    }

    /** What the client printed, as the metrics of a row; fails if nothing went through. */
    static Map<String, Double> numbers(Row row, Map<String, Double> seen) throws IOException {
        double seconds = seen.get("seconds");
        double cpu = seen.get("cpu_us");
        double client = seen.get("client_us") / seconds / 1e4;
        if (seen.get("bytes") <= 0) {
            throw new IOException(row.name() + ": nothing went through");
        }
        Map<String, Double> numbers = new HashMap<>();
        numbers.put(key(CLIENT, row), client);
        if (row.load() == Load.ECHO) {
            double count = seen.get("count");
            numbers.put(key(CPU_ECHO, row), cpu / count);
            numbers.put(key("p50_us", row), seen.get("p50_us"));
            numbers.put(key("p99_us", row), seen.get("p99_us"));
            numbers.put(key("per_s", row), count / seconds);
        } else {
            double bytes = seen.get("bytes");
            numbers.put(key(RATE, row), bytes / seconds / 1e9);
            numbers.put(key(CPU_BULK, row), cpu * 1e3 / (bytes / 1024));
        }
        return numbers;
    }
}
