package dev.jevent.subprocess;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A child takes no more memory and no more time than was agreed, whatever becomes of its caller.
 */
class BoundedTest extends ChildScenario {

    private final long closeNanos = Popen.closeNanos;

    @AfterEach
    void asBefore() {
        Popen.closeNanos = closeNanos;
    }

    // ---- memory

    @Test
    void whoWritesMoreThanIsCollectedIsKilled() {
        var e =
                assertThrows(
                        OutputTooLarge.class,
                        () -> Popen.of("yes").captureOutput().outputLimit(100_001).run());
        assertEquals(100_001, e.output().stdout().length);
        assertEquals(100_001, e.limit());
        assertTrue(e.getMessage().contains("\"yes\" has written more than 100001 bytes"));
        assertTrue(e.getMessage().contains("outputLimit"));
    }

    @Test
    void thereIsALimitIfNothingIsSaid() {
        String much = "head -c 70000000 /dev/zero; sleep 60";
        var e =
                assertThrows(
                        OutputTooLarge.class, () -> Popen.shell(much).stdout(Redirect.PIPE).run());
        assertEquals(64 << 20, e.limit());
    }

    @Test
    void errorsAreLimitedAsOutputIs() {
        var command = Popen.shell("trap '' PIPE; yes >&2; sleep 60").captureOutput();
        var e = assertThrows(OutputTooLarge.class, () -> command.outputLimit(1000).run());
        assertEquals(0, e.output().stdout().length);
        assertEquals(1000, e.output().stderr().length);
    }

    @Test
    void asMuchAsTheLimitIsNotTooMuch() throws Exception {
        var exact = Popen.of("head", "-c", "5000", "/dev/zero").captureOutput().outputLimit(5000);
        assertEquals(5000, exact.run().stdout().length);
        assertEquals(0, Popen.of("true").captureOutput().outputLimit(0).run().stdout().length);
        assertThrows(
                OutputTooLarge.class, () -> Popen.of("echo").captureOutput().outputLimit(0).run());
        assertThrows(IllegalArgumentException.class, () -> Popen.of("true").outputLimit(-1));
        assertThrows(IllegalArgumentException.class, () -> Popen.of("true").outputLimit(1L << 32));
    }

    @Test
    void communicateHasTheSameLimit() throws Exception {
        Popen yes = started(Popen.of("yes").stdout(Redirect.PIPE).outputLimit(10_000));
        for (int i = 0; i < 2; i++) { // and says so again
            var e = assertThrows(OutputTooLarge.class, yes::communicate);
            assertEquals(10_000, e.output().stdout().length);
        }
        assertTrue(yes.await(LONG), "a broken pipe ends it");
    }

    // ---- time

    @Test
    void aKilledBlockDoesNotWaitForItsChild() throws Exception {
        Popen.closeNanos = 10_000_000;
        Popen[] child = new Popen[1];
        Greenlet<Void> greenlet =
                Jevent.spawn(
                        () -> {
                            try (Popen p = Popen.of("sleep", "60").start()) {
                                child[0] = p;
                                int ignored = p.await();
                            }
                        });
        until(() -> child[0] != null);
        greenlet.kill();
        assertTrue(greenlet.ready());
        assertEquals(-Signals.KILL, child[0].returncode());
    }

    @Test
    void norDoesOneWhoseKillWasToldAsAnInterrupt() throws Exception {
        Popen.closeNanos = 10_000_000;
        Popen[] child = new Popen[1];
        Greenlet<Void> greenlet =
                Jevent.spawn(
                        () -> {
                            try (Popen p = Popen.of("sleep", "60").start()) {
                                child[0] = p;
                                Thread.sleep(60_000);
                            }
                        });
        until(() -> child[0] != null);
        greenlet.kill();
        assertTrue(greenlet.ready());
        assertEquals(-Signals.KILL, child[0].returncode());
    }

    @Test
    void norDoesOneWhoseTimeIsOver() throws Exception {
        Popen.closeNanos = 10_000_000;
        Popen[] child = new Popen[1];
        assertThrows(
                Timeout.class,
                () ->
                        Jevent.withTimeout(
                                Duration.ofMillis(20),
                                () -> {
                                    try (Popen p = Popen.of("sleep", "60").start()) {
                                        child[0] = p;
                                        return p.await();
                                    }
                                }));
        if (child[0] != null) {
            assertEquals(-Signals.KILL, child[0].returncode());
        }
    }

    @Test
    void aChildThatEndsInTimeIsNotKilled() throws Exception {
        Popen.closeNanos = LONG.toNanos();
        Popen[] child = new Popen[1];
        Greenlet<Void> greenlet =
                Jevent.spawn(
                        () -> {
                            try (Popen p = Popen.of("cat").stdin(Redirect.PIPE).start()) {
                                child[0] = p;
                                Jevent.sleep(60_000);
                            }
                        });
        until(() -> child[0] != null);
        greenlet.kill();
        assertEquals(0, child[0].returncode(), "its input has ended");
    }

    @Test
    void whoHasLeftATimeoutWaitsAsLongAsItTakes() throws Exception {
        Popen.closeNanos = 1;
        Popen child = Popen.of("sleep", "0.2").start();
        try (child) {
            assertThrows(
                    Timeout.class,
                    () -> Jevent.withTimeout(Duration.ofMillis(5), () -> child.await()));
        }
        assertEquals(0, child.returncode());
    }

    @Test
    void aKillThatComesDuringTheCloseEndsTheChild() throws Exception {
        Popen[] child = new Popen[1];
        Greenlet<Void> greenlet =
                Jevent.spawn(
                        () -> {
                            child[0] = Popen.of("sleep", "60").start();
                            child[0].close();
                        });
        until(() -> child[0] != null);
        Jevent.sleep(5);
        greenlet.kill();
        assertTrue(greenlet.value() == null && greenlet.exception() == null);
        assertEquals(-Signals.KILL, child[0].returncode());
    }

    @Test
    void aRunThatIsKilledAtAnyMomentLeavesNoChild() throws Exception {
        for (int i = 0; i < 30; i++) {
            String mark = "6" + ProcessHandle.current().pid() + "." + i;
            Greenlet<CompletedProcess> run = Jevent.spawn(() -> Subprocess.run("sleep", mark));
            Jevent.sleep(Duration.ofNanos(i * 150_000L));
            run.kill();
            assertFalse(isRunning(mark), "killed after " + i + " steps");
        }
    }

    /** Whether there is a process with this argument, or one that is about to become it. */
    private static boolean isRunning(String argument) {
        String[] names = new File("/proc").list((d, name) -> name.matches("\\d+"));
        for (String name : names == null ? new String[0] : names) {
            try {
                String line = Files.readString(Path.of("/proc/" + name + "/cmdline"));
                if (line.contains("\0" + argument + "\0")) {
                    return true;
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                // it is gone
            }
        }
        return false;
    }
}
