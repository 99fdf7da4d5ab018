package dev.jevent.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.cli.Main;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Programs under {@code jevent run} that are asked to end. */
class RunCommandShutdownTest {

    private static void say(String text) {
        System.out.println(text);
    }

    private static void sigterm() {
        try {
            new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sleepAndSay(String what) {
        try {
            Jevent.sleep(60_000);
        } catch (ShutdownRequested e) {
            HubScenario.sleepShielded(20);
            say(what + " " + e.signal());
            throw e;
        }
    }

    /** {@code jevent run} of the class that the system property names. */
    static final class Command {
        public static void main(String[] args) {
            Main.main(new String[] {"run", System.getProperty("program")});
        }
    }

    private static void assertEnd(String output, Class<?> program, String... options)
            throws Exception {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-Dprogram=" + program.getName());
        ChildJvm.Result result = ChildJvm.run(Command.class, all);
        assertEquals(output, result.output());
        assertEquals(143, result.exit());
    }

    /** The grace time ends it, and says who has not ended. */
    private static void assertTold(String output, String who, Class<?> program, String option)
            throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(Command.class, List.of(option, "-Dprogram=" + program.getName()));
        assertEquals(143, result.exit());
        assertTrue(result.output().contains("jevent: the grace time"), result::output);
        assertTrue(result.output().contains(output), result::output); // perhaps after that
        assertTrue(result.output().contains("  " + who), result::output);
    }

    static final class MainWaits {
        public static void main(String[] args) {
            Jevent.spawn(() -> sleepAndSay("greenlet"));
            Jevent.spawn(() -> sigterm());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook")));
            sleepAndSay("main");
        }
    }

    @Test
    void mainEndsFirstThenTheOthersThenTheHooksRun() throws Exception {
        assertEnd("main TERM\ngreenlet TERM\nhook\n", MainWaits.class);
    }

    static final class MainHasEnded {
        public static void main(String[] args) {
            Jevent.spawn(() -> sleepAndSay("greenlet"));
            Jevent.spawn(() -> sigterm());
        }
    }

    @Test
    void whatMainLeftBehindEndsToo() throws Exception {
        assertEnd("greenlet TERM\n", MainHasEnded.class);
    }

    static final class MainRefuses {
        public static void main(String[] args) {
            Jevent.spawn(() -> sigterm());
            boolean said = false;
            while (true) {
                try {
                    Jevent.sleep(60_000);
                } catch (ShutdownRequested e) { // each time
                    if (!said) {
                        say("refuses");
                    }
                    said = true;
                }
            }
        }
    }

    @Test
    void graceTimeIsASystemProperty() throws Exception {
        assertTold("refuses\n", "main: ", MainRefuses.class, "-Djevent.grace=1");
    }

    static final class ShutdownOfItsOwn {
        public static void main(String[] args) throws Exception {
            Shutdown.run(
                    () -> {
                        sigterm();
                        sleepAndSay("program");
                    });
        }
    }

    @Test
    void programThatCallsShutdownItselfEndsTheSame() throws Exception {
        assertEnd("program TERM\n", ShutdownOfItsOwn.class);
    }

    static final class Computes {
        public static void main(String[] args) {
            sigterm();
            while (true) {
                Thread.onSpinWait(); // the hub is blocked
            }
        }
    }

    @Test
    void blockedProgramEndsWithTheGraceTime() throws Exception {
        assertTold("", "main: ", Computes.class, "-Djevent.grace=0");
    }
}
