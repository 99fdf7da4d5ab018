package dev.jevent.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** {@code jevent example}. */
class ExampleCommandTest {

    @TempDir Path dir;

    @Test
    void allExamplesAreListedWithALineEach() throws Exception {
        Cli.Result r = Cli.run(dir, "example");
        var listed = new TreeSet<String>();
        for (String line : r.out().lines().skip(2).toList()) {
            assertTrue(line.matches("  (tutorial\\.)?[A-Z]\\w+( \\[\\S+])? +\\S.*"), line);
            listed.add(line.strip().split(" ")[0]);
        }
        assertEquals(examples(), listed);
        assertEquals(0, r.exit());
    }

    /** The classes that have a main method. */
    private static Set<String> examples() throws Exception {
        var names = new TreeSet<String>();
        Path folder = Cli.examples().resolve("dev/jevent/examples");
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String path = folder.relativize(file).toString().replace(File.separatorChar, '.');
                String name = path.replace(".class", "");
                if (!name.contains("$") && !name.endsWith("package-info")) {
                    for (Method m : Class.forName("dev.jevent.examples." + name).getMethods()) {
                        if (m.getName().equals("main")) {
                            names.add(name);
                        }
                    }
                }
            }
        }
        return names;
    }

    @Test
    void oneRunsByItsNameInAnyCase() throws Exception {
        Cli.Result r = Cli.run(dir, "example", "pingpong", "2");
        assertEquals("ping 1\npong 1\nping 2\npong 2\n", r.out(), r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void theNearestIsSuggestedForOneThatThereIsNot() throws Exception {
        Cli.Result r = Cli.run(dir, "example", "telnetchta");
        assertEquals(
                "jevent: unknown example: telnetchta\nDid you mean: jevent example TelnetChat\n",
                r.err());
        assertEquals(2, r.exit());
    }

    @Test
    void theDownloadsStayWithinTheirLimits() throws Exception {
        Cli.Result r = Cli.run(dir, "example", "ParallelDownloads");
        assertTrue(
                r.out()
                        .matches(
                                "100 downloads in \\d+ ms, 0 failed, 1400 bytes,"
                                        + " at most 20 at once\n"),
                r.out() + r.err());
        assertEquals(0, r.exit());
    }

    @Test
    void downloadsThatFailAreCounted() throws Exception {
        Cli.Result r = Cli.run(dir, "example", "ParallelDownloads", "http://127.0.0.1:1/", "what");
        assertTrue(r.out().contains("2 failed, 0 bytes"), r.out());
        assertTrue(r.err().contains("http://127.0.0.1:1/: Connection refused"), r.err());
    }
}
