package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.Commands.Place.SERVER;
import static dev.jevent.benchmarks.HttpBenchmarks.Column.C;
import static dev.jevent.benchmarks.HttpBenchmarks.Column.JEVENT;
import static dev.jevent.benchmarks.HttpBenchmarks.Column.LOG;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The benchmark {@code http}: what whole HTTP servers cost, with their own parsers. It is one
 * benchmark for each kind of request; a server is started anew for each, on one core, and gets the
 * load from the other core, first until it is warm, then measured. {@link GridReport} makes one
 * table of all.
 */
final class HttpBenchmarks {

    /** Who is measured: the columns of the table. */
    enum Column {
        JEVENT("jevent"),
        LOG("the same, with log"),
        NETTY("Netty, epoll"),
        C("C, bare loop"), // beside those that are compared with it
        VERTX("Vert.x, epoll"),
        HELIDON("Helidon, virtual"),
        UNDERTOW("Undertow"),
        JETTY("Jetty, virtual"),
        MICROHTTP("microhttp"),
        ROBAHO("robaho, virtual"),
        JDK("JDK, virtual"),
        GO("Go, net/http"),
        NODE("Node, http"),
        GEVENT("gevent, pywsgi");

        final String label;

        Column(String label) {
            this.label = label;
        }
    }

    /** What is asked for. */
    enum Load {
        HELLO("hello", 64, true),
        JSON("json", 64, false),
        HEADERS("headers", 64, false),
        PIPELINING("pipelining", 64, false),
        LARGE("answer-100k", 64, false),
        HUGE("answer-100m", 4, false),
        UPLOAD("upload-100k", 64, false),
        CHUNKED("upload-chunked", 64, false),
        TLS("tls-hello", 64, true),
        WEBSOCKET("websocket", 64, true);

        /** What the client calls it, but for {@code tls-}. */
        final String word;

        private final int connections;
        private final boolean alsoMany;

        Load(String word, int connections, boolean alsoMany) {
            this.word = word;
            this.connections = connections;
            this.alsoMany = alsoMany;
        }

        Stream<Row> rows() {
            Row row = new Row(this, connections);
            return alsoMany ? Stream.of(row, new Row(this, MANY)) : Stream.of(row);
        }
    }

    /** One row of the table, in each of its sections. */
    record Row(Load load, int connections) {

        /** What {@code --only} calls it. */
        String name() {
            return load.word + "-" + connections;
        }
    }

    private static final int FEW = 64;
    private static final int MANY = 1000;
    private static final int RECONNECTS = 10;
    private static final String CPU = "cpu_us";
    private static final double HUGE_BYTES = 1e8;

    private static final Duration START = Duration.ofSeconds(60);
    private static final double WARM_UP = 6;
    private static final double WARM_UP_LEAST = 3;
    private static final double WARM_UP_RECONNECTS = 3;
    private static final List<Row> ROWS = Stream.of(Load.values()).flatMap(Load::rows).toList();

    /**
     * For all JVMs alike, besides those that all have. The first two are as in {@code net}; the
     * others let the servers that are made after the JDK's keep as many connections as there are,
     * and send small answers at once, as all others do.
     */
    private static final List<String> JVM_FLAGS =
            Stream.of(
                            Stream.of("--sun-misc-unsafe-memory-access=allow"),
                            ServerBenchmarks.ONE_CARRIER.stream(),
                            Stream.of("sun", "robaho")
                                    .flatMap(
                                            vendor ->
                                                    Stream.of(
                                                            flag(vendor, "maxIdleConnections=2000"),
                                                            flag(vendor, "nodelay=true"))))
                    .flatMap(flags -> flags)
                    .toList();

    private static final List<String> NOTES =
            List.of(
                    "Servers have one core, their client has another. An answer of 100k has 100,000"
                            + " bytes, one of 100m 100,000,000; over 4 connections.",
                    "Pipelining: 16 requests at a time, each counted; µs from when all were sent."
                            + " WebSocket: messages of 64 bytes and back.",
                    "Each connection asks again when it has its answer, so a slow server is asked"
                            + " less: its p99 is that of its own pace.",
                    "TLS 1.3 with AES-128-GCM. JVM: the JDK's own engine; Node, gevent and C:"
                            + " OpenSSL.",
                    "more flags of every JVM: " + String.join(" ", JVM_FLAGS));

    private final Commands commands;
    private final Options options;

    HttpBenchmarks(Commands commands, Options options) {
        this.commands = commands;
        this.options = options;
    }

    private static String flag(String vendor, String value) {
        return "-D" + vendor + ".net.httpserver." + value;
    }

