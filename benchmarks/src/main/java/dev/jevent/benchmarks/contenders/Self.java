package dev.jevent.benchmarks.contenders;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a contender asks of its own process and environment, and how it answers. */
final class Self {

    private Self() {}

    /** The number in an environment variable, or the given one. */
    static int number(String name, int otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    /** CPU seconds of this process so far, user and system, all of its threads. */
    static double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return (double) ticks / number("BENCH_CLK_TCK", 100);
    }

    /** Resident bytes of this process. */
    static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }

    /** Bytes in use after a full collection: heap and metadata. */
    static long liveBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getName().equals("Metaspace")) {
                live += pool.getUsage().getUsed();
            }
        }
        return live;
    }

    /** Prints the result: names and numbers in turn. */
    static void result(Object... namesAndNumbers) {
        StringBuilder line = new StringBuilder("RESULT");
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            double number = ((Number) namesAndNumbers[i + 1]).doubleValue();
            line.append(String.format(Locale.ROOT, " %s=%.3f", namesAndNumbers[i], number));
        }
        System.out.println(line);
        System.out.flush();
    }
}
