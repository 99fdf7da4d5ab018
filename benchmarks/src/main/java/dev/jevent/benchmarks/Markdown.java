package dev.jevent.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Tables in Markdown: one for each section, a line for each contender, a column for each load. */
final class Markdown {
    private static final String NOTHING = "–";

    private Markdown() {}

    static String of(List<Figures.Row> rows, List<String> targets, List<String> machine) {
        StringBuilder out = new StringBuilder();
        machine.forEach(line -> out.append("- ").append(line).append('\n'));
        Map<String, Map<String, Map<String, Double>>> sections = new LinkedHashMap<>();
        for (Figures.Row row : rows) {
            sections.computeIfAbsent(row.section(), section -> new LinkedHashMap<>())
                    .put(row.row(), row.medians());
        }
        sections.forEach((section, loads) -> table(section, loads, out));
        out.append('\n');
        targets.forEach(line -> out.append("- ").append(line).append('\n'));
        return out.toString();
    }

    private static void table(
            String section, Map<String, Map<String, Double>> loads, StringBuilder out) {
        Set<String> contenders = new LinkedHashSet<>();
        for (HttpBenchmarks.Column column : HttpBenchmarks.Column.values()) {
            if (loads.values().stream().anyMatch(medians -> medians.containsKey(column.label))) {
                contenders.add(column.label);
            }
        }
        loads.values().forEach(medians -> contenders.addAll(medians.keySet()));
        out.append("\n### ").append(section).append("\n\n| |");
        loads.keySet().forEach(load -> out.append(' ').append(load).append(" |"));
        out.append("\n|---|").append("--:|".repeat(loads.size())).append('\n');
        for (String contender : contenders) {
            out.append("| ").append(contender).append(" |");
            for (Map<String, Double> medians : loads.values()) {
                Double median = medians.get(contender);
                out.append(' ').append(median == null ? NOTHING : number(median)).append(" |");
            }
            out.append('\n');
        }
    }

    /** With about three digits. */
    static String number(double value) {
        int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
