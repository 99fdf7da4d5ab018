package dev.jevent.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Waiter;
import dev.jevent.programs.Crowd;
import dev.jevent.util.RunInfo.Part;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What threads and greenlets do, in one text. */
class RunInfoTest extends HubScenario {

    private final Waiter<Void> forParent = new Waiter<>();
    private final Waiter<Void> forChild = new Waiter<>();
    private Greenlet<Void> parent;

    @BeforeEach
    void twoGreenletsWait() {
        parent = Crowd.family(forParent, forChild);
        turns(2);
    }

    @AfterEach
    void theyEnd() {
        forChild.switchTo(null);
        forParent.switchTo(null);
        parent.join();
        turns(2);
    }

    @Test
    void threadsAndGreenletsAreShown() {
        String text = RunInfo.format();

        assertTrue(text.contains("root of " + hub + ", current"), text);
        assertTrue(text.contains(" jevent-watchdog, "), text);
        assertTrue(text.contains("RunInfoTest.threadsAndGreenletsAreShown("), text);
        assertTrue(text.contains("└─ parent, waiting"), text);
        assertTrue(text.contains("   └─ child, waiting"), text);
    }

    @Test
    void stackBeginsWithTheCallThatTheUserMade() {
        String text = RunInfo.format(100, Part.GREENLETS);
        int waits = text.indexOf("   └─ child, waiting");

        assertFalse(text.contains("Threads"), text);
        String[] lines = text.substring(waits).split(System.lineSeparator());
        assertTrue(lines[1].contains("spawned at: "), text);
        assertTrue(lines[2].contains("at dev.jevent.Waiter.get("), text);
        assertTrue(lines[3].contains("at dev.jevent.programs.Crowd.await("), text);
        assertFalse(text.contains("VirtualThread"), text);
        assertFalse(text.contains("dev.jevent.Greenlet.body"), text);
    }

    @Test
    void internalsAreShownIfAskedFor() {
        String text = RunInfo.format(100, Part.GREENLETS, Part.INTERNALS);

        assertTrue(text.contains("dev.jevent.Greenlet.body"), text);
    }

    @Test
    void limitCutsEachStack() {
        String text = RunInfo.format(1, Part.THREADS, Part.GREENLETS);

        assertTrue(text.contains("at dev.jevent.Waiter.get("), text);
        assertFalse(text.contains("at dev.jevent.programs.Crowd.await("), text);
        assertTrue(text.contains(" more"), text);
        assertThrows(IllegalArgumentException.class, () -> RunInfo.format(0, Part.THREADS));
    }

    @Test
    void printingPrintsTheSame() {
        var bytes = new ByteArrayOutputStream();
        RunInfo.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), 100, Part.GREENLETS);

        assertEquals(RunInfo.format(100, Part.GREENLETS), bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void greenletThatAsksDoesNotGiveWay() {
        var text = new String[1];
        boolean[] ran = new boolean[1];
        var asks =
                Jevent.spawn(
                        () -> {
                            Jevent.spawn(
                                    () -> {
                                        ran[0] = true;
                                    });
                            text[0] = RunInfo.format();
                            assertFalse(ran[0]);
                        });
        asks.join();

        assertTrue(asks.successful());
        assertTrue(text[0].contains(", running, current"), text[0]);
        assertTrue(text[0].contains(", not begun"), text[0]);
        turns(1);
    }
}
