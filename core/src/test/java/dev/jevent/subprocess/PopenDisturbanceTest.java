package dev.jevent.subprocess;

import static dev.jevent.subprocess.Redirect.PIPE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Whoever waits can be killed, timed out and interrupted, and the child does not mind. */
class PopenDisturbanceTest extends ChildScenario {

    /** All the waits there are, for a child that does nothing. */
    private static Map<String, Action> waits(Popen child) {
        byte[] much = new byte[1_000_000];
        return Map.of(
                "await", () -> child.await(),
                "await in time", () -> child.await(LONG),
                "waitFor", () -> child.waitFor(),
                "waitFor in time", () -> child.waitFor(30, TimeUnit.SECONDS),
                "wait", () -> Jevent.wait(List.of(child)),
                "read", () -> child.getInputStream().read(),
                "read error", () -> child.getErrorStream().read(new byte[10]),
                "write", () -> child.getOutputStream().write(much),
                "communicate", () -> child.communicate());
    }

    private Popen idle() throws IOException {
        return started(Popen.of("sleep", "100").stdin(PIPE).captureOutput());
    }

    @Test
    void killedWaiterLeavesTheChildAlone() throws Exception {
        for (String name : waits(idle()).keySet()) {
            Popen child = idle();
            Greenlet<Void> waiter = Jevent.spawn(waits(child).get(name));
            turns(3);
            waiter.kill();
            assertTrue(waiter.ready() && child.isAlive(), name);
            child.kill();
            assertEquals(-9, child.await(), name);
        }
    }

    @Test
    void timeoutEndsEachWait() throws Exception {
        for (String name : waits(idle()).keySet()) {
            Popen child = idle();
            Action wait = waits(child).get(name);
            Timeout timeout = new Timeout(Duration.ofMillis(30));
            assertEquals(timeout, thrownBy(() -> timeout.run(wait)), name);
            assertTrue(child.isAlive(), name);
            child.kill();
        }
    }

    @Test
    void interruptEndsEachWait() throws Exception {
        for (String name : waits(idle()).keySet()) {
            Popen child = idle();
            Thread.currentThread().interrupt();
            Throwable thrown = thrownBy(waits(child).get(name));
            assertTrue(
                    name.startsWith("waitFor")
                            ? thrown instanceof InterruptedException
                            : thrown instanceof Interrupted,
                    name + ": " + thrown);
            assertFalse(Thread.interrupted(), name);
            assertTrue(child.isAlive(), name);
            child.kill();
        }
    }

    @Test
    void streamsCanBeUsedAfterTheirReaderWasKilled() throws Exception {
        Popen child = started(Popen.of("cat").stdin(PIPE).stdout(PIPE));
        Greenlet<Integer> reader = Jevent.spawn(() -> child.getInputStream().read());
        turns(3);
        reader.kill();
        child.getOutputStream().write("hello\n".getBytes(child.command().charset));
        assertEquals("hello", line(child.getInputStream()));
    }

    @Test
    void closeWakesTheReader() throws Exception {
        Popen child = idle();
        Greenlet<Throwable> reader =
                Jevent.spawn(() -> thrownBy(() -> child.getInputStream().read()));
        turns(3);
        child.getInputStream().close();
        assertInstanceOf(IOException.class, reader.get());
    }

    @Test
    void killedStarterLeavesNoChild() throws Exception {
        int before = openDescriptors();
        for (int i = 0; i < 20; i++) {
            Greenlet<Popen> starter =
                    Jevent.spawn(
                            () ->
                                    Popen.of("sleep", "1000." + ProcessHandle.current().pid())
                                            .stdin(PIPE)
                                            .captureOutput()
                                            .start());
            turns(1);
            if (i % 2 == 0) {
                Jevent.sleep(1);
            }
            starter.kill();
            if (starter.value() != null) {
                starter.value().kill();
                starter.value().close();
            }
        }
        until(() -> sleepers() == 0);
        until(() -> openDescriptors() <= before + 3);
    }

