package dev.jevent.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jevent.ChildJvm;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.server.StreamServer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Programs that are asked to end, each in a process of its own. */
class ShutdownTest extends HubScenario {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static void say(String text) {
        System.out.println(text);
    }

    /** The process signals itself. */
    private static void signal(String name) {
        try {
            long pid = ProcessHandle.current().pid();
            new ProcessBuilder("kill", "-" + name, "" + pid).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addHook() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook")));
    }

    private static ChildJvm.Result run(Class<?> program, String... options) throws Exception {
        return ChildJvm.run(program, List.of(options));
    }

    private static void assertEnd(int exit, String output, ChildJvm.Result result) {
        assertEquals(output, result.output());
        assertEquals(exit, result.exit());
    }

    /** A shell's background jobs ignore SIGINT, and the JVM respects that. */
    private static boolean listensToCtrlC() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status)
                || Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                        .noneMatch(mask -> (mask & 2) != 0);
    }

    // ---- the graceful end

    static final class Graceful {
        public static void main(String[] args) throws Exception {
            addHook();
            Jevent.spawn(
                    () -> {
                        try {
                            Jevent.sleep(60_000);
                        } finally {
                            sleepShielded(20);
                            say("other greenlet");
                        }
                    });
            String name = System.getProperty("signal");
            Jevent.spawn(() -> signal(name));
            Shutdown.run(
                    LONG,
                    () -> {
                        try {
                            Jevent.sleep(60_000);
                        } catch (ShutdownRequested e) {
                            say(e.signal() + " " + e.exitCode());
                            throw e;
                        } finally {
                            sleepShielded(20);
                            say("main");
                        }
                    });
            say("never");
        }
    }

    @Test
    void sigtermEndsMainThenTheOthersThenRunsTheHooks() throws Exception {
        assertEnd(
                143,
                "TERM 143\nmain\nother greenlet\nhook\n",
                run(Graceful.class, "-Dsignal=TERM"));
    }

    @Test
    void ctrlCDoesTheSame() throws Exception {
        assumeTrue(listensToCtrlC(), "these tests run where SIGINT is ignored");
        assertEnd(
                130, "INT 130\nmain\nother greenlet\nhook\n", run(Graceful.class, "-Dsignal=INT"));
    }

    static final class InAGreenlet {
        public static void main(String[] args) throws Exception {
            Jevent.spawn(
                            () ->
                                    Shutdown.run(
                                            LONG,
                                            () -> {
                                                signal("TERM");
                                                try {
                                                    Thread.sleep(60_000); // of the JDK
                                                } finally {
                                                    say("finally");
                                                }
                                            }))
                    .get();
        }
    }

    @Test
    void programInAGreenletThatWaitsInTheJdk() throws Exception {
        assertEnd(143, "finally\n", run(InAGreenlet.class));
    }

    static final class Server {
        public static void main(String[] args) throws Exception {
            Shutdown.run(
                    LONG,
                    () -> {
                        try (var server = new StreamServer(0, c -> {})) {
                            server.start();
                            signal("TERM");
                            server.serveForever();
                        } finally {
                            say("stopped");
                        }
                    });
        }
    }

    @Test
    void serverStops() throws Exception {
        assertEnd(143, "stopped\n", run(Server.class));
    }

    static final class HookNeedsTheHub {
        public static void main(String[] args) throws Exception {
            var hub = Jevent.getHub();
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        var answer = new Waiter<String>();
                                        hub.spawn(() -> answer.switchTo("from a greenlet"));
                                        say(answer.get());
                                    }));
            Shutdown.run(
                    LONG,
                    () -> {
                        signal("TERM");
                        Jevent.sleep(60_000);
                    });
        }
    }

    @Test
    void hubRunsOnWhileHooksRun() throws Exception {
        assertEnd(143, "from a greenlet\n", run(HookNeedsTheHub.class));
    }

    static final class Completes {
        public static void main(String[] args) throws Exception {
            Shutdown.run(
                    LONG,
                    () -> {
                        signal("TERM");
                        try {
                            Jevent.sleep(60_000);
                        } catch (ShutdownRequested e) {
                            say("caught");
                        }
                    });
            say("never");
        }
    }

    @Test
    void programThatEndsNormallyAfterTheRequestEndsTheProcessToo() throws Exception {
        assertEnd(143, "caught\n", run(Completes.class));
    }

    static final class FailsWhileItEnds {
        public static void main(String[] args) throws Exception {
            Jevent.getHub().errorHandler((context, error) -> say("reported " + error));
            Shutdown.run(
                    LONG,
                    () -> {
                        signal("TERM");
                        try {
                            Jevent.sleep(60_000);
                        } finally {
                            throwIt();
                        }
                    });
        }

        private static void throwIt() {
            throw new IllegalStateException("in the clean-up");
        }
    }

    @Test
    void failureOfTheCleanUpIsReported() throws Exception {
        assertEnd(
                143,
                "reported java.lang.IllegalStateException: in the clean-up\n",
                run(FailsWhileItEnds.class));
    }

    // ---- at once

    static final class Refuses {
        public static void main(String[] args) throws Exception {
            addHook();
            boolean twice = Boolean.getBoolean("twice");
            Duration grace = twice ? LONG : Duration.ofMillis(2500); // a JVM needs its time
            Shutdown.run(
                    grace,
                    () -> {
                        signal("TERM");
                        boolean said = false;
                        while (true) {
                            try {
                                Jevent.sleep(60_000);
                            } catch (ShutdownRequested e) { // each time
                                if (!said) {
                                    say("refuses");
                                }
                                if (!said && twice) {
                                    signal("TERM");
                                }
                                said = true;
                            }
                        }
                    });
        }
    }

    @Test
    void graceTimeEndsAProgramThatRefuses() throws Exception {
        var result = run(Refuses.class);
        assertEquals(143, result.exit());
        String over = "jevent: the grace time of SIGTERM, 2.5s, is over";
        assertTrue(result.output().contains(over), result::output);
        assertTrue(result.output().contains("refuses\n"), result::output);
        assertTrue(result.output().contains("ShutdownTest$Refuses"), result::output);
        assertTrue(result.output().endsWith("hook\n"), result::output);
    }

    @Test
    void secondSignalEndsItAtOnce() throws Exception {
        assertEnd(143, "refuses\nhook\n", run(Refuses.class, "-Dtwice=true"));
    }

    static final class BlocksAndHasLittleGrace {
        public static void main(String[] args) throws Exception {
            addHook();
            Shutdown.run(
                    Duration.ofMillis(50),
                    () -> {
                        signal("TERM");
                        while (true) {
                            Thread.onSpinWait();
                        }
                    });
        }
    }

    @Test
    void blockedHubEndsToo() throws Exception {
        var result = run(BlocksAndHasLittleGrace.class);
        assertEquals(143, result.exit());
        assertTrue(
                result.output().contains("Thread.onSpinWait")
                        || result.output().contains("ShutdownTest$Blocks"),
                result::output);
        assertTrue(result.output().endsWith("hook\n"), result::output);
    }

    // ---- no request

    static final class NoRequest {
        public static void main(String[] args) throws Exception {
            Shutdown.run(LONG, () -> say("program"));
            try {
                Shutdown.run(
                        LONG,
                        () -> {
                            throw new IOException("its own");
                        });
            } catch (IOException e) {
                say(e.getMessage());
            }
            addHook();
            signal("TERM"); // as if there had never been one
            Jevent.sleep(60_000);
        }
    }

    @Test
    void withoutARequestItLeavesNothingBehind() throws Exception {
        assertEnd(143, "program\nits own\nhook\n", run(NoRequest.class));
    }

    static final class HandlerOfItsOwn {
        public static void main(String[] args) throws Exception {
            Shutdown.run(
                    LONG,
                    () -> {
                        var got = new Waiter<Void>();
                        try (var handler = Jevent.signalHandler("TERM", () -> got.switchTo(null))) {
                            signal("TERM");
                            Jevent.withTimeout(LONG, () -> got.get());
                            say("handled " + handler);
                        }
                        signal("TERM");
                        Jevent.sleep(60_000);
                    });
        }
    }

    @Test
    void handlerOfTheProgramGoesBeforeIt() throws Exception {
        assertEnd(143, "handled handler of TERM\n", run(HandlerOfItsOwn.class));
    }

    static final class WithoutSignals {
        public static void main(String[] args) throws Exception {
            Shutdown.run(LONG, () -> say("ran"));
        }
    }

    @Test
    void jvmThatKeepsSignalsForItselfRunsTheProgramAllTheSame() throws Exception {
        assertEnd(0, "ran\n", run(WithoutSignals.class, "-Xrs"));
    }

    @Test
    void finishWithoutARequestIsRefused() {
        try (var shutdown = Shutdown.install(Jevent.getCurrent(), LONG)) {
            assertTrue(shutdown.requested().isEmpty());
            assertThrows(IllegalStateException.class, shutdown::finish);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> Shutdown.install(Jevent.getCurrent(), Duration.ofMillis(-1)));
        assertThrows(NullPointerException.class, () -> Shutdown.run(LONG, null));
    }
}
