package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.Commands.Place.OTHER;
import static dev.jevent.benchmarks.Commands.Place.SERVER;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The benchmark {@code slowloris}: requests at a fixed rate, first alone and then beside thousands
 * of connections that send a byte a second and never finish their request. How long the requests
 * take must not change, nor what the server needs for each slow connection while the attack lasts.
 * A pool of threads beside it shows what the attack is made for.
 */
final class Slowloris {
    private static final int RATE = 2000;
    private static final int WARM_RATE = 20_000;
    private static final int WARM_ATTACK_RATE = 4000; // of which all may stay unanswered
    private static final int MOST_SECONDS = 15; // the client remembers so many requests
    private static final int POOL = 20;
    private static final int CONNECTIONS_OF_POOL = 16;

    /** Bytes: less than an object for each byte that came meanwhile, more than what chance does. */
    private static final double MOST_GROWTH = 300;

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofMillis(1500);
    private static final String JEVENT = "jevent StreamServer";
    private static final String THREADS = "pool of " + POOL + " threads";

    private final Commands commands;
    private final int attackers;
    private final Times times;

    /**
     * When it happens, in seconds after the attack has begun.
     *
     * @param warmUp how long a server gets many requests before anything is measured
     * @param warmAttack how long it gets requests beside the attack after that; zero: never
     * @param settle when its memory is collected: that moves the stacks of those who wait to where
     *     their next stretch is kept apart, once
     * @param memory when its memory is measured for the first time
     * @param requests when the others begin with their requests
     * @param seconds how long they go on, and how long they did before the attack
     * @param memoryAgain when its memory is measured again
     */
    record Times(
            int warmUp,
            int warmAttack,
            int settle,
            int memory,
            int requests,
            int seconds,
            int memoryAgain) {

        /** Requests at once, for so many seconds. */
        static Times only(int seconds) {
            return new Times(0, 0, 0, 0, 0, seconds, 0);
        }

        /** The attack ends, a while after the last measurement. */
        int end() {
            return memoryAgain + 2;
        }
    }

    Slowloris(Commands commands, Options options) {
        this(commands, options.attackers(), times(options));
    }

    Slowloris(Commands commands, int attackers, Times times) {
        this.commands = commands;
        this.attackers = attackers;
        this.times = times;
    }

    private static Times times(Options options) {
        return options.quick()
                ? new Times(1, 0, 0, 1, 2, 1, 4)
                : new Times(10, 12, 5, 10, 12, Math.min(3 * options.seconds(), MOST_SECONDS), 30);
    }

    Benchmark benchmark() {
        List<String> heap = Commands.TOUCHED_HEAP;
        String slow = String.format(Locale.ROOT, "%,d connections", attackers);
        return new Benchmark(
                "slowloris",
                "requests beside " + slow + " that send a byte a second and never end",
                metrics(),
                List.of(
                        contender(
                                JEVENT,
                                commands.java(SERVER, heap, "JeventServer line"),
                                Load.CONNECTIONS),
                        contender(
                                THREADS,
                                commands.java(SERVER, heap, "JdkServer pool-" + POOL + " line"),
                                CONNECTIONS_OF_POOL)),
                List.of(
                        Target.limit(JEVENT, "usual_change", 1.20),
                        Target.limit(JEVENT, "lost", 0),
                        Target.limit(JEVENT, "live_growth", MOST_GROWTH),
                        Target.limit(JEVENT, "resident_growth", MOST_GROWTH)),
                notes());
    }

    private List<Metric> metrics() {
        String first = " after " + times.memory() + " s";
        String again = " until " + times.memoryAgain() + " s";
        return List.of(
                new Metric("p50_alone", "µs for a request alone, median", 0),
                new Metric("p99_alone", "µs alone, 99th percentile", 0),
                new Metric("p50_attacked", "µs during the attack, median", 0),
                new Metric("p99_attacked", "µs during the attack, 99th percentile", 0),
                new Metric("p99_change", "p99 during it ÷ p99 alone", 3, false),
                new Metric("usual_alone", "µs alone, p99 of a tenth of a second, median", 0),
                new Metric("usual_attacked", "µs during the attack, the same", 0),
                new Metric("usual_change", "that during it ÷ that alone", 3, false),
                new Metric(
                        "stalled",
                        "% of the time for which the client itself stood still",
                        2,
                        false),
                Metric.count("lost", "requests never answered, %"),
                new Metric("live", "bytes in use, each attacker" + first, 0),
                new Metric("live_growth", "growth of the bytes in use" + again, 1, false),
                new Metric("resident", "bytes outside of the heap, each attacker" + first, 0),
                new Metric("resident_growth", "growth outside of the heap" + again, 1, false));
    }

