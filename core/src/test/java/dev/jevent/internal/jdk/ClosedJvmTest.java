package dev.jevent.internal.jdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.lock.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A JVM that was not opened says in one line what to add to its start. */
class ClosedJvmTest {

    private static final String OPEN_LANG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    /** What a user may do first. */
    static final class FirstUse {
        private FirstUse() {}

        public static void main(String[] args) throws Exception {
            try {
                use(args[0]);
                System.out.println("works");
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }

        private static void use(String what) throws Exception {
            switch (what) {
                case "spawn" -> Jevent.spawn(() -> {}).join();
                case "sleep" -> Jevent.sleep(1);
                case "hub" -> Hub.get();
                case "current" -> Jevent.getCurrent();
                case "greenlet" -> new Greenlet<>(() -> 1);
                case "semaphore" -> new Semaphore(0).acquire(Duration.ofMillis(1));
                case "timeout" -> Timeout.start(Duration.ofSeconds(1)).close();
                default -> throw new IllegalArgumentException(what);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spawn", "sleep", "hub", "current", "greenlet", "semaphore", "timeout"})
    void theFirstUseSaysInOneLineWhatToAdd(String use) throws Exception {
        String output = run(List.of(), use);

        assertEquals(1, output.lines().count(), output);
        assertTrue(
                output.contains("--add-opens java.base/java.lang=ALL-UNNAMED")
                        && output.contains("--add-opens java.base/sun.nio.ch=ALL-UNNAMED")
                        && output.contains("-javaagent:jevent.jar"),
                output);
    }

    @Test
    void withoutTheSocketsPackageItWorksInThePortableModeAndSaysSoOnce() throws Exception {
        String output = run(List.of(OPEN_LANG), "spawn");

        assertTrue(output.endsWith("works\n"), output);
        boolean portable = "jdk".equals(System.getProperty("jevent.poller"));
        long warnings = output.lines().filter(l -> l.contains("java.base/sun.nio.ch")).count();
        assertEquals(portable ? 0 : 1, warnings, output);
    }

    private static String run(List<String> options, String use)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        String poller = System.getProperty("jevent.poller");
        if (poller != null) {
            command.add("-Djevent.poller=" + poller);
        }
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(classPath());
        command.add(FirstUse.class.getName());
        command.add(use);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] output = process.getInputStream().readAllBytes();
        process.waitFor();
        return new String(output, StandardCharsets.UTF_8);
    }

    private static String classPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        return surefire != null ? surefire : System.getProperty("java.class.path");
    }
}