    /**
     * The rows that are asked for. A part of a name of one chooses it; none chosen are all of them.
     */
    static List<Row> rows(List<String> only) {
        List<Row> chosen =
                ROWS.stream()
                        .filter(row -> only.stream().anyMatch(part -> isOf(row, part)))
                        .toList();
        return chosen.isEmpty() ? ROWS : chosen;
    }

    /** {@code hello} is no part of {@code tls-hello}, for it would be hard to ask for without. */
    private static boolean isOf(Row row, String part) {
        return row.name().contains(part)
                && !(row.load() == Load.TLS && part.startsWith(Load.HELLO.word));
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
                .map(Row::load)
                .distinct()
                .map(load -> rows.stream().filter(row -> row.load() == load).toList())
                .toList();
    }

    /** An empty table. */
    static GridReport report(Options options) {
        return new GridReport(
                "http: whole servers, a keep-alive client that checks every answer",
                Stream.of(Column.values()).map(column -> column.label).toList(),
                NOTES,
                options);
    }

    /** The benchmark of a group. */
    Benchmark benchmark(List<Row> rows) {
        Load load = rows.getFirst().load();
        List<Metric> metrics =
                rows.stream()
                        .flatMap(row -> lines(row).stream().map(l -> titled(row, l.metric())))
                        .toList();
        List<Contender> contenders =
                Stream.of(Column.values())
                        .filter(column -> column != LOG || load == Load.HELLO)
                        .map(column -> contender(column, rows))
                        .toList();
        return new Benchmark(
                "http " + load.word,
                load.word,
                metrics,
                contenders,
                rows.stream().flatMap(row -> targets(row).stream()).toList(),
                NOTES);
    }

    /** A row in each section. */
    static List<GridReport.Line> lines(Row row) {
        String busy = "% of its core that the client used";
        return List.of(
                line(row, CPU, "CPU µs of the server for a request", 2),
                line(row, "p99_us", "µs for an answer, 99th percentile", 0),
                line(row, "per_s", "requests a second (more is better)", 0),
                new GridReport.Line(
                        busy, row.name(), new Metric(key("client", row), busy, 0, false)));
    }

    private static GridReport.Line line(Row row, String kind, String section, int decimals) {
        return new GridReport.Line(
                section, row.name(), new Metric(key(kind, row), section, decimals));
    }

    private static String key(String kind, Row row) {
        return kind + "_" + row.connections();
    }

    /** The metric with a title that says of which row. */
    private static Metric titled(Row row, Metric metric) {
        return new Metric(
                metric.key(),
                row.name() + ": " + metric.title(),
                metric.decimals(),
                metric.compared());
    }

    /** For the plain hello: not far from C, and less than everybody else. */
    private static List<Target> targets(Row row) {
        if (row.load() != Load.HELLO) {
            return List.of();
        }
        List<Target> targets = new ArrayList<>();
        for (Column column : EnumSet.complementOf(EnumSet.of(JEVENT, LOG))) {
            double most = column == C ? 1.25 : 1.00;
            targets.add(Target.ratio(JEVENT.label, key(CPU, row), most, column.label));
        }
        return targets;
    }

    private Contender contender(Column column, List<Row> rows) {
        Load load = rows.getFirst().load();
        Command server = server(column, load);
        Optional<String> missing =
                server.missing().or(client(rows.getFirst(), 0, 0, 0, 0)::missing);
        double each = Math.max(WARM_UP_LEAST, WARM_UP / rows.size());
        return new Contender(
                column.label,
                missing,
                () ->
                        options.quick()
                                ? measure(server, rows, 0.2, 0.1, 0.3)
                                : measure(server, rows, each, 1, options.seconds()));
    }

    /** What a server does not have, if it is that. */
    private static Optional<String> lacks(Column column, Load load) {
        Set<Column> noWebSocket = EnumSet.of(Column.MICROHTTP, Column.JDK, Column.GO);
        if (load == Load.TLS && column == Column.MICROHTTP) {
            return Optional.of("it has no TLS");
        }
        return load == Load.WEBSOCKET && noWebSocket.contains(column)
                ? Optional.of("it has no WebSocket")
                : Optional.empty();
    }

    /** The server of a contender for a load. */
    Command server(Column column, Load load) {
        Optional<String> lack = lacks(column, load);
        if (lack.isPresent()) {
            return Command.missing(lack.get());
        }
        Command plain = server(column, load == Load.WEBSOCKET);
        return load == Load.TLS ? commands.overTls(plain) : plain;
    }

