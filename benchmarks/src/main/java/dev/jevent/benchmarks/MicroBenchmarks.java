package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.Commands.Place.ANYWHERE;
import static dev.jevent.benchmarks.Commands.Place.OTHER;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The benchmarks of one process: {@code switch}, {@code spawn}, {@code memory} and {@code timers}.
 * A contender is started anew for each repeat, warms up by itself, prints its result and ends. All
 * are pinned to one core, but for the rows of the JDK that say otherwise.
 */
final class MicroBenchmarks {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Commands commands;
    private final boolean quick;
    private final String allCores;

    MicroBenchmarks(Commands commands, Cores cores, boolean quick) {
        this.commands = commands;
        this.quick = quick;
        this.allCores = "on " + cores.count();
    }

    /** A hand-off between two greenlets, in one direction. */
    Benchmark switching() {
        String jevent = "jevent, Semaphore";
        String jdk = "JDK virtual threads, LockSupport, " + allCores;
        String gevent = "gevent, Semaphore";
        String go = "Go, unbuffered channel";
        List<Contender> contenders =
                List.of(
                        jit(jevent, commands.java(OTHER, "JeventSwitch semaphore")),
                        jit("jevent, LockSupport", commands.java(OTHER, "JeventSwitch park")),
                        jit(jdk, commands.java(ANYWHERE, "JdkSwitch virtual park")),
                        jit(
                                "JDK virtual threads, LockSupport, on 1 core",
                                commands.java(OTHER, "JdkSwitch virtual park")),
                        jit(
                                "JDK virtual threads, Semaphore, " + allCores,
                                commands.java(ANYWHERE, "JdkSwitch virtual semaphore")),
                        jit(
                                "JDK virtual threads, Semaphore, on 1 core",
                                commands.java(OTHER, "JdkSwitch virtual semaphore")),
                        jit(
                                "platform threads, LockSupport",
                                commands.java(OTHER, "JdkSwitch platform park")),
                        steady(gevent, commands.gevent(OTHER, "switch.py")),
                        steady(go, commands.go(OTHER, "switch")));
        String key = "handoff_ns";
        return new Benchmark(
                "switch",
                "two greenlets take turns",
                List.of(new Metric(key, "ns for one hand-off", 1)),
                contenders,
                List.of(
                        Target.ratio(jevent, key, 0.25, jdk),
                        Target.ratio(jevent, key, 0.12, gevent),
                        Target.ratio(jevent, key, 1.25, go)),
                List.of());
    }

    /** A greenlet that does nothing, spawned and joined: one after another, and many together. */
    Benchmark spawning() {
        String jevent = "jevent, inside a greenlet";
        String jdk = "JDK virtual threads, " + allCores;
        String gevent = "gevent";
        String go = "Go";
        long batch = quick ? 2_000 : 100_000;
        long few = quick ? 500 : 10_000;
        List<Contender> contenders =
                List.of(
                        jit(jevent, count(batch, commands.java(OTHER, "JeventSpawn inside"))),
                        jit(
                                "jevent, from the root",
                                count(batch, commands.java(OTHER, "JeventSpawn root"))),
                        jit(jdk, count(batch, commands.java(ANYWHERE, "JdkSpawn virtual"))),
                        jit(
                                "JDK virtual threads, on 1 core",
                                count(batch, commands.java(OTHER, "JdkSpawn virtual"))),
                        jit(
                                "JDK virtual threads, on 1 core, from the main thread",
                                count(batch, commands.java(OTHER, "JdkSpawn virtual root"))),
                        steady(
                                "platform threads",
                                count(few, commands.java(OTHER, "JdkSpawn platform"))),
                        steady(gevent, count(batch, commands.gevent(OTHER, "spawn.py"))),
                        steady(go, count(batch, commands.go(OTHER, "spawn"))));
        String single = "single_ns";
        String together = "batch_ns";
        return new Benchmark(
                "spawn",
                "a greenlet that does nothing is spawned and joined",
                List.of(
                        new Metric(single, "ns each, one after another", 0),
                        new Metric(together, number(batch) + " at once: ns each", 0)),
                contenders,
                List.of(
                        Target.ratio(jevent, single, 0.05, gevent),
                        Target.ratio(jevent, single, 0.5, jdk),
                        Target.ratio(jevent, single, 2, go),
                        Target.ratio(jevent, together, 0.05, gevent),
                        Target.ratio(jevent, together, 0.5, jdk),
                        Target.ratio(jevent, together, 2, go)),
                List.of("platform threads: " + number(few) + " at once."));
    }

    /** Greenlets that are parked for good: bytes each. */
    Benchmark memory() {
        String jevent = "jevent";
        long all = quick ? 20_000 : 1_000_000;
        long tenth = all / 10;
        long few = quick ? 500 : 5_000;
        List<Contender> contenders =
                List.of(
                        jit(jevent, count(all, commands.java(OTHER, "JeventMemory"))),
                        jit(
                                "JDK virtual threads, LockSupport",
                                count(all, commands.java(OTHER, "JdkMemory virtual"))),
                        jit(
                                "platform threads, LockSupport",
                                count(few, commands.java(OTHER, "JdkMemory platform"))),
                        steady(
                                "gevent, Semaphore",
                                count(tenth, commands.gevent(OTHER, "memory.py"))),
                        steady("Go, channel", count(all, commands.go(OTHER, "memory"))));
        String live = "live_bytes";
        return new Benchmark(
                "memory",
                number(all) + " greenlets are parked",
                List.of(
                        new Metric(live, "bytes each, in use after GC", 0),
                        new Metric("rss_bytes", "bytes each, resident", 0)),
                contenders,
                List.of(Target.limit(jevent, live, 800)),
                List.of(
                        "In use: heap and metadata (JVM), heap and stacks (Go), after a collection."
                                + " Python cannot tell.",
                        "Resident: what the process has grown by, dead objects and free heap"
                                + " included.",
                        "gevent: "
                                + number(tenth)
                                + " greenlets, platform threads: "
                                + number(few)
                                + "; the bytes are for each."));
    }

