package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** The examples that run to an end by themselves. */
class NetworkExamplesTest {

    @TempDir Path dir;

    @Test
    void namesAreLookedUp() throws Exception {
        Cli.Result result = Cli.run(dir, "example", "DnsLookups", "localhost", "127.0.0.7");
        assertEquals(0, result.exit(), result.err());
        List<String> lines = result.out().lines().sorted().toList();
        assertEquals("127.0.0.7: 127.0.0.7", lines.get(0));
        assertTrue(lines.get(1).matches("localhost: .*(127\\.0\\.0\\.1|0:0:0:0:0:0:0:1).*"));
        assertEquals(2, lines.size());
    }

    @Test
    void zeroMqHoldsUpNobody() throws Exception {
        String classPath =
                Cli.examples() + File.pathSeparator + System.getProperty("java.class.path");
        Cli.Result result = Cli.run(dir, "run", "-cp", classPath, "dev.jevent.examples.ZeroMq");
        assertEquals(0, result.exit(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals("server: Hello 0", lines.get(0));
        assertEquals("client: World 0", lines.get(1));
        assertEquals("client: World 4", lines.get(9));
        assertEquals("and all others went on", lines.get(10));
        assertEquals(11, lines.size());
    }
}
