package dev.jevent.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * One table of several benchmarks that have the same contenders: a row for each of their metrics, a
 * column for each contender. Under each number stands the ratio, whether it is what is aimed at,
 * and how sure that is.
 */
final class GridReport {
    private static final int NAME = 26;
    private static final int CELL = 11;

    private final String title;
    private final List<String> notes;
    private final Options options;
    private final List<String> columns;
    private final Map<String, List<Part>> sections = new LinkedHashMap<>();
    private final Map<Benchmark, Results> benchmarks = new LinkedHashMap<>();
    private final StringBuilder out = new StringBuilder();

    /**
     * A row.
     *
     * @param section the title of its section, with the unit
     * @param name what it is called, also by {@code --only}
     */
    record Line(String section, String name, Metric metric) {}

    private record Part(Line line, Benchmark benchmark, Results results) {

        Samples samples(String column) {
            return results.samples(column, line.metric().key());
        }

        /** How sure the ratio is, where something is aimed at. */
        Optional<Interval> interval(String column) {
            return target(column).map(results::ratios).flatMap(Interval::ofMedian);
        }

        OptionalDouble ratio(String column) {
            String reference = benchmark.reference().label();
            return column.equals(reference)
                    ? OptionalDouble.empty()
                    : results.ratio(reference, column, line.metric().key());
        }

        boolean has(String column) {
            return benchmark.contenders().stream().anyMatch(c -> c.label().equals(column));
        }

        Optional<Target> target(String column) {
            return benchmark.targets().stream()
                    .filter(target -> target.metric().equals(line.metric().key()))
                    .filter(target -> target.baseline().equals(Optional.of(column)))
                    .findFirst();
        }
    }

    /**
     * A table of those columns that are asked for.
     *
     * @param columns the labels of all contenders; what is after a comma is in a second line
     * @param notes lines under the table
     */
    GridReport(String title, List<String> columns, List<String> notes, Options options) {
        this.title = title;
        this.notes = notes;
        this.options = options;
        this.columns = columns.stream().filter(options::wants).toList();
    }

    /** Rows of a benchmark. Sections are in the order in which they are named first. */
    void add(Benchmark benchmark, Results results, List<Line> lines) {
        benchmarks.put(benchmark, results);
        for (Line line : lines) {
            sections.computeIfAbsent(line.section(), section -> new ArrayList<>())
                    .add(new Part(line, benchmark, results));
        }
    }

    String text() {
        line(title);
        line("");
        heads();
        sections.forEach(
                (section, parts) -> {
                    line("");
                    line(section);
                    parts.forEach(this::row);
                });
        line("");
        line(
                (options.repeats() == 1 ? "1 run" : options.repeats() + " runs")
                        + ", in turns: medians. Under them, jevent's divided by this one in the"
                        + " same turn, and of that the median:");
        line(
                "0.25 means that jevent needs a quarter of it. \"ok\": that is what is aimed at, or"
                        + " better; \"NO\": it is not.");
        line("Below that, where something is aimed at: where the median is, with 95 % certainty.");
        notes.forEach(this::line);
        line("");
        problems();
        targets();
        return out.toString();
    }

    private void heads() {
        cells("", columns.stream().map(column -> column.replaceFirst(",.*", "")).toList());
        cells("", columns.stream().map(column -> column.replaceFirst("^[^,]*(, )?", "")).toList());
    }

    private void row(Part part) {
        List<String> numbers = new ArrayList<>();
        List<String> ratios = new ArrayList<>();
        for (String column : columns) {
            Samples samples = part.samples(column);
            String nothing = part.has(column) ? "–" : "";
            numbers.add(
                    samples.isEmpty() ? nothing : number(samples.median(), part.line().metric()));
            ratios.add(ratio(part, column));
        }
        cells("  " + part.line().name(), numbers);
        if (!ratios.stream().allMatch(String::isEmpty)) {
            cells("", ratios);
        }
        List<String> intervals =
                columns.stream()
                        .map(column -> part.interval(column).map(Interval::text).orElse(""))
                        .toList();
        if (!intervals.stream().allMatch(String::isEmpty)) {
            cells("", intervals);
        }
    }

    private static String ratio(Part part, String column) {
        OptionalDouble ratio = part.ratio(column);
        if (ratio.isEmpty() || !part.line().metric().compared()) {
            return "";
        }
        String mark =
                part.target(column)
                        .map(t -> Targets.reached(t, ratio.getAsDouble()) ? " ok" : " NO")
                        .orElse("");
        return String.format(Locale.ROOT, "%.2f%s", ratio.getAsDouble(), mark);
    }

    /** What could not be measured; once, if the reason is the same for all. */
    private void problems() {
        Set<String> lines = new TreeSet<>();
        benchmarks.forEach(
                (benchmark, results) -> {
                    for (Contender contender : benchmark.contenders()) {
                        String label = contender.label();
                        if (options.wants(label)) {
                            contender
                                    .missing()
                                    .ifPresent(w -> lines.add("skipped      " + label + ": " + w));
                        }
                        String both = shortName(benchmark) + ", " + label;
                        results.failure(label)
                                .ifPresent(why -> lines.add("FAILED       " + both + ": " + why));
                    }
                });
        lines.forEach(this::line);
    }

    private void targets() {
        int reached = 0;
        int measured = 0;
        int all = 0;
        for (Map.Entry<Benchmark, Results> entry : benchmarks.entrySet()) {
            for (Target target : entry.getKey().targets()) {
                if (!options.wants(target.baseline().orElseThrow())) {
                    continue;
                }
                OptionalDouble value = entry.getValue().measured(target);
                all++;
                if (value.isPresent()) {
                    measured++;
                    if (Targets.reached(target, value.getAsDouble())) {
                        reached++;
                    } else {
                        notReached(
                                entry.getKey(),
                                target,
                                Targets.value(
                                        target,
                                        value.getAsDouble(),
                                        entry.getValue().ratios(target)));
                    }
                }
            }
        }
        line("reached      " + reached + " of " + measured + " targets");
        if (measured < all) {
            line("not measured " + (all - measured));
        }
    }

    private void notReached(Benchmark benchmark, Target target, String value) {
        line(
                "NOT REACHED  "
                        + shortName(benchmark)
                        + ": "
                        + Targets.text(target, benchmark)
                        + ": "
                        + value);
    }

    /** Without the first word, which is the name of the whole. */
    private static String shortName(Benchmark benchmark) {
        return benchmark.name().replaceFirst("^\\S+ ", "");
    }

    private void cells(String name, List<String> cells) {
        StringBuilder line = new StringBuilder(name);
        line.append(" ".repeat(Math.max(0, NAME - name.length())));
        cells.forEach(cell -> line.append(String.format("%" + CELL + "s", cell)));
        line(line.toString().stripTrailing());
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private static String number(double value, Metric metric) {
        int decimals = value < 100 ? metric.decimals() : 0;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
