package dev.jevent.subprocess;

import static dev.jevent.subprocess.Redirect.DEVNULL;
import static dev.jevent.subprocess.Redirect.PIPE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The functions that run a program to its end. */
class SubprocessTest extends ChildScenario {

    /** A run that is broken off does not wait for those who read the child's output. */
    @AfterEach
    void itsReadersEnd() {
        until(this::allHaveEnded);
    }

    @Test
    void runTellsHowItEnded() throws Exception {
        CompletedProcess p = Subprocess.run("true");
        assertEquals(List.of("true"), p.args());
        assertEquals(0, p.returncode());
        assertTrue(p.successful());
        assertEquals(0, p.stdout().length, "nothing was captured");
        assertFalse(Subprocess.run("false").successful());
    }

    @Test
    void runCapturesWhatItIsAskedTo() throws Exception {
        CompletedProcess p = Popen.shell("echo out; echo err >&2; exit 4").captureOutput().run();
        assertEquals("out\n", p.text());
        assertEquals("err\n", p.errorText());
        assertEquals(4, p.returncode());
    }

    @Test
    void runFeedsItsInput() throws Exception {
        assertEquals("ÄÖ", Popen.of("cat").input("ÄÖ").stdout(PIPE).run().text());
        Command latin =
                Popen.of("cat").charset(StandardCharsets.ISO_8859_1).input("Ä").stdout(PIPE);
        assertEquals(1, latin.run().stdout().length);
        assertEquals("Ä", latin.run().text(), "a command can be run again");
        assertThrows(
                IllegalArgumentException.class,
                () -> Popen.of("cat").input("x").stdin(DEVNULL).run());
    }

    @Test
    void timeoutKillsTheChild() {
        long begin = System.nanoTime();
        TimeoutExpired e =
                assertThrows(
                        TimeoutExpired.class,
                        () ->
                                Popen.shell("echo so far; exec sleep 100")
                                        .captureOutput()
                                        .timeout(Duration.ofMillis(400))
                                        .run());
        assertEquals("so far\n", e.output().text());
        assertTrue(System.nanoTime() - begin < LONG.toNanos());
        assertEquals(List.of("/bin/sh", "-c", "echo so far; exec sleep 100"), e.args());
    }

    @Test
    void timeoutKillsAWholeGroup() throws Exception {
        Command c =
                Popen.shell("sleep 100 & echo $!; wait")
                        .captureOutput()
                        .processGroup()
                        .timeout(Duration.ofMillis(400));
        TimeoutExpired e = assertThrows(TimeoutExpired.class, c::run);
        long grandchild = Long.parseLong(e.output().text().strip());
        until(() -> !exists(grandchild));
    }

    @Test
    void checkThrowsWhatTheProgramSaid() {
        CalledProcessError e =
                assertThrows(
                        CalledProcessError.class,
                        () -> Popen.shell("echo bad >&2; exit 3").captureOutput().check().run());
        assertEquals(3, e.returncode());
        assertEquals("\"/bin/sh -c echo bad >&2; exit 3\" returned 3: bad", e.getMessage());
        assertEquals("bad\n", e.output().errorText());
        CalledProcessError killed =
                assertThrows(
                        CalledProcessError.class, () -> Popen.shell("kill -9 $$").check().run());
        assertTrue(killed.getMessage().contains("was killed by SIGKILL"), killed.getMessage());
        assertEquals(-9, killed.returncode());
    }

    @Test
    void callIsTheExitCode() throws Exception {
        assertEquals(0, Subprocess.call("true"));
        assertEquals(1, Subprocess.call("false"));
        assertEquals(-15, Subprocess.call(Popen.shell("kill $$")));
    }

    @Test
    void checkCallThrowsUnlessZero() throws Exception {
        Subprocess.checkCall("true");
        assertThrows(CalledProcessError.class, () -> Subprocess.checkCall("false"));
        assertThrows(IOException.class, () -> Subprocess.checkCall("no-such-program"));
    }

    @Test
    void checkOutputIsText() throws Exception {
        assertEquals("hello\n", Subprocess.checkOutput("echo", "hello"));
        assertThrows(CalledProcessError.class, () -> Subprocess.checkOutput("false"));
        Command echo = Popen.of("echo", "x").stdout(DEVNULL);
        assertEquals("x\n", Subprocess.checkOutput(echo));
        assertEquals(DEVNULL, echo.stdout, "the command is left as it was");
    }

    @Test
    void shellLineIsRunForItsOutput() throws Exception {
        assertEquals("a\nb", Subprocess.getOutput("echo a; echo b >&2"));
        var r = Subprocess.getStatusOutput("echo x; exit 9");
        assertEquals(9, r.status());
        assertEquals("x", r.output());
    }

    @Test
    void runIsGreenEverywhere() throws Exception {
        boolean[] end = new boolean[1];
        var ticks = ticker(end);
        assertEquals(0, Popen.of("sleep", "0.3").run().returncode());
        end[0] = true;
        assertTrue(ticks.get() > 3);
    }
}
