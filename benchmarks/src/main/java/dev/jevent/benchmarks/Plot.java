package dev.jevent.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A picture of what requests cost: a panel for each load, a bar for each contender. Each panel has
 * a scale of its own. A bar that is {@link #MOST} times as long as jevent's is cut there, for
 * nothing could be seen of the others; its number is the true one.
 */
final class Plot {
    private static final double MOST = 6;
    private static final int COLUMNS = 3;
    private static final int WIDTH = 340;
    private static final int LABELS = 112;
    private static final int BARS = 160;
    private static final int BAR = 17;
    private static final int HEAD = 30;
    private static final int TITLE = 46;

    private static final String STYLE =
            """
            <style>
              text { font: 12px system-ui, sans-serif; fill: #1f2328; }
              .title { font-size: 15px; font-weight: 600; }
              .load { font-weight: 600; }
              .label { text-anchor: end; }
              .ground { fill: #ffffff; }
              .bar { fill: #9aa7b4; }
              .jevent { fill: #0969da; }
              .c { fill: #bf8700; }
              .cut { fill: #ffffff; }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3; }
                .ground, .cut { fill: #0d1117; }
                .bar { fill: #6e7a87; }
                .jevent { fill: #4493f8; }
                .c { fill: #d29922; }
              }
            </style>
            """;

    private final StringBuilder out = new StringBuilder();

    private Plot() {}

    /** An SVG of the rows whose number is CPU time. */
    static String of(List<Figures.Row> rows) {
        List<Figures.Row> panels =
                rows.stream()
                        .filter(row -> row.section().startsWith("CPU"))
                        .filter(row -> !row.medians().isEmpty())
                        .toList();
        return new Plot().draw(panels);
    }

    private String draw(List<Figures.Row> panels) {
        int most = panels.stream().mapToInt(panel -> panel.medians().size()).max().orElse(0);
        int height = HEAD + most * BAR + 14;
        int lines = (panels.size() + COLUMNS - 1) / COLUMNS;
        int width = COLUMNS * WIDTH;
        out.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                            + " role=\"img\" aria-label=\"CPU time of servers for a request\">%n",
                        width,
                        TITLE + lines * height));
        out.append(STYLE);
        out.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>%n",
                        width,
                        TITLE + lines * height));
        String title = "CPU time of the server for a request, µs (less is better)";
        out.append(
                String.format(
                        Locale.ROOT, "<text class=\"title\" x=\"12\" y=\"26\">%s</text>%n", title));
        for (int i = 0; i < panels.size(); i++) {
            panel(panels.get(i), i % COLUMNS * WIDTH, TITLE + i / COLUMNS * height);
        }
        return out.append("</svg>\n").toString();
    }

    private void panel(Figures.Row panel, int x, int y) {
        Map<String, Double> medians = panel.medians();
        double longest = medians.values().stream().mapToDouble(value -> value).max().orElse(1);
        Double own = medians.get(HttpBenchmarks.Column.JEVENT.label);
        double most = own == null ? longest : Math.min(longest, MOST * own);
        out.append(String.format(Locale.ROOT, "<g transform=\"translate(%d %d)\">%n", x, y));
        out.append(
                String.format(
                        Locale.ROOT,
                        "<text class=\"load\" x=\"%d\" y=\"18\">%s</text>%n",
                        LABELS,
                        escaped(panel.row())));
        int top = HEAD;
        for (Map.Entry<String, Double> entry : medians.entrySet()) {
            bar(entry.getKey(), entry.getValue(), most, top);
            top += BAR;
        }
        out.append("</g>\n");
    }

    private void bar(String contender, double value, double most, int top) {
        double length = Math.max(1, BARS * Math.min(value, most) / most);
        String name =
                contender.replaceFirst(", (virtual|epoll|net/http|http|pywsgi|bare loop)", "");
        out.append(
                String.format(
                        Locale.ROOT,
                        "<text class=\"label\" x=\"%d\" y=\"%d\">%s</text>%n",
                        LABELS - 6,
                        top + 12,
                        escaped(name)));
        out.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                        colour(contender),
                        LABELS,
                        top + 2,
                        length,
                        BAR - 4));
        if (value > most) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<path class=\"cut\" d=\"M%d %dl6 %dh3l-6 %dz\"/>%n",
                            LABELS + BARS - 14,
                            top + 1,
                            BAR - 2,
                            2 - BAR));
        }
        out.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
                        LABELS + length + 5,
                        top + 12,
                        Markdown.number(value)));
    }

    private static String colour(String contender) {
        if (contender.equals(HttpBenchmarks.Column.JEVENT.label)
                || contender.equals(HttpBenchmarks.Column.LOG.label)) {
            return "jevent";
        }
        return contender.equals(HttpBenchmarks.Column.C.label) ? "c" : "bar";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
