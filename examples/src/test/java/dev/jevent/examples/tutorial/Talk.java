package dev.jevent.examples.tutorial;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program, or its twin for gevent, in a process of its own. */
final class Talk implements AutoCloseable {

    private static final long LONGEST_SECONDS = 30;

    private final Process process;
    private final BufferedReader out;
    private final Path errors;

    private Talk(List<String> command) throws IOException {
        errors = Files.createTempFile("jevent-tutorial", ".err");
        var builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "PYTHONIOENCODING", "UTF-8"));
        process = builder.start();
        out = process.inputReader(StandardCharsets.UTF_8);
        CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
    }

    /** The Java program, started as this JVM was. */
    static Talk withProgram(String name, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--add-opens") || flag.startsWith("--enable-native-access")) {
                command.add(flag);
            }
        }
        for (String setting : List.of("jevent.poller", "jevent.switch")) {
            if (System.getProperty(setting) != null) {
                command.add("-D" + setting + "=" + System.getProperty(setting));
            }
        }
        String classPath = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of(
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath != null ? classPath : System.getProperty("java.class.path"),
                        Tutorial.className(name)));
        command.addAll(List.of(arguments));
        return new Talk(command);
    }

    /** The program for gevent; skips the test where there is none. */
    static Talk withTwin(String name) throws IOException {
        assumeTrue(
                Python.WITH_GEVENT.isPresent(),
                "no python3 on the PATH or in /usr/bin can import gevent;"
                        + " pip install gevent, or apt-get install python3-gevent");
        String python = Python.WITH_GEVENT.get();
        assumeTrue(
                !name.equals("ZeroMqTutorial") || Python.has(python, "zmq.green"),
                "this python has no zmq; apt-get install python3-zmq");
        assumeTrue(
                !name.equals("WebSocketTutorial") || Python.has(python, "geventwebsocket"),
                "this python has no geventwebsocket; apt-get install python3-gevent-websocket");
        return new Talk(List.of(python, Tutorial.TWINS.resolve(name + ".py").toString()));
    }

    /** Its next line. */
    String line() throws IOException {
        String line = out.readLine();
        assertTrue(line != null, () -> "it ended too early and said: " + errors());
        return line;
    }

    /** What it says from now on, to its end. */
    String rest() {
        return out.lines().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** What it says on its standard error. */
    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            return e.toString();
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        assertTrue(kill.waitFor() == 0, "kill failed");
    }

    int exit() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(errors);
    }

    /** The interpreters of this machine. */
    private static final class Python {

        static final Optional<String> WITH_GEVENT =
                candidates().stream().filter(python -> has(python, "gevent")).findFirst();

        private Python() {}

        private static Set<String> candidates() {
            Set<String> found = new LinkedHashSet<>();
            String path = System.getenv().getOrDefault("PATH", "");
            List<String> folders = new ArrayList<>(Arrays.asList(path.split(File.pathSeparator)));
            folders.addAll(List.of("/usr/bin", "/usr/local/bin"));
            for (String folder : folders) {
                Path python = Path.of(folder, "python3");
                if (Files.isExecutable(python)) {
                    found.add(python.toString());
                }
            }
            return found;
        }

        static boolean has(String python, String module) {
            try {
                var process =
                        new ProcessBuilder(python, "-c", "import " + module)
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                return process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)
                        && process.exitValue() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
