package dev.jevent.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A JVM for what wants one of its own. */
final class Child implements AutoCloseable {

    private final Process process;
    private final Path output;

    private Child(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * Starts it in that folder, where its output is then as well.
     *
     * @param jars those of this JVM's class path that it gets
     * @param words flags, the main class and its arguments
     */
    static Child start(Path folder, Predicate<String> jars, List<String> words) throws IOException {
        Files.createDirectories(folder);
        String all = System.getProperty("surefire.test.class.path");
        String[] path =
                (all != null ? all : System.getProperty("java.class.path"))
                        .split(File.pathSeparator, -1);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow"); // they are older than the warning
        command.add("-cp");
        command.add(
                Arrays.stream(path).filter(jars).collect(Collectors.joining(File.pathSeparator)));
        command.addAll(words);
        Path output = folder.resolve("output.txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        return new Child(process, output);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it answers in the end; it is killed if that is not within these seconds. */
    int exit(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            close();
            return -1;
        }
        return process.exitValue();
    }

    /** All that it has said. */
    String said() throws IOException {
        return Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        Process ignored = process.destroyForcibly();
    }
}
