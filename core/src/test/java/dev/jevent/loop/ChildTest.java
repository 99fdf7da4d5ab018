package dev.jevent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Hub;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

@DisabledOnOs(OS.WINDOWS)
class ChildTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Hub hub = Hub.get();
    private final Loop loop = hub.loop();
    private final List<Object> events = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void destroy() {
        hub.destroy();
        processes.forEach(Process::destroyForcibly);
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }

    @Test
    void callsBackOnceWithTheExitStatus() throws Exception {
        Process process = start("sh", "-c", "exit 3");
        Child child = loop.child(process);
        Thread me = Thread.currentThread();
        child.start(
                () -> {
                    assertFalse(child.active());
                    events.add(child.exitStatus());
                    events.add(Thread.currentThread() == me);
                });
        assertEquals(process.pid(), child.pid());

        assertTrue(hub.join(LONG));

        assertEquals(List.of(OptionalInt.of(3), true), events);
        assertEquals(0, loop.activeCount());
    }

    @Test
    void doesNotCallBackBeforeTheEndAndTellsOfASignal() throws Exception {
        Process process = start("cat");
        Child child = loop.child(process);
        child.start(() -> events.add(child.exitStatus().getAsInt()));
        assertFalse(hub.join(Duration.ofMillis(20)), "it keeps the loop alive");
        assertEquals(OptionalInt.empty(), child.exitStatus());

        process.destroyForcibly();

        assertTrue(hub.join(LONG));
        assertEquals(List.of(128 + 9), events);
    }

    @Test
    void aProcessThatHasEndedLongAgoIsSeenToo() throws Exception {
        Process process = start("true");
        process.waitFor();
        Child child = loop.child(process);
        child.start(() -> events.add(child.exitStatus()));

        assertTrue(hub.join(LONG));

        assertEquals(List.of(OptionalInt.of(0)), events);
    }

    @Test
    void oneThatIsStoppedDoesNotCallBackAndMayBeStartedAgain() throws Exception {
        Process process = start("cat");
        Child child = loop.child(process);
        child.start(() -> events.add("first"));
        child.stop();
        assertTrue(hub.join(LONG));
        child.start(() -> events.add("second"));
        process.getOutputStream().close();

        assertTrue(hub.join(LONG));

        assertEquals(List.of("second"), events);
    }

    @Test
    void aProcessHandleHasNoExitStatus() throws Exception {
        Process process = start("cat");
        Child child = loop.child(ProcessHandle.of(process.pid()).orElseThrow());
        child.start(() -> events.add(child.exitStatus()));
        process.getOutputStream().close();

        assertTrue(hub.join(LONG));

        assertEquals(List.of(OptionalInt.empty()), events);
    }

    @Test
    void nobodyWaitsForTheEndOfHisOwnProcess() {
        assertThrows(IllegalArgumentException.class, () -> loop.child(ProcessHandle.current()));
    }
}
