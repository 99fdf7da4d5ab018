package dev.jevent.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.ChildJvm;

import org.junit.jupiter.api.Test;

import java.util.List;

/**
 * What serves all outlives a shortage of memory: the watchdog, the monitor, the workers, the loop
 * for threads without a hub. With {@code -Djevent.sweep=N}, N above 1, and every night, everything
 * else is done without memory, too, and nothing of it may be lost or wait for ever once there is
 * memory again.
 */
class MemorySweepTest {

    @Test
    void whatServesAllOutlivesAShortage() throws Exception {
        var result =
                ChildJvm.run(
                        ShortOfMemory.class,
                        List.of("-Xmx24m", "-Djevent.sweep=" + Math.min(Sweep.DOSE, 3)));
        assertTrue(result.output().contains("whole"), result.output());
        assertEquals(0, result.exit());
    }
}
