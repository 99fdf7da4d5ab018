package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Between hubs and threads each item arrives exactly once, whoever is disturbed. */
class QueueThreadsTest extends HubScenario {

    private static final int OPERATIONS = Dose.of(15_000, 60_000);

    @Test
    void itemsPassBetweenHubs() throws Exception {
        var there = new Channel<Integer>();
        var back = new SimpleQueue<Integer>(2);
        try (var other = new OtherHub()) {
            var echo =
                    other.spawn(
                            () -> {
                                for (int i : there.items()) {
                                    back.put(i + 1);
                                }
                                back.putEnd();
                            });
            for (int i = 0; i < Dose.of(300, 2_000); i++) {
                there.put(i);
                assertEquals(i + 1, back.get());
            }
            there.close();
            assertTrue(!back.items().iterator().hasNext());
            echo.get();
        }
    }

    @Test
    void plainThreadPutsIntoAHub() throws Exception {
        var q = new SimpleQueue<Integer>(3);
        Thread producer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < 5_000; i++) {
                                        q.put(i, Duration.ofSeconds(30));
                                    }
                                    q.putEnd();
                                });
        var consumer =
                Jevent.spawn(
                        () -> {
                            List<Integer> got = new ArrayList<>();
                            q.items().forEach(got::add);
                            return got;
                        });
        List<Integer> got = consumer.get();
        for (int i = 0; i < 5_000; i++) {
            assertEquals(i, got.get(i));
        }
        assertEquals(5_000, got.size());
        producer.join();
    }

    @Test
    void joinWaitsForWorkersOfOtherHubs() throws Exception {
        var q = new Queue<Integer>(5);
        int items = Dose.of(1_000, 10_000);
        try (var one = new OtherHub();
                var two = new OtherHub()) {
            List<Greenlet<Integer>> workers = new ArrayList<>();
            for (var hub : List.of(one, two, one, two)) {
                workers.add(
                        hub.spawn(
                                () -> {
                                    int sum = 0;
                                    for (int i : q.items()) {
                                        sum += i;
                                        q.taskDone();
                                    }
                                    return sum;
                                }));
            }
            for (int i = 0; i < items; i++) {
                q.put(1);
            }
            q.join();
            q.shutdown();
            int sum = 0;
            for (var worker : workers) {
                sum += worker.get();
            }
            assertEquals(items, sum);
        }
    }

    private static boolean put(SimpleQueue<Integer> q, int item, Random random, Duration little)
            throws Exception {
        return switch (random.nextInt(3)) {
            case 0 -> q.offer(item);
            case 1 -> q.offer(item, little.toNanos(), TimeUnit.NANOSECONDS);
            default -> {
                try {
                    q.put(item, little);
                    yield true;
                } catch (Full e) {
                    yield false;
                }
            }
        };
    }

    private static Optional<Integer> get(SimpleQueue<Integer> q, Random random, Duration little)
            throws Exception {
        return switch (random.nextInt(5)) {
            case 0 -> Optional.ofNullable(q.poll());
            case 1 -> Optional.ofNullable(q.poll(little.toNanos(), TimeUnit.NANOSECONDS));
            case 2 -> {
                List<Integer> one = new ArrayList<>();
                q.drainTo(one, 1);
                yield one.stream().findFirst();
            }
            case 3 -> {
                try {
                    q.peekWait(little);
                } catch (Empty e) {
                    // as good
                }
                yield Optional.ofNullable(q.poll());
            }
            default -> {
                try {
                    yield Optional.of(q.get(little));
                } catch (Empty e) {
                    yield Optional.empty();
                }
            }
        };
    }

    private static void everyItemOfArrivesOnce(SimpleQueue<Integer> q) throws Exception {
        var traffic =
                new Traffic(
                        OPERATIONS,
                        (item, random, little) -> put(q, item, random, little),
                        (random, little) -> get(q, random, little));
        traffic.run();
        assertTrue(traffic.passed() > OPERATIONS / 100, () -> "" + traffic.passed());
        assertTrue(q.isEmpty());
        assertTrue(q.offer(1), "room is counted right");
    }

    @Test
    void everyItemOfASmallQueueArrivesOnce() throws Exception {
        everyItemOfArrivesOnce(new SimpleQueue<>(2));
    }

    @Test
    void everyItemOfAQueueWithoutBoundArrivesOnce() throws Exception {
        var q = new Queue<Integer>();
        everyItemOfArrivesOnce(q);
    }

    @Test
    void everyItemOfAHeapArrivesOnce() throws Exception {
        everyItemOfArrivesOnce(new PriorityQueue<>(3));
    }

    @Test
    void everyItemOfAStackArrivesOnce() throws Exception {
        everyItemOfArrivesOnce(new LifoQueue<>(3));
    }

    @Test
    void everyItemOfAChannelArrivesOnce() throws Exception {
        var c = new Channel<Integer>();
        var traffic =
                new Traffic(
                        OPERATIONS,
                        (item, random, little) -> {
                            try {
                                c.put(item, little);
                                return true;
                            } catch (Full e) {
                                return false;
                            }
                        },
                        (random, little) -> {
                            try {
                                return Optional.of(c.get(little));
                            } catch (Empty e) {
                                return Optional.empty();
                            }
                        });
        traffic.run();
        assertTrue(traffic.passed() > 100, () -> "" + traffic.passed());
        assertEquals(0, c.balance());
    }

    /** Selects on both sides, in different orders, against each other and against plain calls. */
    @Test
    void everyItemOfASelectArrivesOnce() throws Exception {
        var c = new Channel<Integer>();
        var d = new Channel<Integer>();
        var q = new SimpleQueue<Integer>(1);
        var heap = new PriorityQueue<Integer>(1);
        var traffic =
                new Traffic(
                        OPERATIONS,
                        (item, random, little) ->
                                switch (random.nextInt(4)) {
                                    case 0 -> put(q, item, random, little);
                                    case 1 ->
                                            new Select<Boolean>()
                                                    .put(c, item, () -> true)
                                                    .put(d, item, () -> true)
                                                    .put(q, item, () -> true)
                                                    .await(little)
                                                    .isPresent();
                                    case 2 ->
                                            new Select<Boolean>()
                                                    .put(heap, item, () -> true)
                                                    .put(d, item, () -> true)
                                                    .put(c, item, () -> true)
                                                    .await(little)
                                                    .isPresent();
                                    default ->
                                            new Select<Boolean>()
                                                    .put(q, item, () -> true)
                                                    .put(heap, item, () -> true)
                                                    .tryNow()
                                                    .isPresent();
                                },
                        (random, little) ->
                                switch (random.nextInt(4)) {
                                    case 0 -> get(heap, random, little);
                                    case 1 ->
                                            new Select<Integer>()
                                                    .get(q, i -> i)
                                                    .get(c, i -> i)
                                                    .get(heap, i -> i)
                                                    .await(little);
                                    case 2 ->
                                            new Select<Integer>()
                                                    .get(d, i -> i)
                                                    .get(c, i -> i)
                                                    .get(q, i -> i)
                                                    .await(little);
                                    default ->
                                            new Select<Integer>()
                                                    .get(heap, i -> i)
                                                    .get(q, i -> i)
                                                    .get(d, i -> i)
                                                    .tryNow();
                                });
        traffic.run();
        assertTrue(traffic.passed() > OPERATIONS / 100, () -> "" + traffic.passed());
        assertEquals(0, c.balance());
        assertEquals(0, d.balance());
        assertTrue(q.isEmpty() && heap.isEmpty());
    }

    /** Many who wait without end on both sides: nobody is forgotten. */
    @Test
    void nobodyIsForgotten() throws Exception {
        var c = new Channel<Integer>();
        var q = new SimpleQueue<Integer>(1);
        int each = 3_000;
        try (var one = new OtherHub();
                var two = new OtherHub()) {
            List<Greenlet<Void>> putters = new ArrayList<>();
            List<Greenlet<Integer>> getters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean select = i % 2 == 0;
                OtherHub hub = i < 2 ? one : two;
                putters.add(hub.spawn(() -> putMany(c, q, each, select)));
                getters.add(hub.spawn(() -> getMany(c, q, each)));
            }
            Thread plain = Thread.ofPlatform().start(() -> putMany(c, q, each, true));
            var last = Jevent.spawn(() -> getMany(c, q, each));
            Jevent.joinAll(putters);
            int sum = last.get();
            for (var g : getters) {
                sum += g.get();
            }
            plain.join();
            assertEquals(5 * each, sum);
        }
    }

    private static void putMany(
            Channel<Integer> c, SimpleQueue<Integer> q, int each, boolean select) {
        for (int i = 0; i < each; i++) {
            if (select) {
                new Select<Integer>().put(c, 1, () -> 1).put(q, 1, () -> 1).await();
            } else if (i % 3 == 0) {
                c.put(1);
            } else {
                q.put(1, Duration.ofMinutes(5));
            }
        }
    }

    private static int getMany(Channel<Integer> c, SimpleQueue<Integer> q, int each) {
        int sum = 0;
        for (int i = 0; i < each; i++) {
            sum += new Select<Integer>().get(q, n -> n).get(c, n -> n).await();
        }
        return sum;
    }
}
