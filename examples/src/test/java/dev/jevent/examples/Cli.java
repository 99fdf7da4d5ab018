package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.tools.ToolProvider;

/** The command line, in a process of its own. */
final class Cli implements AutoCloseable {

    static final Path JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toAbsolutePath();
    private static final Path JAR = Path.of(System.getProperty("jevent.jar", "jevent.jar"));
    private static final long LONGEST_SECONDS = 40;

    /** How a process ended, and what it said. */
    record Result(int exit, String out, String err) {}

    private final Process process;
    private final BufferedReader out;
    private final StringBuilder read = new StringBuilder();
    private final StringBuilder err = new StringBuilder(); // guarded by itself
    private boolean errEnded; // guarded by err

    private Cli(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().start(this::readErrors);
    }

    private void readErrors() {
        try (var in = process.errorReader(StandardCharsets.UTF_8)) {
            for (int c = in.read(); c >= 0; c = in.read()) {
                addError(Character.toString(c), false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            addError("", true);
        }
    }

    private void addError(String text, boolean end) {
        synchronized (err) {
            err.append(text);
            errEnded |= end;
            if (end || text.equals("\n")) {
                err.notifyAll();
            }
        }
    }

    /** All that it said on its standard error output. */
    private String errors() throws InterruptedException {
        synchronized (err) {
            while (!errEnded) {
                err.wait();
            }
            return err.toString();
        }
    }

    /** The first line of its standard error output that contains the text. */
    String awaitError(String text) throws InterruptedException {
        synchronized (err) {
            for (; ; ) {
                String said = err.substring(0, err.lastIndexOf("\n") + 1);
                Optional<String> line = said.lines().filter(l -> l.contains(text)).findFirst();
                if (line.isPresent()) {
                    return line.get();
                }
                if (errEnded) {
                    throw new AssertionError("it never said '" + text + "', but:\n" + err);
                }
                err.wait();
            }
        }
    }

    static Path jar() {
        assumeTrue(Files.isRegularFile(JAR), "jevent.jar is not built; mvn package does that");
        return JAR.toAbsolutePath().normalize();
    }

    /** Starts {@code java -jar jevent.jar} with these arguments. */
    static Cli start(Path directory, Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(Archive.flags());
        command.add("-Djevent.examples=" + examples());
        command.addAll(List.of("-jar", jar().toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return startJava(directory, command);
    }

    /** Starts {@code java} with these arguments. */
    static Cli startJava(Path directory, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto", "-Xmx512m"));
        if (System.getProperty("jevent.poller") != null) {
            command.add("-Djevent.poller=" + System.getProperty("jevent.poller"));
        }
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("CLASSPATH", "JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8"));
        return new Cli(builder.directory(directory.toFile()).start());
    }

    /** Where the classes of the examples are: a directory or a jar. */
    static Path examples() {
        try {
            var source = EchoServer.class.getProtectionDomain().getCodeSource();
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs it to its end. */
    static Result run(Path directory, Object... arguments) throws Exception {
        try (Cli cli = start(directory, arguments)) {
            return cli.await();
        }
    }

    /** Compiles Java source files. */
    static void compile(Path into, Path... sources) {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", into.toString()));
        arguments.addAll(List.of("-cp", jar().toString()));
        for (Path source : sources) {
            arguments.add(source.toString());
        }
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, arguments.toArray(String[]::new));
        assertTrue(failed == 0, "these tests contain a program that does not compile");
    }

    Process process() {
        return process;
    }

    /** Reads lines until one contains the text; answers that one. */
    String awaitLine(String text) throws Exception {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            read.append(line).append('\n');
            if (line.contains(text)) {
                return line;
            }
        }
        throw new AssertionError("it never said '" + text + "', but:\n" + read + errors());
    }

    /** The port of a server that has said where it listens. */
    int awaitPort() throws Exception {
        String line = awaitLine(" listens on port ");
        return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
    }

    void signal(String name) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        assertTrue(kill.waitFor() == 0, "kill failed");
    }

    /** Its end. */
    Result await() throws Exception {
        var late = CompletableFuture.delayedExecutor(LONGEST_SECONDS, TimeUnit.SECONDS);
        var killed = new CompletableFuture<Void>();
        late.execute(
                () -> {
                    if (process.isAlive()) {
                        killed.complete(null);
                        process.destroyForcibly();
                    }
                });
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            read.append(line).append('\n');
        }
        int exit = process.waitFor();
        assertTrue(!killed.isDone(), "it did not end, and said:\n" + read + errors());
        return new Result(exit, read.toString(), errors());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