    private static long sleepers() {
        return ProcessHandle.current()
                .children()
                .filter(ProcessHandle::isAlive)
                .map(p -> p.info().arguments().orElse(new String[0])) // once: it may end
                .filter(words -> words.length > 0 && words[0].startsWith("1000."))
                .count();
    }

    @Test
    void killedRunKillsItsChild() throws Exception {
        Command c = Popen.shell("echo $$ > pid; exec sleep 100").cwd(folder).captureOutput();
        var file = folder.resolve("pid").toFile();
        for (String how : List.of("kill", "interrupt")) {
            Greenlet<Throwable> runner = Jevent.spawn(() -> thrownBy(c::run));
            until(() -> file.length() > 1);
            long pid = Long.parseLong(Files.readString(file.toPath()).strip());
            if (how.equals("kill")) {
                Jevent.kill(runner, new IllegalStateException("killed"));
            } else {
                runner.thread().interrupt();
            }
            Throwable thrown = runner.get();
            assertFalse(exists(pid), how + ": it is gone when run() throws");
            Class<?> expected =
                    how.equals("kill") ? IllegalStateException.class : Interrupted.class;
            assertInstanceOf(expected, thrown);
            assertTrue(file.delete());
        }
    }

    /** The child has to have begun by then: the time is longer until it has. */
    @Test
    void runThatTimesOutKillsItsChild() throws Exception {
        Command c = Popen.shell("echo $$ > pid; exec sleep 100").cwd(folder).captureOutput();
        var file = folder.resolve("pid").toFile();
        for (int millis = 50; file.length() <= 1; millis *= 2) {
            Duration time = Duration.ofMillis(millis);
            assertThrows(Timeout.class, () -> Jevent.withTimeout(time, c::run));
        }
        assertFalse(exists(Long.parseLong(Files.readString(file.toPath()).strip())));
    }

    @Test
    void hubCanBeDestroyedWhileAChildRuns() throws Exception {
        var started = new CompletableFuture<Popen>();
        try (var other = new OtherHub()) {
            var ignored =
                    other.spawn(
                            () -> {
                                Popen child = Popen.of("sleep", "100").stdout(PIPE).start();
                                started.complete(child);
                                child.communicate();
                            });
            started.get(30, TimeUnit.SECONDS);
        }
        Popen child = started.get();
        assertTrue(child.isAlive());
        child.kill();
        assertEquals(-9, child.await());
        assertEquals("", child.communicate(LONG).text());
    }

    @Test
    void forgottenChildIsCollected() throws Exception {
        long pid = Popen.of("true").start().pid();
        until(() -> fields(pid).length == 0);
    }

    @Test
    void pipeOfAForgottenChildIsClosed() throws Exception {
        notInThePortableMode("that is the JDK's affair");
        long pid = Popen.of("yes").stdout(PIPE).start().pid();
        until(
                () -> {
                    System.gc();
                    return fields(pid).length == 0;
                });
    }

    @Test
    void everybodyWhoWaitsIsTold() throws Exception {
        Popen child = started(Popen.shell("sleep 0.2; exit 5"));
        List<Greenlet<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(Jevent.spawn(() -> child.await()));
        }
        try (var other = new OtherHub()) {
            all.add(other.spawn(() -> child.await()));
            var platform = new CompletableFuture<Integer>();
            Thread.ofPlatform().start(() -> platform.complete(child.await()));
            var virtual = new CompletableFuture<Integer>();
            Thread.ofVirtual().start(() -> virtual.complete(child.await()));
            for (Greenlet<Integer> g : all) {
                assertEquals(5, g.get());
            }
            assertEquals(5, platform.get(30, TimeUnit.SECONDS));
            assertEquals(5, virtual.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void rootMayWaitAlone() throws Exception {
        assertNull(thrownBy(() -> assertEquals(0, started(Popen.of("sleep", "0.1")).await())));
        assertThrows(
                IllegalStateException.class,
                () -> started(Popen.of("sleep", "0.1")).signalGroup(9));
    }
}
