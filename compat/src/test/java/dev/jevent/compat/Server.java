package dev.jevent.compat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of its own: on loopback, on a free port, with its data in a new folder, which is deleted
 * when it is stopped. It and what it needs are processes of this JVM, and are stopped one by one,
 * by id.
 *
 * <p>A server that refuses to run as root runs as the user that its package made.
 */
abstract class Server implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    final String name;
    final int port;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>(); // guarded by itself
    private final List<Path> folders = new ArrayList<>(); // guarded by processes
    private boolean closed; // guarded by processes

    /**
     * Not started.
     *
     * @param name as people write it
     */
    Server(String name) {
        this.name = name;
        this.port = freePort();
        this.folder = newFolder(name);
        folders.add(folder);
    }

    /** Starts it, and comes back when it answers. */
    abstract void start() throws Exception;

    /** Where its data is. */
    final Path folder() {
        return folder;
    }

    /** Another folder that is deleted with it. */
    final void deleteToo(Path other) {
        folders.add(other);
    }

    // ---- programs

    /**
     * Where the program is: in the path, or in one of the folders.
     *
     * @param packageName what to install if it is missing
     */
    final Path find(String program, String packageName, Path... folders) throws Missing {
        Stream<Path> path =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of);
        return Stream.of(Stream.of(folders), path, Stream.of(Path.of("/usr/sbin")))
                .flatMap(s -> s)
                .map(f -> f.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () ->
                                new Missing(
                                        name
                                                + " is not here: no "
                                                + program
                                                + " (Debian: "
                                                + packageName
                                                + ")"));
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Does a command to its end. */
    final void run(List<String> command) throws IOException, InterruptedException, Missing {
        Process process = launch(command, Map.of());
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new Missing(name + ": " + command.getFirst() + " does not end" + said());
        }
        synchronized (processes) {
            processes.remove(process);
        }
        if (process.exitValue() != 0) {
            throw new Missing(name + ": " + command + " failed" + said());
        }
    }

    /** Starts a command; {@link #close} stops it. */
    final Process launch(List<String> command, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        synchronized (processes) {
            if (closed) {
                throw new IOException(name + " is stopped already");
            }
            Process process = builder.start();
            processes.add(process);
            return process;
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    private String said() {
        try {
            return "\n" + Files.readString(log());
        } catch (IOException e) {
            return "";
        }
    }

    // ---- is it there?

    /** Comes back when the process has printed the words. */
    final void awaitWords(Process process, String words) throws Exception {
        await(process, () -> said().contains(words));
    }

    /** Comes back when something listens on the port. */
    final void awaitPort(Process process) throws Exception {
        await(
                process,
                () -> {
                    try (var socket = new Socket()) {
                        socket.connect(new InetSocketAddress(loopback(), port), 1_000);
                        return true;
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    private interface Condition {
        boolean isTrue();
    }

    private void await(Process process, Condition there) throws Exception {
        long begin = System.nanoTime();
        while (!there.isTrue()) {
            if (!process.isAlive()) {
                throw new Missing(name + " does not start" + said());
            }
            if (System.nanoTime() - begin > PATIENCE) {
                throw new Missing(name + " does not answer" + said());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    // ---- where

    static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder(String name) {
        try {
            Path parent = Files.createDirectories(Path.of("target").toAbsolutePath());
            return Files.createTempDirectory(parent, name.toLowerCase(java.util.Locale.ROOT) + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- end

    /** Asks a process to end; what does not within a moment is ended. */
    void stop(Process process) throws IOException {
        process.destroyForcibly();
    }

    @Override
    public final void close() {
        List<Process> running;
        synchronized (processes) {
            closed = true;
            running = List.copyOf(processes).reversed();
        }
        for (Process process : running) {
            try {
                stop(process);
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (IOException | InterruptedException e) {
                process.destroyForcibly();
            }
        }
        folders.forEach(Server::delete);
    }

    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // what is left is in target/
        }
    }

    /** What a program says, to its end. */
    static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (InputStream in = process.getInputStream()) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        }
    }
}
