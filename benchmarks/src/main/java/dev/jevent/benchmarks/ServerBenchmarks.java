package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.Commands.Place.OTHER;
import static dev.jevent.benchmarks.Commands.Place.SERVER;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The benchmarks of whole servers: {@code echo}, {@code hello} and {@code idle}. A server is
 * started anew for each repeat, on one core, gets a load from the other core until it is warm, and
 * then the same load again, which is measured: CPU time of the server's process for each request,
 * and how long the client waited. The CPU time counts most: it says what a server costs, whoever is
 * the bottleneck.
 */
final class ServerBenchmarks {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String CPU = "cpu_us";

    /** For JDK virtual threads, which have one core. */
    static final List<String> ONE_CARRIER = List.of("-Djdk.virtualThreadScheduler.parallelism=1");

    private final Commands commands;
    private final Options options;
    private final int ticksPerSecond;

    ServerBenchmarks(Commands commands, Options options, int ticksPerSecond) {
        this.commands = commands;
        this.options = options;
        this.ticksPerSecond = ticksPerSecond;
    }

    /** Small messages that are sent back. */
    Benchmark echo() {
        return new Benchmark(
                "echo",
                "64 bytes and back, over 64 connections",
                metrics("round trip"),
                rows("echo", Load.echo(commands)),
                List.of(),
                notes());
    }

    /** A bare HTTP responder. */
    Benchmark hello() {
        List<Contender> rows = new ArrayList<>(rows("hello", Load.http(commands)));
        Load load = Load.http(commands);
        rows.add(steady("Go, net/http", commands.go(SERVER, "net-http"), load, 0));
        return new Benchmark(
                "hello",
                "HTTP requests over 64 keep-alive connections, by wrk",
                metrics("request"),
                List.copyOf(rows),
                List.of(
                        Target.ratio("jevent sockets", CPU, 1.20, "C, bare epoll loop"),
                        Target.ratio("JDK sockets in greenlets", CPU, 1.00, "JDK virtual threads")),
                notes());
    }

    /** The same beside connections on which nothing happens. */
    Benchmark idle() throws IOException {
        Load load = Load.http(commands);
        int idle = options.quick() ? 500 : 10_000;
        String beside = String.format(Locale.ROOT, "beside %,d idle", idle);
        String title = "hello, alone and " + beside + " connections";
        String jevent = "jevent sockets";
        String c = "C, bare epoll loop";
        Command jeventServer = commands.java(SERVER, "JeventServer hello");
        Command cServer = commands.c(SERVER, "hello_server");
        return new Benchmark(
                "idle",
                title,
                metrics("request"),
                List.of(
                        jit(jevent, jeventServer, load, 0),
                        jit(jevent + ", " + beside, jeventServer, load, idle),
                        steady(c, cServer, load, 0),
                        steady(c + ", " + beside, cServer, load, idle)),
                List.of(Target.ratio(jevent + ", " + beside, CPU, 1.10, jevent)),
                notes());
    }

    private static List<Metric> metrics(String what) {
        return List.of(
                new Metric(CPU, "CPU µs of the server for a " + what, 2),
                new Metric("p99_us", "µs for a " + what + ", 99th percentile", 0),
                new Metric("per_s", "a second: " + what + "s (more is better)", 0));
    }

    private static List<String> notes() {
        return List.of(
                "Servers have one core, their client has another; p99 and the rate depend on the"
                        + " client as well.");
    }

    private List<Contender> rows(String name, Load load) {
        return List.of(
                jit("jevent sockets", commands.java(SERVER, "JeventServer " + name), load, 0),
                jit(
                        "JDK sockets in greenlets",
                        commands.java(SERVER, "JeventJdkServer " + name),
                        load,
                        0),
                jit(
                        "JDK virtual threads",
                        commands.java(SERVER, ONE_CARRIER, "JdkServer virtual " + name),
                        load,
                        0),
                jit(
                        "platform threads",
                        commands.java(SERVER, "JdkServer platform " + name),
                        load,
                        0),
                steady("gevent", commands.gevent(SERVER, "server.py", name), load, 0),
                steady("Go", commands.go(SERVER, name), load, 0),
                steady("C, bare epoll loop", commands.c(SERVER, name + "_server"), load, 0));
    }

    /** A server that has to be compiled while it runs. */
    private Contender jit(String label, Command server, Load load, int idle) {
        return row(label, server, load, idle, options.quick() ? 2 : 6);
    }

    /** A server that is as fast at once as it will ever be. */
    private Contender steady(String label, Command server, Load load, int idle) {
        return row(label, server, load, idle, options.quick() ? 1 : 2);
    }

    private Contender row(String label, Command server, Load load, int idle, int warmup) {
        Optional<String> missing = server.missing().or(load::missing);
        if (idle > 0) {
            missing = missing.or(() -> holder(0, 0).missing()).or(() -> tooManyFiles(idle));
        }
        return new Contender(label, missing, () -> measure(server, load, idle, warmup));
    }

    private Map<String, Double> measure(Command command, Load load, int idle, int warmup)
            throws Exception {
        try (Child server = Child.start(command)) {
            int port = server.awaitReady(START);
            if (idle == 0) {
                return measure(server, port, load, warmup);
            }
            try (Child holder = Child.start(holder(port, idle))) {
                holder.awaitReady(START);
                Map<String, Double> numbers = measure(server, port, load, warmup);
                holder.checkAlive();
                return numbers;
            }
        }
    }

    private Map<String, Double> measure(Child server, int port, Load load, int warmup)
            throws Exception {
        run(server, port, load, warmup);
        double before = Proc.cpuMicros(server.pid(), ticksPerSecond);
        Load.Seen seen = run(server, port, load, options.seconds());
        double cpu = Proc.cpuMicros(server.pid(), ticksPerSecond) - before;
        if (seen.count() == 0) {
            throw new IOException("it answered no request");
        }
        return Map.of(
                CPU, cpu / seen.count(), "p99_us", seen.p99Micros(), "per_s", seen.perSecond());
    }

    private static Load.Seen run(Child server, int port, Load load, int seconds) throws Exception {
        Command client = load.command(port, seconds);
        Load.Seen seen = load.read(Child.run(client, Duration.ofSeconds(seconds + 30L)));
        server.checkAlive();
        return seen;
    }

    private Command holder(int port, int count) {
        return commands.c(OTHER, "idle_holder", Integer.toString(port), Integer.toString(count));
    }

    /** Why a process cannot have so many connections besides the usual ones, if so. */
    static Optional<String> tooManyFiles(int idle) {
        long needed = idle + Load.CONNECTIONS + 200L;
        try {
            long limit = Proc.openFilesLimit();
            return limit >= needed
                    ? Optional.empty()
                    : Optional.of("ulimit -Hn is " + limit + ", " + needed + " are needed");
        } catch (IOException e) {
            return Optional.of("cannot read the limits of this process: " + e.getMessage());
        }
    }
}
