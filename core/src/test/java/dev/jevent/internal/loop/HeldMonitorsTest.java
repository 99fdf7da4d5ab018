package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

/** A root that waits inside {@code synchronized}. The bodies run on a platform thread. */
class HeldMonitorsTest {

    private boolean inside;
    private boolean both;
    private int turns;
    private boolean ends;

    @Test
    void noGreenletTakesAMonitorThatItsRootHolds() {
        Object lock = new Object();
        Greenlet<?> g =
                Jevent.spawn(
                        () -> {
                            synchronized (lock) {
                                both = inside;
                            }
                        });
        synchronized (lock) {
            inside = true;
            Jevent.sleep(10);
            assertTrue(Thread.holdsLock(lock));
            inside = false;
        }
        assertFalse(g.dead());
        g.join();
        assertFalse(both);
    }

    @Test
    void theMonitorsOfARootStayItsOwnHoweverManyTheyAreAndHoweverOftenItWaits() {
        Greenlet<?> g =
                Jevent.spawn(
                        () -> {
                            while (!ends) {
                                turns++;
                                Jevent.sleep(1);
                            }
                        });
        for (int i = 0; i < 24; i++) {
            holding(i % 12);
        }
        ends = true;
        g.join();
        assertTrue(turns > 24);
    }

    private void holding(int monitors) {
        Object lock = new Object();
        synchronized (lock) {
            synchronized (lock) {
                if (monitors > 0) {
                    holding(monitors - 1);
                } else {
                    Jevent.sleep(2);
                }
            }
            assertTrue(Thread.holdsLock(lock));
        }
        assertFalse(Thread.holdsLock(lock));
    }

    @Test
    void aGreenletGetsTheMonitorWhenTheRootHasLeftIt() throws Exception {
        Object lock = new Object();
        for (int i = 0; i < 200; i++) {
            Greenlet<Integer> g =
                    Jevent.spawn(
                            () -> {
                                synchronized (lock) {
                                    return 1;
                                }
                            });
            synchronized (lock) {
                Jevent.idle();
            }
            assertEquals(1, g.get());
        }
    }
}
