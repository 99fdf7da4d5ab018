package dev.jevent;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, started as this one was. */
public final class ChildJvm {

    public record Result(int exit, String output) {}

    private ChildJvm() {}

    /**
     * Runs it to its end.
     *
     * @param options for the JVM
     */
    public static Result run(Class<?> main, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        List<String> mine = ManagementFactory.getRuntimeMXBean().getInputArguments();
        for (int i = 0; i < mine.size(); i++) {
            String a = mine.get(i);
            if (a.startsWith("--add-opens")
                    || a.startsWith("--enable-native-access")
                    || a.startsWith("-Djevent.poller")
                    || a.startsWith("-Djevent.switch")) {
                command.add(a);
            }
        }
        for (String name : List.of("jevent.poller", "jevent.switch")) {
            String value = System.getProperty(name); // surefire sets them after the start
            if (value != null) {
                command.add("-D" + name + "=" + value);
            }
        }
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        String classPath = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of(
                        "-cp",
                        classPath != null ? classPath : System.getProperty("java.class.path"),
                        main.getName()));
        Path out = Files.createTempFile("jevent-child", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    throw new AssertionError(
                            "the child did not end; it said:\n" + Files.readString(out));
                }
            } finally {
                process.destroyForcibly();
            }
            return new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(out);
        }
    }
}
