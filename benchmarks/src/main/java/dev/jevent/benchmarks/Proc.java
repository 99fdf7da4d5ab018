package dev.jevent.benchmarks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel knows about a process, and about this machine. */
final class Proc {

    /** How HotSpot calls these threads, of which the kernel keeps 15 characters. */
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

    private Proc() {}

    /** CPU time of a process so far in microseconds, user and system, all of its threads. */
    static double cpuMicros(long pid, int ticksPerSecond) throws IOException {
        return cpuMicros(folder(pid), ticksPerSecond);
    }

    /**
     * The part of it that the threads took which compile Java, as far as they still live; 0 if this
     * is no JVM.
     */
    static double compilersMicros(long pid, int ticksPerSecond) throws IOException {
        double sum = 0;
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(folder(pid).resolve("task"))) {
            for (Path thread : threads) {
                try {
                    if (COMPILER.matcher(Files.readString(thread.resolve("comm"))).lookingAt()) {
                        sum += cpuMicros(thread, ticksPerSecond);
                    }
                } catch (IOException e) {
                    // this thread has ended meanwhile: a JVM ends compilers that have nothing to do
                }
            }
        }
        return sum;
    }

    private static Path folder(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }

    private static double cpuMicros(Path folder, int ticksPerSecond) throws IOException {
        String stat = Files.readString(folder.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return ticks * 1e6 / ticksPerSecond;
    }

    /** Resident bytes of a process. */
    static double residentBytes(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        return value(status, "VmRSS:\\s*(\\d+) kB")
                .map(kilobytes -> Double.parseDouble(kilobytes) * 1024)
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
    }

    /** How many files a process may open that is started here and asks for as many as it can. */
    static long openFilesLimit() throws IOException {
        String limits = Files.readString(Path.of("/proc/self/limits"));
        Matcher line = Pattern.compile("Max open files +\\S+ +(\\S+)").matcher(limits);
        return line.find() && !line.group(1).equals("unlimited")
                ? Long.parseLong(line.group(1))
                : Long.MAX_VALUE;
    }

    /** Programs that were running or waiting to run in the last minute, on average. */
    static double load() throws IOException {
        return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    }

    static Optional<String> cpuModel() throws IOException {
        return value(Path.of("/proc/cpuinfo"), "model name\\s*:\\s*(.+)");
    }

    static Optional<String> distribution() throws IOException {
        return value(Path.of("/etc/os-release"), "PRETTY_NAME=\"?([^\"\n]+)\"?");
    }

    private static Optional<String> value(Path file, String pattern) throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }
}
