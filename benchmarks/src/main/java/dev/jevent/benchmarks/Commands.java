package dev.jevent.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How contenders are started: the flags that all JVMs share, and the cores they are pinned to. */
final class Commands {

    /** Where a process may run. */
    enum Place {
        /** On the core of the servers. */
        SERVER,
        /** On the core of the clients, and of programs that are measured alone. */
        OTHER,
        /** On every core. */
        ANYWHERE
    }

    /** For every JVM that is measured, jevent's and the JDK's rows alike. */
    static final List<String> JVM_FLAGS =
            List.of(
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xms1g",
                    "-Xmx4g");

    /**
     * Else three of four full collections leave garbage of up to 5 % of the old generation where it
     * is, which would count as in use.
     */
    private static final String NO_GARBAGE_STAYS = "-XX:MarkSweepAlwaysCompactCount=1";

    /** After those, where a million threads live at once: a young generation that holds them. */
    static final List<String> LARGE_HEAP = List.of("-Xms4g", "-Xmn3g", NO_GARBAGE_STAYS);

    /**
     * After those, where what connections cost is seen: a heap that is resident from the beginning,
     * so that what grows is in use or outside of it, and not garbage that is not collected yet.
     */
    static final List<String> TOUCHED_HEAP =
            List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", NO_GARBAGE_STAYS);

    private static final String CONTENDERS = "dev.jevent.benchmarks.contenders.";

    private final Tools tools;
    private final Cores cores;
    private final int ticksPerSecond;
    private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    private final Map<String, String> environment;

    Commands(Tools tools, Cores cores, int ticksPerSecond) {
        this.tools = tools;
        this.cores = cores;
        this.ticksPerSecond = ticksPerSecond;
        this.environment =
                Map.of("BENCH_CLK_TCK", Integer.toString(ticksPerSecond), "GOMAXPROCS", "1");
    }

    /** In which the kernel counts CPU time. */
    int ticksPerSecond() {
        return ticksPerSecond;
    }

    /** More flags for every JVM that is measured, from the environment. */
    static List<String> moreJvmFlags() {
        String flags = Optional.ofNullable(System.getenv("JEVENT_JAVA_OPTS")).orElse("").strip();
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    /** A contender of the JVM: the name of its class and its arguments. */
    Command java(Place place, String mainAndArguments) {
        return java(place, List.of(), mainAndArguments);
    }

    /** A contender of the JVM with flags that only it gets. */
    Command java(Place place, List<String> flags, String mainAndArguments) {
        List<String> words = new ArrayList<>();
        words.add(java.toString());
        words.addAll(JVM_FLAGS);
        words.addAll(flags);
        // memory and timers; elsewhere so large a heap would only be touched for the first time
        if (mainAndArguments.matches("\\w*(Memory|Timers)\\b.*")) {
            words.addAll(LARGE_HEAP);
        }
        words.addAll(moreJvmFlags());
        words.addAll(List.of("-cp", System.getProperty("java.class.path")));
        words.addAll(List.of((CONTENDERS + mainAndArguments).split(" ")));
        return command(place, words);
    }

    Command go(Place place, String... arguments) {
        return compiled(place, "go", tools::go, arguments);
    }

    Command c(Place place, String name, String... arguments) {
        return compiled(place, "gcc", () -> tools.c(name), arguments);
    }

    /** A script of the folder {@code gevent}. */
    Command gevent(Place place, String script, String... arguments) {
        if (tools.python().isEmpty()) {
            return Command.missing(Tools.missing("gevent"));
        }
        List<String> program =
                List.of(tools.python().get().toString(), "-B", tools.script(script).toString());
        return command(place, concat(program, arguments));
    }

    /** The same where it needs gevent-websocket. */
    Command geventWebSocket(Place place, String script, String... arguments) {
        return tools.python().isPresent() && !tools.geventHasWebSockets()
                ? Command.missing(Tools.missing("gevent-websocket"))
                : gevent(place, script, arguments);
    }

    /** A script of the folder {@code node}, which may need ws. */
    Command node(Place place, boolean webSocket, String script) {
        if (tools.node().isEmpty()) {
            return Command.missing(Tools.missing("Node"));
        }
        if (webSocket && !tools.nodeHasWebSockets()) {
            return Command.missing(Tools.missing("ws for Node"));
        }
        Command plain = tools.node(tools.nodeScript(script).toString());
        Command pinned = command(place, plain.words());
        return pinned.with(plain.environment());
    }

    /** The load of {@code hello} and {@code idle}. */
    Command wrk(String... arguments) {
        if (tools.wrk.isEmpty()) {
            return Command.missing(Tools.missing("wrk"));
        }
        return command(Place.OTHER, concat(List.of(tools.wrk.get().toString()), arguments));
    }

    /** The same over TLS: with this run's certificate, or missing if there can be none. */
    Command overTls(Command command) {
        if (command.missing().isPresent()) {
            return command;
        }
        Optional<String> without = tools.withoutTls();
        if (without.isPresent()) {
            return Command.missing("no TLS: " + without.get());
        }
        try {
            return command.with("BENCH_TLS", tools.certificate().toString());
        } catch (IllegalStateException e) {
            return Command.missing("no TLS: " + e.getMessage());
        }
    }

    private interface Compile {
        Optional<Path> compile();
    }

    private Command compiled(Place place, String tool, Compile compile, String... arguments) {
        Optional<Path> program;
        try {
            program = compile.compile();
        } catch (IllegalStateException e) {
            return Command.missing(e.getMessage());
        }
        return program.isEmpty()
                ? Command.missing(Tools.missing(tool))
                : command(place, concat(List.of(program.get().toString()), arguments));
    }

    private Command command(Place place, List<String> words) {
        List<String> pinned = new ArrayList<>();
        if (place != Place.ANYWHERE && tools.taskset.isPresent()) {
            int core = place == Place.SERVER ? cores.server() : cores.other();
            pinned.addAll(List.of(tools.taskset.get().toString(), "-c", Integer.toString(core)));
        }
        pinned.addAll(words);
        return new Command(List.copyOf(pinned), environment, Optional.empty());
    }

    private static List<String> concat(List<String> words, String... more) {
        return Stream.concat(words.stream(), Stream.of(more)).toList();
    }
}
