package dev.jevent.subprocess;

import static dev.jevent.subprocess.Redirect.PIPE;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ConcurrentObjectUseError;
import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** All three pipes at once, and no side waits for the other. */
class CommunicateTest extends ChildScenario {

    private static final int MUCH = 10_000_000;

    private static byte[] noise(int n) {
        byte[] bytes = new byte[n];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private Popen cat() throws IOException {
        return started(Popen.of("cat").stdin(PIPE).captureOutput());
    }

    @Test
    void whatIsWrittenComesBack() throws Exception {
        Popen child = cat();
        Output output = child.communicate("äöü\n");
        assertEquals("äöü\n", output.text());
        assertEquals("", output.errorText());
        assertEquals(0, child.returncode());
    }

    @Test
    void childThatFloodsItsErrorsIsFedAllTheSame() throws Exception {
        byte[] input = noise(MUCH);
        Popen child =
                started(
                        Popen.shell("head -c " + MUCH + " /dev/zero >&2; cat")
                                .stdin(PIPE)
                                .captureOutput());
        boolean[] end = new boolean[1];
        Greenlet<Integer> ticks = ticker(end);
        Output output = child.communicate(input);
        end[0] = true;
        assertArrayEquals(input, output.stdout());
        assertEquals(MUCH, output.stderr().length);
        assertTrue(ticks.get() > 0, "others have run meanwhile");
    }

    @Test
    void childNeedNotReadItsInput() throws Exception {
        Popen child = started(Popen.shell("exec <&-; echo done").stdin(PIPE).stdout(PIPE));
        assertEquals("done\n", child.communicate(noise(1_000_000)).text());
        assertEquals(0, child.returncode());
    }

    @Test
    void childReadsTheEndIfThereIsNoInput() throws Exception {
        assertEquals("", cat().communicate().text());
    }

    @Test
    void inputNeedsAPipe() throws Exception {
        Popen child = started(Popen.of("sleep", "100"));
        assertThrows(IllegalStateException.class, () -> child.communicate("x"));
        assertTrue(child.isAlive());
    }

    @Test
    void afterATimeoutItGoesOn() throws Exception {
        Popen child =
                started(
                        Popen.shell("echo early; read line; echo got $line; sleep 0.3; echo late")
                                .stdin(PIPE)
                                .captureOutput());
        TimeoutExpired expired =
                assertThrows(
                        TimeoutExpired.class,
                        () -> child.communicate("input\n", Duration.ofMillis(200)));
        assertTrue("early\ngot input\n".startsWith(expired.output().text()));
        assertEquals(Duration.ofMillis(200), expired.timeout());
        assertTrue(expired.getMessage().contains("has not ended in 0.2s"), expired.getMessage());
        assertTrue(child.isAlive());
        assertThrows(IllegalStateException.class, () -> child.communicate("more"));
        assertEquals("early\ngot input\nlate\n", child.communicate(LONG).text());
    }

    @Test
    void muchInputSurvivesManyTimeouts() throws Exception {
        byte[] input = noise(2_000_000);
        Popen child =
                started(
                        Popen.shell("for i in 1 2 3 4; do head -c 500000; sleep 0.05; done; cat")
                                .stdin(PIPE)
                                .captureOutput());
        Output output = null;
        for (int i = 0; output == null; i++) {
            try {
                output =
                        i == 0
                                ? child.communicate(input, Duration.ofMillis(20))
                                : child.communicate(Duration.ofMillis(20));
            } catch (TimeoutExpired e) {
                assertTrue(i < 10_000);
            }
        }
        assertArrayEquals(input, output.stdout());
    }

    @Test
    void zeroOnlyLooks() throws Exception {
        Popen child = started(Popen.of("sleep", "100").stdout(PIPE));
        assertThrows(TimeoutExpired.class, () -> child.communicate(Duration.ZERO));
        assertThrows(
                IllegalArgumentException.class, () -> child.communicate(Duration.ofMillis(-1)));
    }

    @Test
    void grandchildThatKeepsThePipeIsWaitedForAsLongAsOneLikes() throws Exception {
        notInThePortableMode("the JDK closes the pipe at the end of the child");
        Popen child = started(Popen.shell("sleep 100 & echo $!").stdout(PIPE).processGroup());
        TimeoutExpired expired =
                assertThrows(TimeoutExpired.class, () -> child.communicate(Duration.ofMillis(300)));
        assertEquals(0, child.await());
        long grandchild = Long.parseLong(expired.output().text().strip());
        assertTrue(exists(grandchild));
        assertTrue(child.signalGroup("KILL"), "its group lives on");
        assertEquals(grandchild + "\n", child.communicate(LONG).text());
    }

    @Test
    void killedCommunicationCanBeTakenUpAgain() throws Exception {
        Popen child = cat();
        Greenlet<Output> greenlet = Jevent.spawn(() -> child.communicate(noise(100_000)));
        turns(3);
        greenlet.kill();
        assertTrue(child.communicate(LONG).stdout().length == 100_000);
    }

    @Test
    void timedOutAndInterruptedCommunicationToo() throws Exception {
        Popen child = started(Popen.shell("sleep 0.3; echo x").stdout(PIPE));
        Throwable timeout =
                thrownBy(() -> Jevent.withTimeout(Duration.ofMillis(20), child::communicate));
        assertInstanceOf(Timeout.class, timeout);
        Thread.currentThread().interrupt();
        assertInstanceOf(dev.jevent.Interrupted.class, thrownBy(child::communicate));
        assertEquals("x\n", child.communicate().text());
    }

    @Test
    void closedStreamsAreNotReadOrWritten() throws Exception {
        Popen child = started(Popen.shell("cat; echo x >&2").stdin(PIPE).captureOutput());
        child.getOutputStream().close();
        child.getInputStream().close();
        assertEquals("x\n", child.communicate().errorText());
    }

    @Test
    void onlyOneCommunicatesAtATime() throws Exception {
        Popen child = started(Popen.of("sleep", "100").stdout(PIPE));
        Greenlet<Output> first = Jevent.spawn(() -> child.communicate());
        turns(2);
        assertThrows(ConcurrentObjectUseError.class, () -> child.communicate());
        child.kill();
        assertEquals("", first.get().text());
    }

    @Test
    void platformAndVirtualThreadsCommunicateToo() throws Exception {
        for (Thread.Builder builder :
                new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
            var result = new java.util.concurrent.CompletableFuture<String>();
            Thread thread =
                    builder.start(
                            () -> {
                                try {
                                    Popen c = Popen.of("cat").stdin(PIPE).captureOutput().start();
                                    assertEquals(
                                            500_000, c.communicate(noise(500_000)).stdout().length);
                                    Popen slow = Popen.of("sleep", "100").stdout(PIPE).start();
                                    assertThrows(
                                            TimeoutExpired.class,
                                            () -> slow.communicate(Duration.ofMillis(30)));
                                    slow.kill();
                                    assertEquals("", slow.communicate().text());
                                    result.complete("fine");
                                } catch (Throwable e) {
                                    result.completeExceptionally(e);
                                }
                            });
            assertEquals("fine", result.get(30, java.util.concurrent.TimeUnit.SECONDS));
            thread.join();
        }
        assertFalse(Thread.interrupted());
    }
}