    private Command server(Column column, boolean webSocket) {
        return switch (column) {
            case JEVENT -> java("JeventHttp");
            case LOG -> java("JeventHttp").with("BENCH_LOG", 1);
            case NETTY -> java("NettyHttp");
            case VERTX -> java("VertxHttp");
            case HELIDON -> java("HelidonHttp");
            case UNDERTOW -> java("UndertowHttp");
            case JETTY -> java("JettyHttp");
            case MICROHTTP -> java("MicrohttpHttp");
            case ROBAHO -> provided("robaho.net.httpserver", "RobahoHttp");
            case JDK -> provided("sun.net.httpserver", "JdkHttp");
            case GO -> commands.go(SERVER, "http");
            case NODE -> commands.node(SERVER, webSocket, "http_server.js");
            case GEVENT ->
                    webSocket
                            ? commands.geventWebSocket(SERVER, "http_server.py", "websocket")
                            : commands.gevent(SERVER, "http_server.py", "http");
            case C -> commands.c(SERVER, "http_server");
        };
    }

    private Command java(String main) {
        return commands.java(SERVER, JVM_FLAGS, main);
    }

    /** One of the JDK's interface, of which several are on the class path. */
    private Command provided(String provider, String main) {
        String flag =
                "-Dcom.sun.net.httpserver.HttpServerProvider="
                        + provider
                        + ".DefaultHttpServerProvider";
        return commands.java(
                SERVER, Stream.concat(JVM_FLAGS.stream(), Stream.of(flag)).toList(), main);
    }

    /**
     * Measures rows of one group.
     *
     * @param warmUp seconds that a row is run before any is measured
     * @param settle seconds on the connections of a row before it is measured
     */
    Map<String, Double> measure(
            Command command, List<Row> rows, double warmUp, double settle, double seconds)
            throws Exception {
        Map<String, Double> numbers = new HashMap<>();
        try (Child server = Child.start(command)) {
            int port = server.awaitReady(START);
            for (Row row : rows) {
                run(server, client(row, port, warmUp, 0, server.pid()));
            }
            // What is done once for each connection must be warm too: frames of a connection that
            // were interpreted at its begin stay so to its end. Not with huge answers: a server
            // that makes them in one piece would be busy with what nobody waits for any more.
            double again = Math.min(warmUp, WARM_UP_RECONNECTS) / RECONNECTS;
            Load load = rows.getFirst().load();
            Row few = new Row(load, Math.min(FEW, rows.getFirst().connections()));
            int times = warmUp > 0 && load != Load.HUGE ? RECONNECTS : 0;
            for (int i = 0; i < times; i++) {
                run(server, client(few, port, again, 0, server.pid()));
            }
            for (Row row : rows) {
                Command client = client(row, port, settle, seconds, server.pid());
                numbers.putAll(numbers(row, run(server, client)));
            }
        }
        return numbers;
    }

    private Map<String, Double> run(Child server, Command client) throws Exception {
        Duration limit = START.plusSeconds(options.seconds());
        try {
            return Child.results(Child.run(client, limit));
        } finally {
            server.checkAlive(); // its last words say more than the client's
        }
    }

    private Command client(Row row, int port, double warmUp, double seconds, long server) {
        boolean tls = row.load() == Load.TLS;
        String words =
                String.format(
                        Locale.ROOT,
                        "%d %s %s %d %.2f %.2f %d",
                        port,
                        tls ? "tls" : "plain",
                        tls ? Load.HELLO.word : row.load().word,
                        row.connections(),
                        warmUp,
                        seconds,
                        server);
        Command client = commands.c(Commands.Place.OTHER, "http_client", words.split(" ", -1));
        return tls ? commands.overTls(client) : client;
    }

    /** What the client printed, as the metrics of a row; fails if nothing was answered. */
    static Map<String, Double> numbers(Row row, Map<String, Double> seen) throws IOException {
        double seconds = seen.get("seconds");
        // Of huge answers only few end within the time: those under way count in part.
        double count = row.load() == Load.HUGE ? seen.get("bytes") / HUGE_BYTES : seen.get("count");
        if (count == 0) {
            throw new IOException(row.name() + ": nothing was answered");
        }
        Map<String, Double> numbers = new HashMap<>();
        numbers.put(key(CPU, row), seen.get("cpu_us") / count);
        numbers.put(key("per_s", row), count / seconds);
        numbers.put(key("client", row), seen.get("client_us") / seconds / 1e4);
        if (seen.get("count") > 0) {
            numbers.put(key("p99_us", row), seen.get("p99_us"));
        }
        return numbers;
    }
}
