package dev.jevent.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** map, imap, imapUnordered; of groups, pools and thread pools. */
class ImapTest extends HubScenario {

    record Kind(String name, java.util.function.Supplier<Spawner> make) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kind> all() {
        return List.of(
                new Kind("Group", Group::new),
                new Kind("Pool(1)", () -> new Pool(1)),
                new Kind("Pool(3)", () -> new Pool(3)),
                new Kind("ThreadPool(1)", () -> new ThreadPool(1)),
                new Kind("ThreadPool(3)", () -> new ThreadPool(3)));
    }

    private static List<Integer> upTo(int n) {
        return IntStream.range(0, n).boxed().toList();
    }

    /** 0, 1, 2 … without end; counts how many were read. */
    private static Iterable<Integer> endless(AtomicInteger read) {
        return () ->
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public Integer next() {
                        return read.getAndIncrement();
                    }
                };
    }

    /** Some items, then an error. */
    private static Iterable<Integer> failing(int items, RuntimeException error) {
        return () ->
                new Iterator<>() {
                    int n;

                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public Integer next() {
                        if (n == items) {
                            throw error;
                        }
                        return n++;
                    }
                };
    }

    // ---- all kinds

    @ParameterizedTest
    @MethodSource("all")
    void mapKeepsTheOrder(Kind kind) throws Exception {
        try (Spawner spawner = kind.make.get()) {
            assertEquals(
                    upTo(50).stream().map(x -> x * x).toList(), spawner.map(upTo(50), x -> x * x));
            assertEquals(List.of(), spawner.map(List.<Integer>of(), x -> x));
            assertEquals(List.of(2, 3), spawner.mapAsync(List.of(1, 2), x -> x + 1).get());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void imapKeepsTheOrderAndUnorderedHasAll(Kind kind) {
        try (Spawner spawner = kind.make.get()) {
            List<Integer> got = new ArrayList<>();
            for (int x : spawner.imap(upTo(30), x -> x)) {
                got.add(x);
            }
            assertEquals(upTo(30), got);
            got.clear();
            for (int x : spawner.imapUnordered(upTo(30), x -> x, 4)) {
                got.add(x);
            }
            got.sort(null);
            assertEquals(upTo(30), got);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void errorOfAnItemIsThrownAtThatItem(Kind kind) {
        var error = new IOException("three");
        Mapper<Integer, Integer> function =
                x -> {
                    if (x == 3) {
                        throw error;
                    }
                    return x;
                };
        try (Spawner spawner = kind.make.get()) {
            var it = spawner.imap(upTo(6), function);
            List<Object> got = new ArrayList<>();
            while (it.hasNext()) {
                try {
                    got.add(it.next());
                } catch (Exception e) {
                    got.add(e);
                }
            }
            assertEquals(List.<Object>of(0, 1, 2, error, 4, 5), got);
            assertThrows(NoSuchElementException.class, it::next);
            assertSame(error, thrownBy(() -> spawner.map(upTo(6), function)));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void errorOfTheInputComesAfterTheItemsBeforeIt(Kind kind) {
        try (Spawner spawner = kind.make.get()) {
            for (boolean ordered : List.of(true, false)) {
                var error = new IllegalStateException("input");
                Mapper<Integer, Integer> function = x -> x;
                var it =
                        ordered
                                ? spawner.imap(failing(5, error), function)
                                : spawner.imapUnordered(failing(5, error), function);
                List<Integer> got = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    got.add(it.next());
                }
                assertTrue(it.hasNext());
                assertSame(error, thrownBy(it::next));
                assertFalse(it.hasNext());
                assertThrows(NoSuchElementException.class, it::next);
                got.sort(null);
                assertEquals(upTo(5), got);
            }
        }
        assertEquals(List.of(), reports, "it was not lost: who goes through has it");
    }

    @ParameterizedTest
    @MethodSource("all")
    void maxSizeBoundsHowFarItReadsAhead(Kind kind) {
        try (Spawner spawner = kind.make.get()) {
            for (boolean ordered : List.of(true, false)) {
                var read = new AtomicInteger();
                Mapper<Integer, Integer> function = x -> x;
                try (var it =
                        ordered
                                ? spawner.imap(endless(read), function, 4)
                                : spawner.imapUnordered(endless(read), function, 4)) {
                    for (int taken = 0; taken < 10; taken++) {
                        turns(5);
                        assertTrue(read.get() <= taken + 4, read + " read, " + taken + " taken");
                        it.next();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void shutDownEndsTheIterationWithARejection(Kind kind) {
        Spawner spawner = kind.make.get();
        var it = spawner.imap(endless(new AtomicInteger()), x -> x, 2);
        assertEquals(0, it.next());
        spawner.shutdown();
        Throwable end = null;
        for (int i = 0; i < 10 && end == null; i++) {
            end = thrownBy(it::next);
        }
        assertInstanceOf(java.util.concurrent.RejectedExecutionException.class, end);
        assertFalse(it.hasNext());
        spawner.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void disturbedWaitLosesNoResult(Kind kind) throws Exception {
        try (Spawner spawner = kind.make.get()) {
            var go = new java.util.concurrent.CountDownLatch(1);
            var it =
                    spawner.imap(
                            upTo(3),
                            x -> {
                                while (!go.await(0, java.util.concurrent.TimeUnit.SECONDS)) {
                                    Thread.sleep(1);
                                }
                                return x;
                            });
            var killed = Jevent.spawn(() -> it.next());
            turns(3);
            killed.kill();
            assertTrue(killed.isCancelled());
            var timeout = new Timeout(Duration.ofMillis(5));
            assertSame(timeout, thrownBy(() -> timeout.call(it::hasNext)));
            go.countDown();
            assertEquals(0, it.next());
            assertEquals(1, it.next());
            assertEquals(2, it.next());
            assertFalse(it.hasNext());
        }
    }

    // ---- greenlets

    @Test
    void unorderedComesAsItFinishes() {
        jumpInTime();
        var group = new Group();
        List<Integer> got = new ArrayList<>();
        for (int x :
                group.imapUnordered(
                        List.of(30, 10, 20),
                        x -> {
                            Jevent.sleep(x);
                            return x;
                        })) {
            got.add(x);
        }
        assertEquals(List.of(10, 20, 30), got);
        assertEquals(30, clock.millis(), "all at once");
    }

    @Test
    void closeKillsItsOwnWorkersAndNobodyElse() {
        var group = new Group();
        var stranger = group.spawn(() -> turns(20));
        var cleaned = new AtomicInteger();
        var it =
                group.imap(
                        endless(new AtomicInteger()),
                        x -> {
                            try {
                                if (x > 0) {
                                    Jevent.sleep(Duration.ofHours(1));
                                }
                                return x;
                            } finally {
                                cleaned.incrementAndGet();
                            }
                        },
                        5);
        assertEquals(0, it.next());
        turns(3);
        assertEquals(6, group.size());
        it.close();
        turns(1);
        assertEquals(1, group.size());
        assertEquals(6, cleaned.get());
        assertFalse(it.hasNext());
        assertThrows(NoSuchElementException.class, it::next);
        it.close();
        group.join();
        assertTrue(stranger.successful());
    }

    @Test
    void closeEndsAReaderThatWaitsForAPlace() {
        var pool = new Pool(1);
        var occupant = pool.spawn(() -> turns(30));
        var it = pool.imap(upTo(3), x -> log.add("never"));
        turns(3);
        it.close();
        pool.join();
        assertTrue(occupant.successful());
        assertEquals(1, pool.freeCount());
        assertEquals(List.of(), log);
    }

    @Test
    void killOfWhoMapsEndsTheWorkers() {
        var group = new Group();
        var mapping =
                Jevent.spawn(
                        () ->
                                group.map(
                                        upTo(3),
                                        x -> {
                                            Jevent.sleep(Duration.ofHours(1));
                                            return x;
                                        }));
        turns(4);
        assertEquals(3, group.size());
        mapping.kill();
        assertEquals(0, group.size());
    }

    @Test
    void killedWorkerIsACancellationAtItsItem() {
        var group = new Group();
        var it =
                group.imap(
                        upTo(2),
                        x -> {
                            if (x == 0) {
                                Jevent.sleep(Duration.ofHours(1));
                            }
                            return x;
                        });
        turns(3);
        group.killOne(group.iterator().next());
        assertThrows(CancellationException.class, it::next);
        assertEquals(1, it.next());
    }

    @Test
    void inputMayWait() {
        jumpInTime();
        var group = new Group();
        Iterable<Integer> slow = () -> upTo(3).stream().peek(x -> Jevent.sleep(100)).iterator();
        List<Long> times = new ArrayList<>();
        for (int x : group.imap(slow, x -> x)) {
            times.add(clock.millis() + x - x);
        }
        assertEquals(3, times.size());
        assertEquals(300, clock.millis());
    }

    @Test
    void readerThatIsKilledDoesNotKillWhoGoesThrough() {
        var group = new Group();
        Iterable<Integer> dies =
                () -> {
                    throw new GreenletExit();
                };
        var it = group.imap(dies, x -> x);
        assertThrows(CancellationException.class, it::next);
    }

    @Test
    void resultsOfAnotherHub() throws Exception {
        var group = new Group();
        try (var other = new OtherHub()) {
            var there =
                    other.spawn(
                            () ->
                                    group.imap(
                                            upTo(20),
                                            x -> {
                                                turns(1);
                                                return x;
                                            },
                                            3));
            List<Integer> got = new ArrayList<>();
            there.get().forEachRemaining(got::add);
            assertEquals(upTo(20), got);
        }
    }
}
