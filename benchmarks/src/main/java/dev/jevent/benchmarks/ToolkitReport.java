package dev.jevent.benchmarks;

import dev.jevent.benchmarks.ToolkitBenchmarks.Column;
import dev.jevent.benchmarks.ToolkitBenchmarks.Row;

import java.util.List;

/** The table of the toolkit: a row for each primitive and a column for each contender. */
final class ToolkitReport {
    private final GridReport grid;

    /** A table of those contenders that are asked for. */
    ToolkitReport(Options options) {
        grid =
                new GridReport(
                        "toolkit: what each primitive costs, alone and handed over",
                        List.of(Column.values()).stream().map(column -> column.label).toList(),
                        ToolkitBenchmarks.NOTES,
                        options);
    }

    void add(Row row, Benchmark benchmark, Results results) {
        String section = row.kind().title + ": " + row.kind().unit;
        grid.add(
                benchmark,
                results,
                List.of(new GridReport.Line(section, row.name(), row.metric())));
    }

    String text() {
        return grid.text();
    }
}
