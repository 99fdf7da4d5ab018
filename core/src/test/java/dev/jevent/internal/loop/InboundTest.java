package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class InboundTest {

    private static final int PRODUCERS = 4;
    private static final int EACH = 100_000;

    private record Entry(int producer, int number) {}

    @Test
    void whatOneThreadSendsArrivesOnceAndInOrder() throws InterruptedException {
        var inbound = new Inbound();
        List<Thread> producers = new ArrayList<>();
        for (int p = 0; p < PRODUCERS; p++) {
            int producer = p;
            producers.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < EACH; i++) {
                                            inbound.add(new Entry(producer, i));
                                        }
                                    }));
        }
        int[] next = new int[PRODUCERS];
        for (int taken = 0; taken < PRODUCERS * EACH; ) {
            for (var node = inbound.takeAll(); node != null; node = node.next) {
                var entry = (Entry) node.entry;
                assertEquals(next[entry.producer]++, entry.number);
                taken++;
            }
            Thread.onSpinWait();
        }
        for (Thread producer : producers) {
            producer.join();
        }
        assertTrue(inbound.isEmpty());
        assertNull(inbound.takeAll());
    }
}
