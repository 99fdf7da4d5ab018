package dev.jevent.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.Greenlet;
import dev.jevent.Hub;
import dev.jevent.Jevent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Where a greenlet was spawned; in this package, for frames of jevent's own packages are skipped.
 */
class SpawnSiteTest {

    @AfterEach
    void nothingIsLeft() {
        Hub.get().destroy();
    }

    private static int line() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
    }

    private static void assertSite(String method, int line, Greenlet<?> g) {
        assertTrue(
                g.spawnSite().endsWith("." + method + "(SpawnSiteTest.java:" + line + ")"),
                g.spawnSite() + " at line " + line);
    }

    @Test
    void siteOfALambdaIsTheLineOfItsSpawn() {
        int line = line() + 1;
        var g = Jevent.spawn(() -> 1);

        assertSite("siteOfALambdaIsTheLineOfItsSpawn", line, g);
    }

    private static final class Named implements Action {
        @Override
        public void run() {}
    }

    @Test
    void siteOfANamedClassIsTheLineOfEachSpawn() {
        var task = new Named();
        int line = line() + 1;
        var first = Jevent.spawn(task);
        var second = Jevent.spawn(task);

        assertSite("siteOfANamedClassIsTheLineOfEachSpawn", line, first);
        assertSite("siteOfANamedClassIsTheLineOfEachSpawn", line + 1, second);
    }

    private static final class Sub extends Greenlet<Integer> {
        @Override
        protected Integer run() {
            return 1;
        }
    }

    @Test
    void siteOfASubclassNamesItsMaker() {
        var g = new Sub();

        assertTrue(g.spawnSite().contains("SpawnSiteTest"), g.spawnSite());
        assertEquals(g.spawnSite(), g.spawnSite());
    }
}
