package dev.jevent.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code -Djevent.runInfoSignal}. */
@DisabledOnOs(OS.WINDOWS)
class RunInfoSignalTest {

    /** Uses jevent, and says who handles the signal after that. */
    public static final class SaysWhoHandles {
        public static void main(String[] args) throws Exception {
            Jevent.sleep(0);
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Object none =
                    Proxy.newProxyInstance(
                            type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> null);
            Object handler =
                    signal.getMethod("handle", signal, type)
                            .invoke(
                                    null,
                                    signal.getConstructor(String.class).newInstance(args()),
                                    none);
            System.out.println("handled by " + handler);
        }

        private static String args() {
            return System.getProperty("signal");
        }
    }

    /** Sends itself the signal, until it has printed what it does. */
    public static final class SignalsItself {
        public static void main(String[] args) throws Exception {
            var printed = new ByteArrayOutputStream();
            System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Jevent.sleep(0);
            new ProcessBuilder("kill", "-URG", "" + ProcessHandle.current().pid()).start();
            while (!printed.toString(StandardCharsets.UTF_8).contains("Greenlets")) {
                Jevent.sleep(1);
            }
            System.out.println("printed");
        }
    }

    @Test
    void signalThatTheJvmNeedsIsLeftToItAndTheProgramRuns() throws Exception {
        var result =
                ChildJvm.run(
                        SaysWhoHandles.class,
                        List.of("-Djevent.runInfoSignal=USR2", "-Dsignal=USR2"));
        assertEquals(0, result.exit(), result.output());
        List<String> lines = result.output().lines().toList();
        assertTrue(
                lines.contains(
                        "jevent: -Djevent.runInfoSignal=USR2: signal USR2 is used by the JVM or the"
                                + " system; URG, WINCH, USR1, CHLD, HUP, INT, TERM and others are"
                                + " free"),
                result.output());
        assertFalse(lines.getLast().contains("jevent's signal handler"), lines.getLast());
    }

    @Test
    void signalThatEndsTheProgramGoesOnDoingSo() throws Exception {
        var result =
                ChildJvm.run(
                        SaysWhoHandles.class,
                        List.of("-Djevent.runInfoSignal=sigterm", "-Dsignal=TERM"));
        assertEquals(0, result.exit(), result.output());
        assertTrue(
                result.output()
                        .contains("jevent: -Djevent.runInfoSignal=sigterm: signal TERM ends"),
                result.output());
        assertFalse(result.output().contains("jevent's signal handler"), result.output());
    }

    @Test
    void otherOnesPrintWhatTheProgramDoes() throws Exception {
        var result = ChildJvm.run(SignalsItself.class, List.of("-Djevent.runInfoSignal=SIGURG"));
        assertEquals("printed\n", result.output());
        assertEquals(0, result.exit());
    }
}
