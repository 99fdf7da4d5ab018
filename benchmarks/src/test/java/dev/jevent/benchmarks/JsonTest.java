package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The writer of the JSON file. */
class JsonTest {

    @Test
    void writesNestedValues() {
        Object value =
                JsonReport.map(
                        "text", "a \"quoted\" \\ and\nmore",
                        "samples", List.of(1.5, 2e9),
                        "none", List.of(),
                        "rows", List.of(JsonReport.map("reached", true, "repeats", 5)));
        assertEquals(
                """
                {
                  "text": "a \\"quoted\\" \\\\ and\\u000amore",
                  "samples": [1.50000, 2.00000e+09],
                  "none": [],
                  "rows": [
                    {
                      "reached": true,
                      "repeats": 5
                    }
                  ]
                }
                """,
                Json.write(value));
    }
}
