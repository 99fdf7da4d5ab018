package dev.jevent.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is made of the numbers of {@code http} that a run has written as JSON: {@code tables
 * NUMBERS} prints Markdown, {@code plot NUMBERS PLOT} writes a picture.
 */
final class Figures {
    static final List<String> NAMES = List.of("tables", "plot");

    /**
     * One row of a table: a number of each contender.
     *
     * @param section what the number is
     * @param row of which load
     * @param medians by contender, in their order; without those that were not measured
     */
    record Row(String section, String row, Map<String, Double> medians) {}

    private Figures() {}

    /** Returns the exit code. */
    static int run(String[] args) throws IOException {
        boolean plot = args[0].equals("plot");
        if (args.length != (plot ? 3 : 2)) {
            System.err.print(Options.USAGE);
            return 2;
        }
        Map<?, ?> numbers = (Map<?, ?>) JsonReader.read(Files.readString(Path.of(args[1])));
        List<Row> rows = rows(numbers);
        if (rows.isEmpty()) {
            System.err.println(args[1] + " has no numbers of \"http\"");
            return 1;
        }
        if (plot) {
            Files.writeString(Path.of(args[2]), Plot.of(rows));
        } else {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            out.print(Markdown.of(rows, targets(numbers), machine(numbers)));
        }
        return 0;
    }

    /** All rows of all benchmarks of {@code http}. */
    static List<Row> rows(Map<?, ?> numbers) {
        List<Row> rows = new ArrayList<>();
        for (Map<?, ?> benchmark : benchmarks(numbers)) {
            for (Map<?, ?> metric : maps(benchmark.get("metrics"))) {
                String title = metric.get("title").toString();
                int colon = title.indexOf(": ");
                Map<String, Double> medians = new LinkedHashMap<>();
                for (Map<?, ?> row : maps(metric.get("rows"))) {
                    if (row.get("median") instanceof Double median) {
                        medians.put(row.get("contender").toString(), median);
                    }
                }
                rows.add(new Row(title.substring(colon + 2), title.substring(0, colon), medians));
            }
        }
        return rows;
    }

    /** What was aimed at, and whether it was reached. */
    private static List<String> targets(Map<?, ?> numbers) {
        List<String> lines = new ArrayList<>();
        for (Map<?, ?> benchmark : benchmarks(numbers)) {
            for (Map<?, ?> target : maps(benchmark.get("targets"))) {
                if (target.get("measured") instanceof Double measured) {
                    boolean reached = Boolean.TRUE.equals(target.get("reached"));
                    lines.add(
                            (reached ? "reached: " : "NOT REACHED: ")
                                    + target.get("text")
                                    + ": "
                                    + Markdown.number(measured)
                                    + certainty(target));
                }
            }
        }
        return lines;
    }

    private static String certainty(Map<?, ?> target) {
        return target.get("interval") instanceof List<?> ends
                        && ends.get(0) instanceof Double low
                        && ends.get(1) instanceof Double high
                        && target.get("turns") instanceof Number turns
                ? Targets.certainty(new Interval(low, high), turns.intValue())
                : "";
    }

    private static List<String> machine(Map<?, ?> numbers) {
        return numbers.get("machine") instanceof List<?> lines
                ? lines.stream().map(Object::toString).toList()
                : List.of();
    }

    private static List<Map<?, ?>> benchmarks(Map<?, ?> numbers) {
        return maps(numbers.get("benchmarks")).stream()
                .filter(benchmark -> benchmark.get("name").toString().startsWith("http "))
                .toList();
    }

    private static List<Map<?, ?>> maps(Object list) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (list instanceof List<?> values) {
            for (Object value : values) {
                maps.add((Map<?, ?>) value);
            }
        }
        return maps;
    }
}
