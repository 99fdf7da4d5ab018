package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the clients print is read, and an answer that was wrong or missing fails the row. */
class LoadTest {
    private static final List<String> WRK =
            List.of(
                    "Running 5s test @ http://127.0.0.1:8080/",
                    "  Thread Stats   Avg      Stdev     Max   +/- Stdev",
                    "    Latency   181.41us  152.87us   4.61ms   99.00%",
                    "  Latency Distribution",
                    "     50%  164.00us",
                    "     99%    1.25ms",
                    "  383242 requests in 2.00s, 28.51MB read",
                    "Requests/sec: 191621.00");

    private final Load http = new Load.Http(null);

    @Test
    void readsWhatWrkPrints() throws IOException {
        assertEquals(new Load.Seen(383242, 191621, 1250), http.read(WRK));
    }

    @Test
    void failsWhenWrkSawErrors() {
        List<String> lines = new ArrayList<>(WRK);
        lines.add("  Socket errors: connect 0, read 12, write 0, timeout 0");
        assertThrows(IOException.class, () -> http.read(lines));
    }

    @Test
    void failsWhenWrkSawOtherAnswers() {
        List<String> lines = new ArrayList<>(WRK);
        lines.add("  Non-2xx or 3xx responses: 4");
        assertThrows(IOException.class, () -> http.read(lines));
    }

    @Test
    void readsWhatTheEchoClientPrints() throws IOException {
        List<String> lines = List.of("RESULT count=100 seconds=2.000 p50_us=20 p99_us=30");
        assertEquals(new Load.Seen(100, 50, 30), new Load.Echo(null).read(lines));
    }
}