    /** Many that end together: does it cost the same for each, however many? */
    Benchmark crowd() {
        long all = quick ? 2_000 : 100_000;
        List<Contender> contenders = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        for (String how :
                List.of(
                        "scope",
                        "group",
                        "pool",
                        "cancel",
                        "kill",
                        "kill-shuffled",
                        "kill-ready",
                        "kill-waiting")) {
            String label = "jevent, " + how;
            contenders.add(crowdOf(label, all, commands.java(OTHER, "JeventCrowd " + how)));
            // one that is quadratic grows by 10; larger heaps and caches that miss cost some
            targets.add(Target.limit(label, "growth", 3));
        }
        for (String how : List.of("scope", "cancel")) {
            contenders.add(
                    crowdOf(
                            "JDK virtual threads, " + allCores + ", " + how,
                            all,
                            commands.java(ANYWHERE, "JdkCrowd " + how)));
        }
        return new Benchmark(
                "crowd",
                number(all) + " greenlets end together",
                List.of(
                        new Metric("each_ns", "ns each", 0),
                        new Metric("growth", "times what each of a tenth costs", 2, false)),
                contenders,
                targets,
                List.of(
                        "scope, group, pool: spawned, run and joined. cancel: parked children of a"
                                + " scope in which one fails. kill: killAll of parked greenlets, in"
                                + " the order in which they came, shuffled, when all were just"
                                + " woken, and shuffled in Jevent.wait on one event.",
                        "JDK: an executor of virtual threads, closed; shut down at once while they"
                                + " sleep."));
    }

    private Contender crowdOf(String label, long count, Command command) {
        return alone(label, count(count, command).with("BENCH_ROUNDS", quick ? 1 : 5));
    }

    /** Greenlets that sleep for random times. */
    Benchmark timers() {
        String jevent = "jevent";
        String gevent = "gevent, CPU scaled";
        String cpu = "cpu_s";
        long all = quick ? 20_000 : 1_000_000;
        long tenth = all / 10;
        List<Contender> contenders =
                List.of(
                        sleeper(jevent, all, commands.java(OTHER, "JeventTimers")),
                        sleeper(
                                "JDK virtual threads, " + allCores,
                                all,
                                commands.java(ANYWHERE, "JdkTimers")),
                        sleeper(
                                "JDK virtual threads, on 1 core",
                                all,
                                commands.java(OTHER, "JdkTimers")),
                        sleeper(
                                gevent,
                                tenth,
                                commands.gevent(OTHER, "timers.py").with("BENCH_SCALE", 10)),
                        sleeper("Go", all, commands.go(OTHER, "timers")));
        return new Benchmark(
                "timers",
                number(all)
                        + " greenlets sleep for random times up to "
                        + sleepMillis() / 1_000
                        + " s",
                List.of(
                        new Metric(cpu, "CPU seconds of the process", 2),
                        new Metric("p99_ms", "ms late, 99th percentile", 3),
                        new Metric("worst_ms", "ms late, worst", 3),
                        Metric.count("early", "woke early"),
                        Metric.count("lost", "did not wake")),
                contenders,
                List.of(
                        Target.limit(jevent, cpu, 5),
                        Target.never(jevent, "early"),
                        Target.never(jevent, "lost")),
                List.of(
                        "CPU: user and system, all threads, from the start of the process on.",
                        "gevent: "
                                + number(tenth)
                                + " greenlets; its CPU time without the start-up is multiplied by"
                                + " 10, how late they wake is as measured."));
    }

    private int sleepMillis() {
        return quick ? 1_000 : 10_000;
    }

    private Contender sleeper(String label, long count, Command command) {
        return alone(label, count(count, command).with("BENCH_SLEEP_MS", sleepMillis()));
    }

    private static Command count(long count, Command command) {
        return command.with("BENCH_COUNT", count);
    }

    /** A contender that has to be compiled while it runs: two seconds to warm up. */
    private Contender jit(String label, Command command) {
        return rounds(label, command, 8);
    }

    /** A contender that is as fast at once as it will ever be. */
    private Contender steady(String label, Command command) {
        return rounds(label, command, 1);
    }

    private Contender rounds(String label, Command command, int warmup) {
        return alone(
                label,
                command.with("BENCH_ROUND_MS", quick ? 30 : 250)
                        .with("BENCH_WARMUP", quick ? Math.min(warmup, 3) : warmup)
                        .with("BENCH_ROUNDS", quick ? 1 : 4));
    }

    private static Contender alone(String label, Command command) {
        return new Contender(
                label, command.missing(), () -> Child.results(Child.run(command, LIMIT)));
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
