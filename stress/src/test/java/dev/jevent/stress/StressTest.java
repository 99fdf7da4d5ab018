package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One short look at all JCStress tests. {@code stress/run} looks longer. */
class StressTest {

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES) // it has a limit of its own
    void nothingForbiddenIsSeen() throws Exception {
        Path reports = Path.of("target", "jcstress-quick").toAbsolutePath();
        Files.createDirectories(reports);
        Path out = reports.resolve("output.txt");
        String classPath = System.getProperty("surefire.test.class.path");
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:+UseSerialGC",
                                        "-Xmx64m",
                                        "-cp",
                                        classPath != null
                                                ? classPath
                                                : System.getProperty("java.class.path"),
                                        "dev.jevent.stress.Main",
                                        reports.toString(),
                                        "--quick"))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        int exit = process.waitFor();

        String said = Files.readString(out);
        assertEquals(0, exit, said);
        assertTrue(said.contains("Failed tests: No matches"), said);
        assertTrue(said.contains("Error tests: No matches"), said);
    }
}
