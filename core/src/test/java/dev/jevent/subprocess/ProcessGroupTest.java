package dev.jevent.subprocess;

import static dev.jevent.subprocess.Redirect.PIPE;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** Children with a family. */
class ProcessGroupTest extends ChildScenario {

    private static final int GROUP = 2;
    private static final int SESSION = 3;

    private static String mine(int field) {
        return fields(ProcessHandle.current().pid())[field];
    }

    /** Starts a shell that starts a sleep, whose number it tells. */
    private Popen family(String end) throws IOException {
        return started(
                Popen.shell("sleep 100 >/dev/null & echo $!; " + end).stdout(PIPE).processGroup());
    }

    @Test
    void childIsInTheGroupOfThisProcess() throws Exception {
        Popen child = started(Popen.of("sleep", "100"));
        assertEquals(mine(GROUP), fields(child.pid())[GROUP]);
    }

    @Test
    void childCanHaveAGroupOfItsOwn() throws Exception {
        Popen child = started(Popen.of("sleep", "100").processGroup());
        until(() -> fields(child.pid())[GROUP].equals("" + child.pid()));
        if (!isPortable()) {
            assertEquals(mine(SESSION), fields(child.pid())[SESSION]);
        }
    }

    @Test
    void childCanHaveASessionOfItsOwn() throws Exception {
        Popen child = started(Popen.of("sleep", "100").newSession());
        until(() -> fields(child.pid())[SESSION].equals("" + child.pid()));
        assertEquals("" + child.pid(), fields(child.pid())[GROUP]);
        assertNotEquals(mine(SESSION), fields(child.pid())[SESSION]);
        assertTrue(child.signalGroup("TERM"));
        assertEquals(-15, child.await());
    }

    @Test
    void grandchildrenAreReached() throws Exception {
        Popen child = family("wait");
        long grandchild = Long.parseLong(line(child.getInputStream()));
        assertTrue(exists(grandchild));
        assertTrue(child.signalGroup("TERM"));
        assertEquals(-15, child.await());
        until(() -> !exists(grandchild));
    }

    @Test
    void grandchildrenAreReachedAfterTheEndOfTheChild() throws Exception {
        Popen child = family("exit 0");
        long grandchild = Long.parseLong(line(child.getInputStream()));
        assertEquals(0, child.await());
        assertTrue(exists(grandchild));
        assertTrue(child.signalGroup("KILL"));
        until(() -> !exists(grandchild));
        until(() -> !child.signalGroup("KILL"));
    }

    @Test
    void stopLeavesNobody() throws Exception {
        Popen child =
                started(
                        Popen.shell("(trap '' TERM; echo x; sleep 100; sleep 100) & wait")
                                .stdout(PIPE)
                                .processGroup());
        assertEquals("x", line(child.getInputStream()));
        assertEquals(-15, child.stop(LONG));
        assertEquals(-1, child.getInputStream().read(), "nobody holds the pipe any more");
    }

    @Test
    void nobodyIsHitWhenAllAreGone() throws Exception {
        Popen child = started(Popen.of("true").processGroup());
        child.await();
        assertFalse(child.signalGroup("TERM"));
    }

    @Test
    void groupThatIsForgottenHoldsNoDescriptor() throws Exception {
        int before = openDescriptors();
        for (int i = 0; i < 5; i++) {
            Popen child = family("exit 0");
            long grandchild = Long.parseLong(line(child.getInputStream()));
            child.close();
            assertTrue(ProcessHandle.of(grandchild).orElseThrow().destroyForcibly());
        }
        assertTrue(openDescriptors() <= before + 2, "left: " + (openDescriptors() - before));
    }
}
