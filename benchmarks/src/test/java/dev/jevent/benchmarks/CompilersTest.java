package dev.jevent.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** Whether a JVM compiles, seen from outside. */
class CompilersTest {
    private static final int TICKS = Tools.ticksPerSecond();

    @Test
    void restIsLessThanOneHundredth() {
        assertTrue(Compilers.atRest(9_000, 1_000_000));
        assertFalse(Compilers.atRest(10_000, 1_000_000));
        assertTrue(Compilers.atRest(0, 0), "nothing happened at all");
        assertTrue(Compilers.atRest(-50_000, 1_000_000), "a compiler thread has ended");
    }

    @Test
    void theCompilersOfThisJvmHaveWorkedAndAreAPartOfIt() throws IOException {
        long pid = ProcessHandle.current().pid();
        double compilers = Proc.compilersMicros(pid, TICKS);
        assertTrue(compilers > 0);
        assertTrue(compilers < Proc.cpuMicros(pid, TICKS));
    }

    @Test
    void aProgramThatIsNoJvmHasNone() throws Exception {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            assertEquals(0, Proc.compilersMicros(other.pid(), TICKS));
            var compilers = new Compilers(other.pid(), TICKS);
            compilers.look();
            assertTrue(compilers.haveRested());
        } finally {
            other.destroyForcibly().waitFor();
        }
    }
}
