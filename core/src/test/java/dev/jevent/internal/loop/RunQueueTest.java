package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Random;

class RunQueueTest {

    @Test
    void keepsTheOrderWhileItGrowsAndWrapsRound() {
        var queue = new RunQueue();
        var model = new ArrayDeque<Integer>();
        var random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            boolean grows = i / 20_000 % 2 == 0;
            if (random.nextInt(10) < (grows ? 6 : 4)) {
                queue.add(i);
                model.add(i);
            } else {
                assertEquals(model.poll(), queue.poll());
            }
            assertEquals(model.size(), queue.size());
        }
        while (!model.isEmpty()) {
            assertEquals(model.poll(), queue.poll());
        }
        assertTrue(queue.isEmpty());
        assertNull(queue.poll());
    }

    @Test
    void isAsGoodAsNewAfterABurst() {
        var queue = new RunQueue();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 100_000; i++) {
                queue.add(i);
            }
            for (int i = 0; i < 100_000; i++) {
                assertEquals(i, queue.poll());
            }
            assertNull(queue.poll());
        }
    }
}
