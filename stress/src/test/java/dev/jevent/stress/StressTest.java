package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A short look at some JCStress tests; at all of them, for long, with {@code -Pnightly}. {@code
 * stress/run} is the same by hand.
 */
class StressTest {

    private static final boolean NIGHTLY = Boolean.getBoolean("jevent.nightly");

    /** A JVM each is not cheap. */
    private static final String DOSE =
            "(AddVsEnd|SwitchToVsKill|SubmitVsFallingAsleep|GiveVsGivingUp)$";

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS) // it has a limit of its own
    void nothingForbiddenIsSeen() throws Exception {
        Path reports = Path.of("target", "jcstress-quick").toAbsolutePath();
        Files.createDirectories(reports);
        Path out = reports.resolve("output.txt");
        String classPath = System.getProperty("surefire.test.class.path");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx64m", "-cp"));
        command.add(classPath != null ? classPath : System.getProperty("java.class.path"));
        command.addAll(List.of("dev.jevent.stress.Main", reports.toString()));
        if (!NIGHTLY) {
            command.addAll(List.of("--quick", DOSE));
        }
        Process process =
                new ProcessBuilder(command)
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
