package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** What java.util.concurrent.BlockingQueue promises, of all four queues. */
class BlockingQueueTest extends HubScenario {

    enum Kind {
        SIMPLE,
        QUEUE,
        LIFO,
        PRIORITY;

        BlockingQueue<Integer> make() {
            return switch (this) {
                case SIMPLE -> new SimpleQueue<>();
                case QUEUE -> new Queue<>();
                case LIFO -> new LifoQueue<>();
                case PRIORITY -> new PriorityQueue<>();
            };
        }

        BlockingQueue<Integer> make(int maxSize) {
            return switch (this) {
                case SIMPLE -> new SimpleQueue<>(maxSize);
                case QUEUE -> new Queue<>(maxSize);
                case LIFO -> new LifoQueue<>(maxSize);
                case PRIORITY -> new PriorityQueue<>(maxSize);
            };
        }

        /** 0 to n - 1 in the order in which they come out. */
        List<Integer> order(int n) {
            List<Integer> numbers = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                numbers.add(i);
            }
            return this == LIFO ? numbers.reversed() : numbers;
        }

        BlockingQueue<Integer> filled(int n) {
            BlockingQueue<Integer> q = make();
            for (int i = 0; i < n; i++) {
                q.add(i);
            }
            return q;
        }
    }

    private static List<Integer> sorted(BlockingQueue<Integer> q) {
        List<Integer> all = new ArrayList<>(q);
        Collections.sort(all);
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void emptyOne(Kind kind) throws Exception {
        BlockingQueue<Integer> q = kind.make();
        assertTrue(q.isEmpty());
        assertEquals(0, q.size());
        assertEquals(Integer.MAX_VALUE, q.remainingCapacity());
        assertNull(q.poll());
        assertNull(q.peek());
        assertNull(q.poll(0, TimeUnit.SECONDS));
        assertNull(q.poll(-1, TimeUnit.SECONDS));
        assertThrows(NoSuchElementException.class, q::remove);
        assertThrows(NoSuchElementException.class, q::element);
        assertFalse(q.iterator().hasNext());
        assertThrows(NoSuchElementException.class, () -> q.iterator().next());
        assertEquals("[]", q.toString());
        assertArrayEquals(new Object[0], q.toArray());
        assertFalse(q.contains(1));
        assertFalse(q.remove(1));
        assertEquals(0, q.drainTo(new ArrayList<>()));
    }

    @ParameterizedTest
    @EnumSource
    void fullOne(Kind kind) throws Exception {
        BlockingQueue<Integer> q = kind.make(2);
        assertTrue(q.add(1));
        assertEquals(1, q.remainingCapacity());
        assertTrue(q.offer(2));
        assertEquals(0, q.remainingCapacity());
        assertFalse(q.offer(3));
        assertFalse(q.offer(3, 0, TimeUnit.SECONDS));
        assertFalse(q.offer(3, -5, TimeUnit.SECONDS));
        assertThrows(IllegalStateException.class, () -> q.add(3));
        assertThrows(IllegalStateException.class, () -> q.addAll(List.of(3, 4)));
        assertEquals(List.of(1, 2), sorted(q));
    }

    @ParameterizedTest
    @EnumSource
    void itemsComeOutByEachWayInOrder(Kind kind) throws Exception {
        BlockingQueue<Integer> q = kind.filled(6);
        List<Integer> order = kind.order(6);
        assertEquals(order.get(0), q.peek());
        assertEquals(order.get(0), q.element());
        assertEquals(order.get(0), q.poll());
        assertEquals(order.get(1), q.take());
        assertEquals(order.get(2), q.remove());
        assertEquals(order.get(3), q.poll(1, TimeUnit.SECONDS));
        assertEquals(order.get(4), q.peek());
        List<Integer> rest = new ArrayList<>();
        assertEquals(2, q.drainTo(rest));
        assertEquals(order.subList(4, 6), rest);
        assertTrue(q.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void nullIsRefused(Kind kind) {
        BlockingQueue<Integer> q = kind.make();
        assertThrows(NullPointerException.class, () -> q.add(null));
        assertThrows(NullPointerException.class, () -> q.offer(null));
        assertThrows(NullPointerException.class, () -> q.put(null));
        assertThrows(NullPointerException.class, () -> q.offer(null, 1, TimeUnit.SECONDS));
        assertThrows(NullPointerException.class, () -> q.addAll(null));
        assertThrows(NullPointerException.class, () -> q.addAll(Arrays.asList(1, null)));
        assertThrows(NullPointerException.class, () -> q.drainTo(null));
        assertThrows(NullPointerException.class, () -> q.drainTo(null, 1));
        assertThrows(NullPointerException.class, () -> q.toArray((Object[]) null));
        assertFalse(q.contains(null));
        assertFalse(q.remove(null));
        assertEquals(List.of(1), sorted(q), "what came before the null");
    }

    @ParameterizedTest
    @EnumSource
    void itself(Kind kind) {
        BlockingQueue<Integer> q = kind.filled(2);
        Collection<Integer> same = q;
        assertThrows(IllegalArgumentException.class, () -> q.addAll(same));
        assertThrows(IllegalArgumentException.class, () -> q.drainTo(same));
        assertThrows(IllegalArgumentException.class, () -> q.drainTo(same, 1));
        assertEquals(2, q.size());
        assertEquals(q, same);
        assertFalse(q.equals(kind.filled(2)));
    }

    @ParameterizedTest
    @EnumSource
    void drainToTakesNoMoreThanAsked(Kind kind) {
        BlockingQueue<Integer> q = kind.filled(5);
        List<Integer> got = new ArrayList<>();
        assertEquals(0, q.drainTo(got, 0));
        assertEquals(0, q.drainTo(got, -1));
        assertEquals(2, q.drainTo(got, 2));
        assertEquals(kind.order(5).subList(0, 2), got);
        assertEquals(3, q.drainTo(got, 10));
        assertEquals(kind.order(5), got);
    }

    @ParameterizedTest
    @EnumSource
    void drainToLosesNothingWhenTheTargetThrows(Kind kind) {
        BlockingQueue<Integer> q = kind.filled(5);
        List<Integer> got = new ArrayList<>();
        var target =
                new AbstractCollection<Integer>() {
                    @Override
                    public boolean add(Integer i) {
                        if (got.size() == 2) {
                            throw new IllegalStateException("enough");
                        }
                        return got.add(i);
                    }

                    @Override
                    public Iterator<Integer> iterator() {
                        return got.iterator();
                    }

                    @Override
                    public int size() {
                        return got.size();
                    }
                };
        assertThrows(IllegalStateException.class, () -> q.drainTo(target));
        q.drainTo(got);
        assertEquals(kind.order(5), got);
    }

    @ParameterizedTest
    @EnumSource
    void drainToLetsPuttersIn(Kind kind) throws Exception {
        BlockingQueue<Integer> q = kind.make(2);
        q.add(0);
        q.add(1);
        var putter = Jevent.spawn(() -> q.put(2));
        turns(2);
        List<Integer> got = new ArrayList<>();
        assertEquals(2, q.drainTo(got));
        putter.get();
        q.drainTo(got);
        Collections.sort(got);
        assertEquals(List.of(0, 1, 2), got);
    }

    @ParameterizedTest
    @EnumSource
    void removeAndContainsGoByEquals(Kind kind) {
        BlockingQueue<Integer> q = kind.make();
        q.addAll(List.of(1000, 2000, 1000, 3000));
        assertTrue(q.contains(Integer.valueOf(2000)));
        assertTrue(q.remove(Integer.valueOf(1000)));
        assertEquals(List.of(1000, 2000, 3000), sorted(q));
        assertTrue(q.remove(Integer.valueOf(1000)));
        assertFalse(q.remove(Integer.valueOf(1000)));
        assertFalse(q.contains(Integer.valueOf(1000)));
        assertTrue(q.containsAll(List.of(2000, 3000)));
        assertTrue(q.removeAll(List.of(2000, 4000)));
        assertTrue(q.removeIf(i -> i == 3000));
        assertFalse(q.retainAll(List.of(5)));
        assertTrue(q.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void removeLetsAPutterIn(Kind kind) throws Exception {
        BlockingQueue<Integer> q = kind.make(1);
        q.add(1);
        var putters = List.of(Jevent.spawn(() -> q.put(2)), Jevent.spawn(() -> q.put(3)));
        turns(2);
        assertTrue(q.remove(Integer.valueOf(1)));
        assertEquals(List.of(2), sorted(q));
        q.clear();
        assertEquals(List.of(3), sorted(q));
        Jevent.joinAll(putters);
    }

    @ParameterizedTest
    @EnumSource
    void iteratorIsWeaklyConsistent(Kind kind) {
        BlockingQueue<Integer> q = kind.filled(4);
        Iterator<Integer> i = q.iterator();
        Integer first = i.next();
        q.add(9);
        q.remove(first);
        i.remove(); // it is gone already
        Integer second = i.next();
        i.remove();
        assertThrows(IllegalStateException.class, i::remove);
        assertFalse(q.contains(second));
        assertEquals(3, q.size());
        int n = 0;
        while (i.hasNext()) {
            i.next();
            n++;
        }
        assertEquals(2, n, "of those that were there");
    }

    @ParameterizedTest
    @EnumSource
    void toArrayIsACopy(Kind kind) {
        BlockingQueue<Integer> q = kind.filled(3);
        Object[] all = q.toArray();
        Arrays.sort(all);
        assertArrayEquals(new Object[] {0, 1, 2}, all);
        Integer[] five = new Integer[5];
        assertSame(five, q.toArray(five));
        assertNull(five[3]);
        assertEquals(3, q.toArray(new Integer[0]).length);
        BlockingQueue<?> any = q;
        assertThrows(ArrayStoreException.class, () -> any.toArray(new String[5]));
        Arrays.fill(all, null);
        assertEquals(3, q.size());
    }

    @ParameterizedTest
    @EnumSource
    void itGrowsAndWrapsAround(Kind kind) {
        BlockingQueue<Integer> q = kind.make();
        List<Integer> model = new ArrayList<>();
        var random = new java.util.Random(1);
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) < (i < 10_000 ? 60 : 40)) {
                int item = kind == Kind.PRIORITY ? random.nextInt(50) : i;
                q.add(item);
                model.add(item);
            } else if (random.nextInt(5) == 0 && !model.isEmpty()) {
                Integer any = model.get(random.nextInt(model.size()));
                assertTrue(q.remove(any));
                model.remove((Object) any);
            } else {
                Integer expected =
                        model.isEmpty()
                                ? null
                                : switch (kind) {
                                    case LIFO -> model.get(model.size() - 1);
                                    case PRIORITY -> Collections.min(model);
                                    case SIMPLE, QUEUE -> model.get(0);
                                };
                assertEquals(expected, q.poll());
                model.remove((Object) expected);
            }
            assertEquals(model.size(), q.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsTheWaitAndIsCleared(Kind kind) throws Exception {
        BlockingQueue<Integer> empty = kind.make();
        BlockingQueue<Integer> full = kind.make(1);
        full.add(1);
        List<dev.jevent.Action> waits =
                List.of(
                        () -> empty.take(),
                        () -> empty.poll(1, TimeUnit.HOURS),
                        () -> full.put(2),
                        () -> full.offer(2, 1, TimeUnit.HOURS));
        for (dev.jevent.Action wait : waits) {
            var waiter =
                    Jevent.spawn(
                            () -> {
                                Throwable error = thrownBy(wait);
                                assertFalse(Thread.currentThread().isInterrupted());
                                return error;
                            });
            turns(2);
            waiter.thread().interrupt();
            assertEquals(InterruptedException.class, waiter.get().getClass());

            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, wait::run);
            assertFalse(Thread.interrupted());
        }
        assertEquals(List.of(1), sorted(full));
        empty.add(5);
        assertEquals(5, empty.take());
    }
}
