package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.Commands.Place.ANYWHERE;
import static dev.jevent.benchmarks.Commands.Place.OTHER;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.GEVENT;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.GO;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.JDK;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.JDK_ONE;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.JEVENT;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.JOX;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.JOX_ONE;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.KOTLIN;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.KOTLIN_ONE;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Kind.HAND_OFF;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Kind.OTHERS;
import static dev.jevent.benchmarks.ToolkitBenchmarks.Kind.UNCONTENDED;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The benchmark {@code toolkit}: what each primitive costs, uncontended and when it hands over. It
 * is one small benchmark for each primitive, so that a process of its own measures each: what the
 * JIT compiler has learnt of one does not touch the next. {@link ToolkitReport} makes one table of
 * all.
 */
final class ToolkitBenchmarks {

    /** Who is measured: the columns of the table. */
    enum Column {
        JEVENT("jevent"),
        JDK("JDK, all cores"),
        JDK_ONE("JDK, 1 core"),
        GEVENT("gevent"),
        JOX("jox, all cores"),
        JOX_ONE("jox, 1 core"),
        KOTLIN("Kotlin, all cores"),
        KOTLIN_ONE("Kotlin, 1 core"),
        GO("Go");

        final String label;

        Column(String label) {
            this.label = label;
        }
    }

    /** The sections of the table. */
    enum Kind {
        UNCONTENDED("uncontended", "ns for one operation"),
        HAND_OFF("handed over", "ns for one hand-off"),
        OTHERS("beside", "ns for one operation");

        final String title;
        final String unit;

        Kind(String title, String unit) {
            this.title = title;
            this.unit = unit;
        }
    }

    /**
     * One row of the table.
     *
     * @param name what the contenders call it, and {@code --only}
     * @param title what is done
     */
    record Row(Kind kind, String name, String title, Set<Column> columns) {

        /** Where its numbers are in a contender's result. */
        Metric metric() {
            return new Metric(name, kind.unit, 1);
        }
    }

    static final List<String> NOTES =
            List.of(
                    "JDK: java.util.concurrent between virtual threads; jevent: greenlets of one"
                            + " hub, on one core.",
                    "jevent, gevent and Go have one core. Kotlin on all cores: Dispatchers.Default;"
                            + " on one: runBlocking.",
                    "jevent's channels are held against those of jox and Kotlin that have as many"
                            + " cores: one.",
                    "rlock-fair-handoff: on several cores the two threads of the JDK run side by"
                            + " side and seldom wait.");

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<Row> ROWS = rows();

    private final Commands commands;
    private final boolean quick;

    ToolkitBenchmarks(Commands commands, boolean quick) {
        this.commands = commands;
        this.quick = quick;
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        alone(rows, "semaphore", "Semaphore: acquire and release", JDK_ONE, GEVENT);
        alone(rows, "rlock", "RLock: lock and unlock", JDK_ONE, GEVENT);
        alone(rows, "rwlock-read", "ReadWriteLock: lock and unlock to read", JDK_ONE);
        alone(rows, "rwlock-write", "ReadWriteLock: lock and unlock to write", JDK_ONE);
        alone(rows, "event", "Event that is set: isSet and await", JDK_ONE, GEVENT);
        alone(rows, "asyncresult", "AsyncResult: new, set and get", JDK_ONE, GEVENT);
        alone(rows, "latch", "CountDownLatch of 1: new, down and await", JDK_ONE);
        alone(rows, "queue", "SimpleQueue: put and get", JDK_ONE, GEVENT);
        alone(rows, "queue-bounded", "SimpleQueue(100): put and get", JDK_ONE, GEVENT);
        alone(rows, "priorityqueue", "PriorityQueue of 16: get and put", JDK_ONE, GEVENT);
        alone(rows, "local", "Local: get", JDK_ONE, GEVENT);

        Column[] most = {JDK, JDK_ONE, GEVENT};
        Column[] jdks = {JDK, JDK_ONE};
        Column[] all = {JDK, JDK_ONE, GEVENT, JOX, JOX_ONE, KOTLIN, KOTLIN_ONE, GO};
        handOff(rows, "semaphore-handoff", "two Semaphores: to and fro", most);
        handOff(rows, "semaphore-timed-handoff", "the same, acquire with a Duration", most);
        handOff(rows, "rlock-handoff", "RLock that is always taken, with yields", most);
        handOff(rows, "rlock-fair-handoff", "RLock in turns, fair, without yields", JDK_ONE);
        handOff(rows, "rwlock-handoff", "ReadWriteLock: reader and writer, with yields", jdks);
        handOff(rows, "condition-handoff", "Condition: to and fro", most);
        handOff(rows, "event-handoff", "two Events: to and fro, cleared each time", most);
        handOff(rows, "asyncresult-handoff", "a new AsyncResult each time", most);
        handOff(rows, "latch-handoff", "a new CountDownLatch each time", jdks);
        handOff(rows, "barrier-handoff", "Barrier of 2", most);
        handOff(rows, "queue-handoff", "two SimpleQueues: one item to and fro", most);
        handOff(rows, "queue-stream-1", "from producer to consumer, room for 1", all);
        handOff(rows, "queue-stream-100", "from producer to consumer, room for 100", all);
        handOff(rows, "priorityqueue-handoff", "two PriorityQueues: one item to and fro", most);
        handOff(rows, "channel-handoff", "two Channels: one item to and fro", all);
        handOff(rows, "channel-stream", "Channel: from producer to consumer", all);
        Column[] selects = {JOX, JOX_ONE, KOTLIN, KOTLIN_ONE, GO};
        handOff(rows, "select", "Select of two Channels", selects);
        handOff(rows, "pool-spawn", "through a Pool of 10: spawn, and join all", most);
        handOff(rows, "pool-map", "map 100 items through a Pool of 10: each", most);

        row(rows, OTHERS, "timeout", "Timeout: entered and left", GEVENT);
        row(rows, OTHERS, "blocking", "a call on a platform thread, and back", most);
        return List.copyOf(rows);
    }

