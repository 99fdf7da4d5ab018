package dev.jevent.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Hub;
import dev.jevent.Jevent;
import dev.jevent.SignalHandler;
import dev.jevent.Waiter;
import dev.jevent.internal.jdk.Signals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

@DisabledOnOs(OS.WINDOWS)
class SignalTest {

    private static final Duration LONG = Duration.ofSeconds(10);

    private final Hub hub = Hub.get();
    private final Loop loop = hub.loop();
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void destroy() {
        hub.destroy();
    }

    /** From the outside, as an administrator does. */
    private static void kill(String signal) throws Exception {
        long pid = ProcessHandle.current().pid();
        var process = new ProcessBuilder("kill", "-" + signal, "" + pid).inheritIO().start();
        assertEquals(0, process.waitFor());
    }

    @Test
    void aSignalCallsBackOnTheHubsThread() throws Exception {
        var waiter = new Waiter<Thread>();
        try (Signal signal = loop.signal("USR1")) {
            assertEquals("USR1", signal.name());
            signal.ref(true);
            signal.start(() -> waiter.switchTo(Thread.currentThread()));
            kill("USR1");

            assertSame(Thread.currentThread(), waiter.get());
        }
        assertEquals(0, loop.activeCount());
    }

    @Test
    void allWatchersOfASignalAreCalledButNotThoseThatHaveStopped() throws Exception {
        Signal first = loop.signal("USR1");
        Signal second = loop.signal("SIGUSR1");
        Signal stopped = loop.signal("usr1");
        for (Signal s : List.of(first, second)) {
            s.ref(true);
            s.start(
                    () -> {
                        events.add("called");
                        s.stop();
                    });
        }
        stopped.start(() -> events.add("stopped"));
        stopped.stop();
        kill("USR1");

        assertTrue(hub.join(LONG));

        assertEquals(List.of("called", "called"), events);
    }

    @Test
    void whatHandledTheSignalBeforeComesBackWhenTheLastWatcherStops() throws Exception {
        var before = new Semaphore(0);
        Object original = Signals.handle("USR1", before::release);
        try {
            Signal first = loop.signal("USR1");
            Signal second = loop.signal("USR1");
            first.start(() -> events.add("called"));
            first.stop();
            second.ref(true);
            first.start(first::stop);
            second.start(second::stop);
            kill("USR1");
            assertTrue(hub.join(LONG));
            assertEquals(0, before.availablePermits());

            kill("USR1");

            assertTrue(before.tryAcquire(10, TimeUnit.SECONDS));
        } finally {
            Signals.restore("USR1", original);
        }
    }

    @Test
    void aDestroyedHubWatchesForNoSignal() throws Exception {
        var before = new Semaphore(0);
        Object original = Signals.handle("USR1", before::release);
        try {
            loop.signal("USR1").start(() -> events.add("called"));
            hub.destroy();
            kill("USR1");

            assertTrue(before.tryAcquire(10, TimeUnit.SECONDS));
        } finally {
            Signals.restore("USR1", original);
        }
    }

    @Test
    void aSignalWatcherDoesNotKeepTheLoopAliveUnlessToldSo() {
        Signal signal = loop.signal("USR1");
        assertFalse(signal.ref());
        signal.start(() -> {});
        assertTrue(hub.join(LONG));
        signal.ref(true);
        assertFalse(hub.join(Duration.ofMillis(5)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SEGV", "SIGSEGV", "QUIT", "KILL", "STOP", "USR2", "usr2", "BUS", "FPE", "ILL",
                "PIPE", "SIGPIPE", "XFSZ", "NOSUCH", "RTMIN", "12", ""
            })
    void aSignalThatIsNotForUsIsRefused(String name) {
        var e = assertThrows(IllegalArgumentException.class, () -> loop.signal(name));

        String shown = name.toUpperCase(Locale.ROOT).replace("SIG", "");
        assertTrue(e.getMessage().contains(shown), e.getMessage());
        assertTrue(e.getMessage().contains("URG"), "and says what to take: " + e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Jevent.signalHandler(name, () -> {}));
    }

    @Test
    void aSignalHandlerRunsInAGreenletAndMayWait() throws Exception {
        var waiter = new Waiter<String>();
        SignalHandler handler =
                Jevent.signalHandler(
                        "USR1",
                        () -> {
                            Jevent.sleep(1);
                            waiter.switchTo("handled");
                        });
        assertFalse(handler.ref());
        handler.ref(true);
        kill("USR1");

        assertEquals("handled", waiter.get());

        handler.cancel();
        assertTrue(hub.join(LONG));
    }

    @Test
    void whatASignalHandlerThrowsIsReported() throws Exception {
        var waiter = new Waiter<Throwable>();
        var error = new IllegalStateException("thrown");
        hub.errorHandler((context, e) -> waiter.switchTo(e));
        try (SignalHandler handler =
                Jevent.signalHandler(
                        "USR1",
                        () -> {
                            throw error;
                        })) {
            handler.ref(true);
            kill("USR1");

            assertSame(error, waiter.get());
        }
    }
}
