package dev.jevent.benchmarks;

import static dev.jevent.benchmarks.ToolkitBenchmarks.Column.JEVENT;

import dev.jevent.benchmarks.ToolkitBenchmarks.Column;
import dev.jevent.benchmarks.ToolkitBenchmarks.Kind;
import dev.jevent.benchmarks.ToolkitBenchmarks.Row;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of the toolkit: a row for each primitive and a column for each contender. Under each
 * number stands the ratio, and whether it is what is aimed at.
 */
final class ToolkitReport {
    private static final int NAME = 26;
    private static final int CELL = 11;

    private final Options options;
    private final List<Column> columns;
    private final List<Part> parts = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();

    private record Part(Row row, Benchmark benchmark, Results results) {

        Optional<Target> target(Column column) {
            return benchmark.targets().stream()
                    .filter(target -> target.baseline().equals(Optional.of(column.label)))
                    .findFirst();
        }
    }

    /** A table of those contenders that are asked for. */
    ToolkitReport(Options options) {
        this.options = options;
        this.columns =
                List.of(Column.values()).stream()
                        .filter(column -> options.wants(column.label))
                        .toList();
    }

    void add(Row row, Benchmark benchmark, Results results) {
        parts.add(new Part(row, benchmark, results));
    }

    String text() {
        line("toolkit: what each primitive costs, alone and handed over");
        line("");
        heads();
        for (Kind kind : Kind.values()) {
            List<Part> section = parts.stream().filter(part -> part.row().kind() == kind).toList();
            if (!section.isEmpty()) {
                line("");
                line(kind.title + ": " + kind.unit);
                section.forEach(this::row);
            }
        }
        line("");
        line(
                (options.repeats() == 1 ? "1 run" : options.repeats() + " runs")
                        + ", in turns: medians. Under them, jevent's divided by this one: 0.25"
                        + " means that jevent needs");
        line("a quarter of it. \"ok\": that is what is aimed at, or less; \"NO\": it is more.");
        ToolkitBenchmarks.NOTES.forEach(this::line);
        line("");
        problems();
        targets();
        return out.toString();
    }

    private void heads() {
        cells("", columns.stream().map(column -> column.label.replaceFirst(",.*", "")).toList());
        cells(
                "",
                columns.stream()
                        .map(column -> column.label.replaceFirst("^[^,]*(, )?", ""))
                        .toList());
    }

    private void row(Part part) {
        List<String> numbers = new ArrayList<>();
        List<String> ratios = new ArrayList<>();
        for (Column column : columns) {
            Samples samples = part.results().samples(column.label, part.row().name());
            boolean wanted = part.row().columns().contains(column);
            numbers.add(samples.isEmpty() ? wanted ? "–" : "" : number(samples.median()));
            ratios.add(column == JEVENT ? "" : ratio(part, column));
        }
        cells("  " + part.row().name(), numbers);
        if (!ratios.stream().allMatch(String::isEmpty)) {
            cells("", ratios);
        }
    }

    private static String ratio(Part part, Column column) {
        OptionalDouble ratio = part.results().ratio(JEVENT.label, column.label, part.row().name());
        if (ratio.isEmpty()) {
            return "";
        }
        String mark =
                part.target(column)
                        .map(t -> Targets.reached(t, ratio.getAsDouble()) ? " ok" : " NO")
                        .orElse("");
        return String.format(Locale.ROOT, "%.2f%s", ratio.getAsDouble(), mark);
    }

    /** What could not be measured; once, if the reason is the same for all rows. */
    private void problems() {
        Set<String> lines = new TreeSet<>();
        for (Part part : parts) {
            for (Contender contender : part.benchmark().contenders()) {
                String label = contender.label();
                String both = part.row().name() + ", " + label;
                if (options.wants(label)) {
                    contender
                            .missing()
                            .ifPresent(why -> lines.add("skipped      " + label + ": " + why));
                }
                part.results()
                        .failure(label)
                        .ifPresent(why -> lines.add("FAILED       " + both + ": " + why));
            }
        }
        lines.forEach(this::line);
    }

    private void targets() {
        int reached = 0;
        int measured = 0;
        int all = 0;
        for (Part part : parts) {
            for (Target target : part.benchmark().targets()) {
                if (!options.wants(target.baseline().orElseThrow())) {
                    continue;
                }
                OptionalDouble value = part.results().measured(target);
                all++;
                if (value.isPresent()) {
                    measured++;
                    if (Targets.reached(target, value.getAsDouble())) {
                        reached++;
                    } else {
                        notReached(part, target, value.getAsDouble());
                    }
                }
            }
        }
        line("reached      " + reached + " of " + measured + " targets");
        if (measured < all) {
            line("not measured " + (all - measured));
        }
    }

    private void notReached(Part part, Target target, double value) {
        line(
                "NOT REACHED  "
                        + part.row().name()
                        + ": "
                        + Targets.text(target, part.benchmark())
                        + ": "
                        + Targets.value(target, value));
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

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
    }
}