    private static void alone(List<Row> rows, String name, String title, Column... others) {
        row(rows, UNCONTENDED, name, title, others);
    }

    private static void handOff(List<Row> rows, String name, String title, Column... others) {
        row(rows, HAND_OFF, name, title, others);
    }

    private static void row(
            List<Row> rows, Kind kind, String name, String title, Column... others) {
        Set<Column> columns = Collections.unmodifiableSet(EnumSet.of(JEVENT, others));
        rows.add(new Row(kind, name, title, columns));
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

    /** The benchmark of one row. */
    Benchmark benchmark(Row row) {
        return new Benchmark(
                "toolkit " + row.name(),
                row.title(),
                List.of(row.metric()),
                row.columns().stream().map(column -> contender(column, row.name())).toList(),
                row.columns().stream().flatMap(column -> target(row, column).stream()).toList(),
                List.of());
    }

    private static List<Target> target(Row row, Column other) {
        double factor =
                switch (row.kind()) {
                    case UNCONTENDED -> other == JDK_ONE ? 2 : 0;
                    case HAND_OFF ->
                            switch (other) {
                                case JDK -> 0.5;
                                case JDK_ONE -> row.columns().contains(JDK) ? 0 : 0.5;
                                case GEVENT -> 0.15;
                                case JOX_ONE, KOTLIN_ONE -> 1;
                                default -> 0;
                            };
                    case OTHERS -> 0;
                };
        return factor == 0
                ? List.of()
                : List.of(Target.ratio(JEVENT.label, row.name(), factor, other.label));
    }

    private Contender contender(Column column, String name) {
        int warmup = column == GEVENT || column == GO ? 1 : 8; // it is compiled, or never will be
        Command command =
                command(column, List.of(name))
                        .with("BENCH_ROUND_MS", quick ? 10 : 200)
                        .with("BENCH_WARMUP", quick ? 1 : warmup)
                        .with("BENCH_ROUNDS", quick ? 1 : 3);
        return new Contender(
                column.label, command.missing(), () -> Child.results(Child.run(command, LIMIT)));
    }

    /** How to measure some of the rows in one process. */
    Command command(Column column, List<String> rows) {
        String names = String.join(",", rows);
        return switch (column) {
            case JEVENT -> commands.java(OTHER, "JeventToolkit " + names);
            case JDK -> commands.java(ANYWHERE, "JdkToolkit " + names);
            case JDK_ONE -> commands.java(OTHER, "JdkToolkit " + names);
            case GEVENT -> commands.gevent(OTHER, "toolkit.py", names);
            case JOX -> commands.java(ANYWHERE, "JoxToolkit " + names);
            case JOX_ONE -> commands.java(OTHER, "JoxToolkit " + names);
            case KOTLIN -> commands.java(ANYWHERE, "KotlinToolkitKt default " + names);
            case KOTLIN_ONE -> commands.java(OTHER, "KotlinToolkitKt blocking " + names);
            case GO -> commands.go(OTHER, "toolkit", names);
        };
    }
}
