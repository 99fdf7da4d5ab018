package dev.jevent.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code benchmarks/run}: measures jevent and its baselines in one run and prints a table for each
 * benchmark, with what is aimed at and whether it is reached. Ends with 1 if a contender failed; a
 * contender for which a tool is missing is skipped with a note. The system property {@code
 * bench.home} is the folder {@code benchmarks} of the checkout.
 */
public final class Main {
    private final Options options;
    private final PrintStream out;
    private final List<Object> reports = new ArrayList<>();
    private List<String> machine = List.of();
    private boolean failed;

    private Main(Options options) {
        this.options = options;
        this.out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    }

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        if (args.length > 0 && Figures.NAMES.contains(args[0])) {
            System.exit(Figures.run(args));
            return;
        }
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        Main main = new Main(options);
        main.run();
        System.exit(main.failed ? 1 : 0);
    }

    private void run() throws Exception {
        Tools tools = new Tools(Path.of(System.getProperty("bench.home", "benchmarks")));
        Cores cores = Cores.discover();
        int ticks = Tools.ticksPerSecond();
        Commands commands = new Commands(tools, cores, ticks);
        MicroBenchmarks micro = new MicroBenchmarks(commands, cores, options.quick());
        ToolkitBenchmarks toolkit = new ToolkitBenchmarks(commands, options.quick());
        ServerBenchmarks servers = new ServerBenchmarks(commands, options, ticks);
        machine = machine(tools, cores);
        machine.forEach(out::println);
        try {
            writeJson(); // now fails what would fail in an hour
        } catch (IOException e) {
            System.err.println("the numbers cannot be written: " + e);
            failed = true;
            return;
        }
        for (String name : options.names()) {
            switch (name) {
                case "switch" -> measure(micro.switching());
                case "spawn" -> measure(micro.spawning());
                case "memory" -> measure(micro.memory());
                case "timers" -> measure(micro.timers());
                case "crowd" -> measure(micro.crowd());
                case "toolkit" -> measure(toolkit);
                case "echo" -> measure(servers.echo());
                case "hello" -> measure(servers.hello());
                case "idle" -> measure(servers.idle());
                case "net" -> measure(commands);
                case "http" -> measure(new HttpBenchmarks(commands, options));
                case "slowloris" -> measure(new Slowloris(commands, options).benchmark());
                default -> throw new IllegalArgumentException(name);
            }
        }
    }

    private void add(Map<String, Object> report) throws IOException {
        reports.add(report);
        writeJson();
    }

    /** All there is by now: a run takes hours, and may be ended before it ends. */
    private void writeJson() throws IOException {
        if (options.json().isPresent()) {
            Map<String, Object> all = JsonReport.map("machine", machine, "benchmarks", reports);
            Files.writeString(options.json().get(), Json.write(all));
        }
    }

    private void measure(Benchmark benchmark) throws IOException {
        Results results = new Runner(options).run(benchmark);
        if (Child.isOver()) {
            return; // interrupted: what there is of it means nothing
        }
        failed |= results.anyFailed();
        add(JsonReport.of(benchmark, options, results));
        out.println();
        out.print(TextReport.of(benchmark, options, results));
    }

    /** One benchmark for each primitive that is asked for, in one table. */
    private void measure(ToolkitBenchmarks toolkit) throws IOException {
        Options narrowed = options.only(ToolkitBenchmarks.contenders(options.only()));
        ToolkitReport report = new ToolkitReport(narrowed);
        for (ToolkitBenchmarks.Row row : ToolkitBenchmarks.rows(options.only())) {
            Benchmark benchmark = toolkit.benchmark(row);
            Results results = new Runner(narrowed).run(benchmark);
            if (Child.isOver()) {
                return;
            }
            failed |= results.anyFailed();
            add(JsonReport.of(benchmark, narrowed, results));
            report.add(row, benchmark, results);
        }
        out.println();
        out.print(report.text());
    }

    /** One benchmark for each load of {@code net} that is asked for, in one table. */
    private void measure(Commands commands) throws IOException {
        NetBenchmarks net = new NetBenchmarks(commands, options);
        Options narrowed = options.only(NetBenchmarks.contenders(options.only()));
        GridReport report = NetBenchmarks.report(narrowed);
        for (List<NetBenchmarks.Row> rows : NetBenchmarks.groups(options.only())) {
            Benchmark benchmark = net.benchmark(rows);
            Results results = new Runner(narrowed, NetBenchmarks.turns(options)).run(benchmark);
            if (Child.isOver()) {
                return;
            }
            failed |= results.anyFailed();
            add(JsonReport.of(benchmark, narrowed, results));
            report.add(
                    benchmark,
                    results,
                    rows.stream().flatMap(row -> NetBenchmarks.lines(row).stream()).toList());
        }
        out.println();
        out.print(report.text());
    }

    /** One benchmark for each kind of request of {@code http} that is asked for, in one table. */
    private void measure(HttpBenchmarks http) throws IOException {
        Options narrowed = options.only(HttpBenchmarks.contenders(options.only()));
        GridReport report = HttpBenchmarks.report(narrowed);
        for (List<HttpBenchmarks.Row> rows : HttpBenchmarks.groups(options.only())) {
            Benchmark benchmark = http.benchmark(rows);
            Results results = new Runner(narrowed).run(benchmark);
            if (Child.isOver()) {
                return;
            }
            failed |= results.anyFailed();
            add(JsonReport.of(benchmark, narrowed, results));
            report.add(
                    benchmark,
                    results,
                    rows.stream().flatMap(row -> HttpBenchmarks.lines(row).stream()).toList());
        }
        out.println();
        out.print(report.text());
    }

    /** What a reader has to know about this machine, and about what disturbs it. */
    private List<String> machine(Tools tools, Cores cores) throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add(
                cores.count()
                        + Proc.cpuModel().map(model -> " (" + model + ")").orElse("")
                        + Proc.distribution().map(name -> ", " + name).orElse("")
                        + ", Linux "
                        + System.getProperty("os.version"));
        lines.add(tools.versions());
        lines.add("flags of every JVM: " + String.join(" ", Commands.JVM_FLAGS));
        if (!Commands.moreJvmFlags().isEmpty()) {
            lines.add("JEVENT_JAVA_OPTS: " + String.join(" ", Commands.moreJvmFlags()));
        }
        if (options.quick()) {
            lines.add("NOTE: --quick proves that everything works; its numbers mean nothing.");
        }
        if (tools.taskset.isEmpty()) {
            lines.add("NOTE: no taskset here, so that nothing is pinned to a core.");
        }
        if (cores.all().size() == 1) {
            lines.add("NOTE: one core, so that servers and their clients share it.");
        }
        if (Proc.load() > 0.7) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "NOTE: this machine is busy (load %.1f): the numbers will suffer.",
                            Proc.load()));
        }
        return lines;
    }
}
