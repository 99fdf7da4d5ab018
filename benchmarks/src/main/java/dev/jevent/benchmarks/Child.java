package dev.jevent.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that was started here and is ended here, by its own id: when it is closed, and at the
 * latest when this JVM ends, by Ctrl-C or a failure too. What it prints to stdout is read line by
 * line; its stderr goes to a file.
 */
final class Child implements AutoCloseable {
    private static final String END = "\0";
    private static final Set<Child> ALIVE = new HashSet<>(); // guarded by itself
    private static boolean over; // guarded by ALIVE

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Child::endAll, "end-children"));
    }

    private final Process process;
    private final Path errors;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Child(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    static Child start(Command command) throws IOException {
        Path errors = Files.createTempFile("jevent-bench-", ".err");
        ProcessBuilder builder = new ProcessBuilder(command.words());
        builder.environment().putAll(command.environment());
        builder.redirectError(errors.toFile());
        Child child;
        synchronized (ALIVE) {
            if (over) {
                throw new IOException("this program is ending");
            }
            child = new Child(builder.start(), errors);
            ALIVE.add(child);
        }
        Thread.ofPlatform().daemon().name("stdout-of-child").start(child::readLines);
        return child;
    }

    /** Runs a process to its end and returns what it printed; fails if it does. */
    static List<String> run(Command command, Duration limit) throws Exception {
        try (Child child = start(command)) {
            return child.restOfLines(limit);
        }
    }

    /** Whether this JVM is ending, and its children with it. */
    static boolean isOver() {
        synchronized (ALIVE) {
            return over;
        }
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it says {@code READY number}, and returns the number. */
    int awaitReady(Duration limit) throws Exception {
        String line = awaitLine("READY ", limit, "it ended before it was ready");
        return Integer.parseInt(line.substring("READY ".length()).strip());
    }

    /** Writes a line to its stdin, and waits for the numbers of its next {@code RESULT}. */
    Map<String, Double> ask(String line, Duration limit) throws Exception {
        try {
            process.outputWriter().write(line + "\n");
            process.outputWriter().flush();
        } catch (IOException e) {
            // It has ended; what it said at last is told below.
        }
        return results(List.of(awaitLine("RESULT ", limit, "it ended before it answered")));
    }

    private String awaitLine(String prefix, Duration limit, String ifItEnds) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        String line;
        while ((line = nextLine(end)) != null) {
            if (line.startsWith(prefix)) {
                return line;
            }
        }
        throw new IOException(ifItEnds + "; " + lastWords());
    }

    /** All lines that it still prints; fails if it ends with an error or not in time. */
    List<String> restOfLines(Duration limit) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        List<String> rest = new ArrayList<>();
        String line;
        while ((line = nextLine(end)) != null) {
            rest.add(line);
        }
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new IOException("it closed its output but did not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException("exit code " + process.exitValue() + "; " + lastWords());
        }
        return rest;
    }

    /** Fails unless it is still running. */
    void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("it ended by itself; " + lastWords());
        }
    }

    /** The numbers in the {@code RESULT name=value …} lines. */
    static Map<String, Double> results(List<String> lines) throws IOException {
        Map<String, Double> numbers = new HashMap<>();
        for (String line : lines) {
            if (line.startsWith("RESULT ")) {
                for (String pair : line.substring("RESULT ".length()).strip().split(" +")) {
                    int equals = pair.indexOf('=');
                    numbers.put(
                            pair.substring(0, equals),
                            Double.parseDouble(pair.substring(equals + 1)));
                }
            }
        }
        if (numbers.isEmpty()) {
            throw new IOException("it printed no RESULT line");
        }
        return numbers;
    }

    @Override
    public void close() {
        end();
        synchronized (ALIVE) {
            ALIVE.remove(this);
        }
        try {
            Files.deleteIfExists(errors);
        } catch (IOException e) {
            System.err.println("cannot delete " + errors + ": " + e);
        }
    }

    private static void endAll() {
        Set<Child> alive;
        synchronized (ALIVE) {
            over = true;
            alive = new HashSet<>(ALIVE);
        }
        alive.forEach(Child::close);
    }

    /** SIGTERM, and SIGKILL if that does not help. */
    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readLines() {
        try (BufferedReader reader = process.inputReader()) {
            String line;
            while ((line = reader.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException e) {
            // The process was ended while it printed: there is nothing more to read.
        } finally {
            lines.add(END);
        }
    }

    private String nextLine(long end) throws Exception {
        String line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
            throw new IOException("it took too long; " + lastWords());
        }
        return line.equals(END) ? null : line;
    }

    private String lastWords() throws IOException {
        List<String> words =
                Files.readString(errors).lines().filter(line -> !line.isBlank()).toList();
        return words.isEmpty() ? "stderr is empty" : "stderr: " + String.join(" | ", pick(words));
    }

    /** The first lines, where the JVM says what is wrong, and the last, where Python does. */
    private static List<String> pick(List<String> words) {
        return words.size() <= 4
                ? words
                : List.of(words.get(0), words.get(1), "…", words.get(words.size() - 1));
    }
}
