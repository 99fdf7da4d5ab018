package dev.jevent.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program curl, if there is one; tests that need it are skipped without. */
final class Curl {

    /** What it said, and how it ended. */
    record Result(int exit, String out, String err) {}

    private Curl() {}

    static Result run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "--max-time", "30"));
        command.addAll(List.of(arguments));
        Process curl;
        try {
            curl = new ProcessBuilder(command).start();
        } catch (IOException e) {
            assumeTrue(false, "there is no curl here");
            throw e;
        }
        try {
            byte[] out = curl.getInputStream().readAllBytes();
            byte[] err = curl.getErrorStream().readAllBytes();
            int exit = curl.waitFor();
            return new Result(
                    exit,
                    new String(out, StandardCharsets.UTF_8),
                    new String(err, StandardCharsets.UTF_8));
        } finally {
            boolean ignored = curl.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }
}
