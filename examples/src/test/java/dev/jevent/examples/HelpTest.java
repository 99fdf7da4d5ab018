package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** What the command line says of itself, and to those who mistype. */
class HelpTest {

    @TempDir Path dir;

    private void assertSays(String start, Object... arguments) throws Exception {
        Cli.Result r = Cli.run(dir, arguments);
        assertTrue(r.out().startsWith(start), r.out());
        assertEquals("", r.err());
        assertEquals(0, r.exit());
        for (String line : r.out().lines().toList()) {
            assertTrue(line.length() <= 100, line);
        }
    }

    private void assertRefuses(String message, Object... arguments) throws Exception {
        Cli.Result r = Cli.run(dir, arguments);
        assertEquals(message, r.err());
        assertEquals("", r.out());
        assertEquals(2, r.exit());
    }

    @Test
    void helpIsThere() throws Exception {
        assertSays("jevent ");
        assertSays("jevent ", "--help");
        assertSays("Usage: jevent run ", "help", "run");
        assertSays("Usage: jevent run ", "run", "--help");
    }

    @Test
    void theVersionNamesTheJdkAndTheLoop() throws Exception {
        Cli.Result r = Cli.run(dir, "--version");
        assertTrue(r.out().matches("(?s)jevent \\d\\S*\nJDK 2\\d.*\nloop: \\w+.*\n"), r.out());
        assertEquals("", r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void whatIsMistypedIsRefusedWithAHint() throws Exception {
        assertRefuses("jevent: unknown command: rnu\nDid you mean: jevent run\n", "rnu");
        assertRefuses("jevent: unknown command: quux\nSee: jevent help\n", "quux");
        assertRefuses(
                "jevent: unknown command: A.java\nDid you mean: jevent run A.java\n", "A.java");
        assertRefuses(
                "jevent: unknown option: --verbose\nOptions of jevent: --help, --version\n",
                "--verbose");
    }
}
