package dev.jevent.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

class TimerHeapTest {

    private static final class Entry extends TimerEntry {
        Entry() {
            super(true);
        }

        @Override
        protected void due() {}
    }

    @Test
    void isAlwaysLikeASortedSetOfTheSameTimers() {
        var heap = new TimerHeap();
        var model =
                new TreeSet<TimerEntry>(
                        Comparator.<TimerEntry>comparingLong(t -> t.deadline)
                                .thenComparingLong(t -> t.order));
        List<TimerEntry> active = new ArrayList<>();
        var random = new Random(20260101);
        int n = Dose.of(20_000, 100_000);
        for (int i = 0; i < n; i++) {
            // grows in the first half and shrinks in the second
            if (active.isEmpty() || random.nextInt(100) < (i < n / 2 ? 60 : 40)) {
                var t = new Entry();
                heap.add(t, random.nextInt(1000)); // many are equal
                model.add(t);
                active.add(t);
            } else {
                TimerEntry t = model.first();
                if (random.nextBoolean()) {
                    int at = random.nextInt(active.size());
                    t = active.get(at);
                    active.set(at, active.getLast());
                    active.removeLast();
                } else {
                    active.remove(t);
                }
                heap.remove(t);
                model.remove(t);
                assertFalse(t.isActive());
            }
            assertEquals(model.size(), heap.size());
            assertSame(model.isEmpty() ? null : model.first(), heap.first());
        }
        while (!model.isEmpty()) {
            TimerEntry t = model.removeFirst();
            assertSame(t, heap.first());
            assertTrue(t.isActive());
            heap.remove(t);
        }
        assertNull(heap.first());
    }

    @Test
    void ofEqualDeadlinesTheFirstAddedComesFirst() {
        var heap = new TimerHeap();
        List<TimerEntry> added = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            var t = new Entry();
            heap.add(t, 7);
            added.add(t);
        }
        for (TimerEntry t : added) {
            assertSame(t, heap.first());
            heap.remove(t);
        }
    }

    @Test
    void deadlinesBeyondTheOverflowOfTheClockAreLater() {
        var heap = new TimerHeap();
        var before = new Entry();
        var after = new Entry();
        heap.add(after, Long.MAX_VALUE + 10);
        heap.add(before, Long.MAX_VALUE - 10);

        assertSame(before, heap.first());
    }
}
