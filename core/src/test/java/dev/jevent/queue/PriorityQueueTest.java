package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** The smallest first, in the order of coming among equals, whatever the comparator does. */
class PriorityQueueTest extends HubScenario {

    private record Job(int priority, String name) {}

    private static final Comparator<Job> BY_PRIORITY = Comparator.comparingInt(Job::priority);

    @Test
    void smallestComesFirst() throws Exception {
        var q = PriorityQueue.of(List.of(3, 1, 2));
        assertEquals(1, q.peek());
        assertEquals(1, q.get());
        q.put(0);
        assertEquals(0, q.get());
        assertEquals(2, q.get());
        assertEquals(3, q.get());
    }

    @Test
    void equalsComeOutAsTheyWentIn() throws Exception {
        var q = new PriorityQueue<Job>(BY_PRIORITY);
        var random = new Random(3);
        for (int i = 0; i < 1_000; i++) {
            q.put(new Job(random.nextInt(5), "" + i));
            if (random.nextInt(10) == 0) {
                q.put(q.get()); // one that goes in again is the last of its kind
            }
        }
        PriorityQueue<Job> copy = q.copy();
        for (var each : List.of(q, copy)) {
            Job last = each.get();
            while (!each.isEmpty()) {
                Job job = each.get();
                assertTrue(last.priority <= job.priority);
                last = job;
            }
        }
        for (int i = 0; i < 100; i++) {
            q.put(new Job(7, "" + i));
        }
        for (int i = 0; i < 100; i++) {
            assertEquals("" + i, q.get().name);
        }
    }

    @Test
    void removedFromTheMiddleTheOrderStays() throws Exception {
        var random = new Random(4);
        for (int round = 0; round < 200; round++) {
            var q = new PriorityQueue<Job>(BY_PRIORITY);
            List<Job> model = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                var job = new Job(random.nextInt(6), "" + i);
                q.put(job);
                model.add(job);
            }
            for (int i = 0; i < 10; i++) {
                assertTrue(q.remove(model.remove(random.nextInt(model.size()))));
            }
            model.sort(BY_PRIORITY); // is stable
            List<Job> got = new ArrayList<>();
            q.drainTo(got);
            assertEquals(model, got);
        }
    }

    @Test
    void drainedAndPutBackTheOrderStays() {
        var q = new PriorityQueue<Job>(BY_PRIORITY);
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            jobs.add(new Job(i / 10, "" + i));
        }
        q.addAll(jobs);
        Object[] taken = q.stock.drain(15);
        q.stock.putBack(taken, 5);
        List<Job> rest = new ArrayList<>();
        q.drainTo(rest);
        assertEquals(jobs.subList(5, 20), rest);
    }

    @Test
    void endMarkersComeAfterAllItems() throws Exception {
        var q = new PriorityQueue<Integer>();
        q.putEnd();
        q.put(2);
        q.put(1);
        List<Integer> got = new ArrayList<>();
        q.items().forEach(got::add);
        assertEquals(List.of(1, 2), got);
    }

    @Test
    void getterWhoWaitsGetsTheFirstThatComes() throws Exception {
        var q = new PriorityQueue<Integer>();
        var getter = Jevent.spawn(() -> q.get());
        turns(2);
        q.put(5);
        q.put(1);
        assertEquals(5, getter.get());
        assertEquals(1, q.get());
    }

    @Test
    void whatCannotBeComparedIsRefused() throws Exception {
        var q = new PriorityQueue<Object>();
        assertThrows(ClassCastException.class, () -> q.put(new Object()));
        var getter = Jevent.spawn(() -> q.get());
        turns(2);
        assertThrows(ClassCastException.class, () -> q.put(new Object()));
        q.put("a");
        assertEquals("a", getter.get());
        q.put("b");
        assertThrows(ClassCastException.class, () -> q.put(1));
        assertEquals(1, q.size());
        assertEquals(1, q.unfinished() - 1);
        assertEquals("b", q.get());
    }

    @Test
    void putterWhoseItemCannotBeComparedIsTold() throws Exception {
        var q = new PriorityQueue<Object>(2);
        q.put("a");
        q.put("b");
        q.maxSize(1);
        var bad = Jevent.spawn(() -> thrownBy(() -> q.put("c")));
        turns(2);
        // it is refused when it comes to its turn, and that is not the getter's affair
        var angry = new PriorityQueue<Integer>(2, PriorityQueueTest::notThirteen);
        angry.put(1);
        angry.put(2);
        var thirteen = Jevent.spawn(() -> thrownBy(() -> angry.put(13)));
        turns(2);
        var three = Jevent.spawn(() -> angry.put(3));
        turns(2);
        assertEquals(1, angry.get());
        assertInstanceOf(UnsupportedOperationException.class, thirteen.get());
        assertEquals(2, angry.get());
        assertEquals(3, angry.get());
        assertEquals(3, angry.unfinished());
        three.get();
        bad.kill();
    }

    private static int notThirteen(int a, int b) {
        if (a == 13 || b == 13) {
            throw new UnsupportedOperationException("13");
        }
        return Integer.compare(a, b);
    }

    @Test
    void comparatorThatThrowsAtATakeChangesNothing() throws Exception {
        boolean[] angry = new boolean[1];
        var q =
                new PriorityQueue<Integer>(
                        (a, b) -> {
                            if (angry[0]) {
                                throw new IllegalStateException("angry");
                            }
                            return a.compareTo(b);
                        });
        q.addAll(List.of(5, 3, 4, 1, 2));
        angry[0] = true;
        assertThrows(IllegalStateException.class, q::get);
        assertThrows(IllegalStateException.class, () -> q.put(0));
        assertThrows(IllegalStateException.class, () -> q.remove(2));
        assertThrows(IllegalStateException.class, () -> q.drainTo(new ArrayList<>()));
        angry[0] = false;
        List<Integer> got = new ArrayList<>();
        q.drainTo(got);
        assertEquals(List.of(1, 2, 3, 4, 5), got);
    }

    @Test
    void comparatorMustNotUseTheQueue() throws Exception {
        var self = new ArrayList<PriorityQueue<Integer>>();
        var q =
                new PriorityQueue<Integer>(
                        (a, b) -> {
                            self.get(0).clear();
                            return a.compareTo(b);
                        });
        self.add(q);
        assertThrows(IllegalStateException.class, () -> q.put(1));
        assertEquals(0, q.size());
    }

    @Test
    void comparatorThatWaitsHoldsUpOnlyItsQueue() throws Exception {
        var q =
                new PriorityQueue<Integer>(
                        (a, b) -> {
                            Jevent.sleep(0);
                            return a.compareTo(b);
                        });
        List<dev.jevent.Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int n = i;
            all.add(Jevent.spawn(() -> q.put(10 - n)));
            all.add(Jevent.spawn(() -> q.get()));
        }
        Jevent.joinAll(all);
        var got = new ArrayList<Object>();
        for (var g : all) {
            if (g.get() != null) {
                got.add(g.get());
            }
        }
        got.sort(null);
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), got);
        assertEquals(0, q.size());
    }

    @Test
    void badInputIsRefusedAtTheDoor() {
        assertThrows(IllegalArgumentException.class, () -> new PriorityQueue<>(0));
        assertThrows(NullPointerException.class, () -> new PriorityQueue<>(1, null));
        var comparator = Comparator.<String>naturalOrder();
        assertSame(3, new PriorityQueue<>(3, comparator).maxSize());
    }
}
