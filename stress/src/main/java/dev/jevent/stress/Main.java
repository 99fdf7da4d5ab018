package dev.jevent.stress;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs JCStress in a JVM of its own, in one of three modes, and ends it when it takes too long: a
 * test that loses a wake-up does not fail but hangs.
 *
 * <p>Arguments: the folder for the reports, {@code --quick} or {@code --long} or nothing, and
 * perhaps a pattern. The exit code is 0 if nothing forbidden was seen.
 */
public final class Main {

    /** What a test needs to reach what jevent reaches. */
    private static final String FLAGS =
            "--add-opens=java.base/java.lang=ALL-UNNAMED"
                    + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
                    + " --enable-native-access=ALL-UNNAMED";

    private static final String QUICK_FLAGS = FLAGS + " -XX:+UseSerialGC -Xmx512m";

    /** How long and how thoroughly. */
    private enum Mode {
        /** One JVM for each test, and no search for the best options. */
        QUICK(3, "-m quick -f 1 -iters 1 -time 150 -sc false -af NONE -jvmArgs", QUICK_FLAGS),
        NORMAL(60, "-m quick -jvmArgsPrepend", FLAGS),
        LONG(24 * 60, "-m tough -jvmArgsPrepend", FLAGS);

        final long minutes;
        final String options;
        final String flags; // the argument of the last option

        Mode(long minutes, String options, String flags) {
            this.minutes = minutes;
            this.options = options;
            this.flags = flags;
        }
    }

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Mode mode = Mode.NORMAL;
        String pattern = ".*";
        for (int i = 1; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> mode = Mode.QUICK;
                case "--long" -> mode = Mode.LONG;
                default -> pattern = args[i];
            }
        }
        System.exit(run(mode, pattern, Path.of(args[0])));
    }

    private static int run(Mode mode, String pattern, Path reports)
            throws IOException, InterruptedException {
        Files.createDirectories(reports);
        Path report = reports.resolve("index.html"); // written at the end
        Files.deleteIfExists(report);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-cp", classPath()));
        command.addAll(List.of("org.openjdk.jcstress.Main", "-t", pattern));
        command.addAll(List.of("-r", reports.toAbsolutePath() + File.separator));
        command.addAll(Arrays.asList(mode.options.split(" ")));
        command.add(mode.flags);
        Process process =
                new ProcessBuilder(command).directory(reports.toFile()).inheritIO().start();
        try {
            if (process.waitFor(mode.minutes, TimeUnit.MINUTES)) {
                if (process.exitValue() == 0 && !Files.exists(report)) {
                    System.err.println("stress: no test was run; the pattern is " + pattern);
                    return 1;
                }
                return process.exitValue();
            }
            System.err.println(
                    "stress: not ended after "
                            + mode.minutes
                            + " minutes; a test that hangs has lost a wake-up. The last line above"
                            + " that names a test is near it; to find it give a pattern.");
            return 2;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Absolute, because JCStress does not run here. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