    private List<String> notes() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "%,d requests a second in all, each when it is due (not when the one before"
                                + " is answered),",
                        RATE),
                String.format(
                        Locale.ROOT,
                        "over %d connections; with the pool %d, so that they have a thread each"
                                + " before the attack.",
                        Load.CONNECTIONS,
                        CONNECTIONS_OF_POOL),
                "One that is never answered counts until the end. The client tells how long it"
                        + " stood still itself,",
                "at most a millisecond each time left out: what a virtual machine does, and what is"
                        + " in the p99 of all.",
                "So the limit is for the p99 of a tenth of a second, the median of all tenths."
                        + " Bytes in use: after a collection; the pool",
                "cannot be asked during the attack. 4 KB of them are the buffer for the line.",
                "flags of these JVMs: " + String.join(" ", Commands.TOUCHED_HEAP));
    }

    private Contender contender(String label, Command server, int connections) {
        Optional<String> missing =
                server.missing()
                        .or(client(0, 0, connections, Times.only(0))::missing)
                        .or(() -> ServerBenchmarks.tooManyFiles(attackers));
        return new Contender(label, missing, () -> measure(server, connections));
    }

    private Map<String, Double> measure(Command command, int connections) throws Exception {
        Times alone = Times.only(times.seconds());
        try (Child server = Child.start(command)) {
            int port = server.awaitReady(START);
            warmUp(port, connections);
            Map<String, Double> before =
                    Child.results(Child.run(client(port, 0, connections, alone), START));
            Memory idle = memory(server, port);
            try (Child client = Child.start(client(port, attackers, connections, times))) {
                client.awaitReady(START);
                long begin = System.nanoTime();
                sleepUntil(begin, times.settle());
                memory(server, port);
                sleepUntil(begin, times.memory());
                Memory first = memory(server, port);
                sleepUntil(begin, times.memoryAgain());
                Memory again = memory(server, port);
                Map<String, Double> attacked = Child.results(client.restOfLines(START));
                server.checkAlive();
                Map<String, Double> numbers = latencies(before, attacked, times.seconds());
                memories(numbers, idle, first, again, attackers);
                return numbers;
            }
        }
    }

    /** What both clients printed, as metrics. */
    static Map<String, Double> latencies(
            Map<String, Double> before, Map<String, Double> attacked, int seconds)
            throws IOException {
        if (before.get("answered") < before.get("count")) {
            throw new IOException("it did not answer all requests before the attack");
        }
        Map<String, Double> numbers = new HashMap<>();
        numbers.put("p50_alone", before.get("p50_us"));
        numbers.put("p99_alone", before.get("p99_us"));
        numbers.put("p50_attacked", attacked.get("p50_us"));
        numbers.put("p99_attacked", attacked.get("p99_us"));
        numbers.put("p99_change", attacked.get("p99_us") / before.get("p99_us"));
        numbers.put("usual_alone", before.get("usual_p99_us"));
        numbers.put("usual_attacked", attacked.get("usual_p99_us"));
        numbers.put("usual_change", attacked.get("usual_p99_us") / before.get("usual_p99_us"));
        numbers.put("stalled", attacked.get("stalled_ms") / 10 / seconds);
        numbers.put("lost", 100 * (1 - attacked.get("answered") / attacked.get("count")));
        return numbers;
    }

    /**
     * What the kernel says and what the server says.
     *
     * @param live empty if it does not answer
     */
    record Memory(double resident, OptionalDouble live) {}

    /** Adds the metrics of memory, those in use if the server could be asked. */
    static void memories(
            Map<String, Double> numbers, Memory idle, Memory first, Memory again, int attackers) {
        numbers.put("resident", (first.resident() - idle.resident()) / attackers);
        numbers.put("resident_growth", (again.resident() - first.resident()) / attackers);
        if (idle.live().isPresent() && first.live().isPresent() && again.live().isPresent()) {
            double live = first.live().getAsDouble();
            numbers.put("live", (live - idle.live().getAsDouble()) / attackers);
            numbers.put("live_growth", (again.live().getAsDouble() - live) / attackers);
        }
    }

    private static Memory memory(Child server, int port) throws IOException {
        OptionalDouble live = live(port);
        return new Memory(Proc.residentBytes(server.pid()), live);
    }

    /** Asks the server for the bytes that it has in use; empty if it does not answer. */
    private static OptionalDouble live(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout((int) ANSWER.toMillis());
            socket.getOutputStream().write("LIVE\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            String answer = reader.readLine();
            if (answer == null) {
                throw new IOException("it closed the connection instead of an answer");
            }
            return OptionalDouble.of(Double.parseDouble(answer));
        } catch (SocketTimeoutException e) {
            return OptionalDouble.empty(); // all of its threads wait for attackers
        }
    }

    /**
     * Many requests, and then some beside the attack: the JIT compiler has the server's own core,
     * and would be what is measured.
     */
    private void warmUp(int port, int connections) throws Exception {
        Child.run(client(port, 0, connections, WARM_RATE, Times.only(times.warmUp())), START);
        if (times.warmAttack() > 0) {
            Times attack = new Times(0, 0, 0, 0, 4, times.warmAttack(), times.warmAttack() + 4);
            Child.run(client(port, attackers, connections, WARM_ATTACK_RATE, attack), START);
        }
    }

    private static void sleepUntil(long begin, int seconds) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(begin + seconds * 1_000_000_000L - System.nanoTime()));
    }

    private Command client(int port, int slow, int connections, Times when) {
        return client(port, slow, connections, RATE, when);
    }

    private Command client(int port, int slow, int connections, int rate, Times when) {
        return commands.c(
                OTHER,
                "slow_client",
                Integer.toString(port),
                Integer.toString(slow),
                Integer.toString(connections),
                Integer.toString(rate),
                Integer.toString(when.requests()),
                Integer.toString(when.seconds()),
                Integer.toString(slow == 0 ? 0 : when.end()));
    }
}
