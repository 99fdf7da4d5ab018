package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tables and a plot are made of the JSON that a run has written. */
class FiguresTest {

    /** The numbers of one row, as a run writes them. */
    private static String numbers() {
        Contender jevent = new Contender("jevent", Optional.empty(), Map::of);
        Contender slow = new Contender("Slow & \"old\"", Optional.empty(), Map::of);
        Contender none = new Contender("None", Optional.of("it has no TLS"), Map::of);
        Benchmark benchmark =
                new Benchmark(
                        "http hello",
                        "hello",
                        List.of(new Metric("cpu_us_64", "hello-64: CPU µs", 2)),
                        List.of(jevent, slow, none),
                        List.of(Target.ratio("jevent", "cpu_us_64", 1, slow.label())),
                        List.of());
        Results results = new Results();
        results.add(jevent, Map.of("cpu_us_64", 2.5));
        results.add(slow, Map.of("cpu_us_64", 250.0));
        Options options = Options.parse(new String[] {"http"});
        return Json.write(
                JsonReport.map(
                        "machine",
                        List.of("2 cores"),
                        "benchmarks",
                        List.of(JsonReport.of(benchmark, options, results))));
    }

    private static List<Figures.Row> rows() {
        return Figures.rows((Map<?, ?>) JsonReader.read(numbers()));
    }

    @Test
    void aRowHasTheMediansOfThoseThatWereMeasured() {
        assertEquals(
                List.of(
                        new Figures.Row(
                                "CPU µs",
                                "hello-64",
                                Map.of("jevent", 2.5, "Slow & \"old\"", 250.0))),
                rows());
    }

    @Test
    void tablesHaveAColumnForEachLoad() {
        assertEquals(
                """
                - 2 cores

                ### CPU µs

                | | hello-64 |
                |---|--:|
                | jevent | 2.50 |
                | Slow & "old" | 250 |

                - reached
                """,
                Markdown.of(rows(), List.of("reached"), List.of("2 cores")));
    }

    @Test
    void aBarThatIsMuchLongerIsCut() {
        String svg = Plot.of(rows());
        assertTrue(svg.contains(">Slow &amp; \"old\"</text>"), svg);
        assertTrue(svg.contains("class=\"cut\""), svg);
        assertTrue(svg.contains(">250</text>"), svg);
        assertTrue(svg.contains("prefers-color-scheme: dark"), svg);
    }

    @Test
    void theCommandsReadAndWriteFiles(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("numbers.json");
        Path plot = folder.resolve("http.svg");
        Files.writeString(json, numbers());
        assertEquals(0, Figures.run(new String[] {"plot", json.toString(), plot.toString()}));
        assertTrue(Files.readString(plot).startsWith("<svg "));
        assertEquals(2, Figures.run(new String[] {"plot", json.toString()}));
        Files.writeString(json, "{\"benchmarks\": []}");
        assertEquals(1, Figures.run(new String[] {"tables", json.toString()}));
    }

    @Test
    void readsAllThatIsWritten() {
        Map<String, Object> value =
                Map.of("a", List.of(1.5, -2e9, true, "\"\\\n\t<ä>"), "b", Map.of(), "c", List.of());
        assertEquals(value, JsonReader.read(Json.write(value)));
    }

    @Test
    void refusesWhatIsNoJson() {
        for (String bad : List.of("", "{", "[1 2]", "{\"a\" 1}", "\"a", "nul", "1 2", "\"\\u00")) {
            assertThrows(IllegalArgumentException.class, () -> JsonReader.read(bad), bad);
        }
    }
}
