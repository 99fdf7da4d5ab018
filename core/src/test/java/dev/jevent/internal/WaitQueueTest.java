package dev.jevent.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Those who wait for a primitive, the first first. */
class WaitQueueTest {

    private final WaitQueue<String> queue = new WaitQueue<>();
    private final Waiting<String> a = new Waiting<>(false);
    private final Waiting<String> b = new Waiting<>(false);
    private final Waiting<String> c = new Waiting<>(false);
    private final Waiting<String> other = new Waiting<>(false);

    private List<Waiting<String>> all() {
        List<Waiting<String>> all = new ArrayList<>();
        for (var w = queue.peek(); w != null; w = queue.after(w)) {
            all.add(w);
        }
        assertEquals(all.size(), queue.size());
        assertEquals(all.isEmpty(), queue.isEmpty());
        return all;
    }

    private void clear() {
        while (!queue.isEmpty()) {
            queue.poll();
        }
    }

    private void abc() {
        queue.add(b);
        queue.add(c);
        queue.addFirst(a);
    }

    @Test
    void firstComesFirst() {
        abc();
        assertEquals(List.of(a, b, c), all());
        assertEquals(List.of(a, b, c), List.of(queue.poll(), queue.poll(), queue.poll()));
        assertNull(queue.poll());
        assertEquals(List.of(), all());
    }

    @Test
    void oneLeavesFromWhereverHeStands() {
        for (var leaving : List.of(a, b, c)) {
            abc();
            assertTrue(queue.remove(leaving));
            assertFalse(queue.remove(leaving), "he is gone");
            List<Waiting<String>> left = new ArrayList<>(List.of(a, b, c));
            left.remove(leaving);
            assertEquals(left, all());
            clear();
        }
    }

    @Test
    void anotherStandsWhereOneStood() {
        for (int i = 0; i < 3; i++) {
            abc();
            List<Waiting<String>> expected = new ArrayList<>(List.of(a, b, c));
            assertTrue(queue.replace(expected.set(i, other), other));
            assertEquals(expected, all());
            queue.add(new Waiting<>(false)); // the end is right
            assertEquals(4, all().size());
            clear();
        }
    }

    @Test
    void whoDoesNotStandIsNotReplaced() {
        queue.add(a);
        assertFalse(queue.replace(b, other));
        assertEquals(List.of(a), all());
    }
}
