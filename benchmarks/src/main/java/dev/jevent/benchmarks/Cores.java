package dev.jevent.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cores that this process may use: the first is for servers, the last is for their clients and
 * for programs that are measured alone. On a machine with one core they are the same.
 */
record Cores(List<Integer> all) {

    static Cores discover() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Cpus_allowed_list:")) {
                return new Cores(parse(line.substring(line.indexOf(':') + 1).strip()));
            }
        }
        return new Cores(List.of(0));
    }

    /** Reads lists as the kernel writes them: {@code 0-3,8,10-11}. */
    static List<Integer> parse(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            for (int i = Integer.parseInt(ends[0]);
                    i <= Integer.parseInt(ends[ends.length - 1]);
                    i++) {
                cores.add(i);
            }
        }
        return List.copyOf(cores);
    }

    int server() {
        return all.getFirst();
    }

    int other() {
        return all.getLast();
    }

    /** {@code 1 core}, {@code 2 cores}. */
    String count() {
        return all.size() == 1 ? "1 core" : all.size() + " cores";
    }
}
