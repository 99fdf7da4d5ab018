package dev.jevent.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The table of one benchmark as plain text. */
final class TextReport {
    private static final String NOTHING = "–";

    private final Benchmark benchmark;
    private final List<Contender> shown;
    private final Results results;
    private final StringBuilder out = new StringBuilder();
    private final int width;

    private TextReport(Benchmark benchmark, Options options, Results results) {
        this.benchmark = benchmark;
        this.shown = benchmark.contenders().stream().filter(c -> options.wants(c.label())).toList();
        this.results = results;
        int widest = 24;
        for (Contender contender : shown) {
            widest = Math.max(widest, contender.label().length() + 2);
        }
        for (Metric metric : benchmark.metrics()) {
            widest = Math.max(widest, metric.title().length());
        }
        this.width = widest;
    }

    static String of(Benchmark benchmark, Options options, Results results) {
        return new TextReport(benchmark, options, results).write(options);
    }

    private String write(Options options) {
        line(benchmark.name() + ": " + benchmark.title());
        for (Metric metric : benchmark.metrics()) {
            line("");
            section(metric);
        }
        line("");
        line(
                String.format(
                        Locale.ROOT,
                        "%s, in turns. × jevent: in each run \"%s\" divided by the row, and of that"
                                + " the median;",
                        options.repeats() == 1 ? "1 run" : options.repeats() + " runs",
                        benchmark.reference().label()));
        line("0.25 means that jevent has a quarter of the row's number.");
        benchmark.notes().forEach(this::line);
        if (!benchmark.targets().isEmpty() || shown.stream().anyMatch(this::hasProblem)) {
            line("");
        }
        shown.forEach(this::problem);
        benchmark.targets().forEach(this::target);
        return out.toString();
    }

    private void section(Metric metric) {
        row(metric.title(), "median", "min", "max", metric.compared() ? "× jevent" : "");
        for (Contender contender : shown) {
            Samples samples = results.samples(contender.label(), metric.key());
            String label = "  " + contender.label();
            if (samples.isEmpty()) {
                row(label, NOTHING, NOTHING, NOTHING, metric.compared() ? NOTHING : "");
            } else {
                row(
                        label,
                        number(samples.median(), metric),
                        number(samples.min(), metric),
                        number(samples.max(), metric),
                        metric.compared() ? ratio(contender, metric) : "");
            }
        }
    }

    private String ratio(Contender contender, Metric metric) {
        String reference = benchmark.reference().label();
        OptionalDouble ratio = results.ratio(reference, contender.label(), metric.key());
        return ratio.isEmpty() ? NOTHING : String.format(Locale.ROOT, "%.3f", ratio.getAsDouble());
    }

    private boolean hasProblem(Contender contender) {
        return contender.missing().isPresent() || results.failure(contender.label()).isPresent();
    }

    private void problem(Contender contender) {
        contender
                .missing()
                .ifPresent(why -> line("skipped      " + contender.label() + ": " + why));
        results.failure(contender.label())
                .ifPresent(why -> line("FAILED       " + contender.label() + ": " + why));
    }

    private void target(Target target) {
        OptionalDouble measured = results.measured(target);
        String verdict = "not measured";
        String value = "";
        if (measured.isPresent()) {
            verdict = Targets.reached(target, measured.getAsDouble()) ? "reached" : "NOT REACHED";
            value = ": " + Targets.value(target, measured.getAsDouble(), results.ratios(target));
        }
        line(String.format("%-12s %s%s", verdict, Targets.text(target, benchmark), value));
    }

    private void row(String label, String... cells) {
        StringBuilder row = new StringBuilder(pad(label));
        for (String cell : cells) {
            row.append(String.format("%12s", cell));
        }
        line(row.toString().stripTrailing());
    }

    private String pad(String label) {
        return label + " ".repeat(width - label.length());
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private static String number(double value, Metric metric) {
        return String.format(Locale.ROOT, "%,." + metric.decimals() + "f", value);
    }
}
