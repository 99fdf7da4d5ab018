package dev.jevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.event.AsyncResult;
import dev.jevent.event.Event;
import dev.jevent.lock.CountDownLatch;
import dev.jevent.lock.Semaphore;
import dev.jevent.queue.Channel;
import dev.jevent.queue.SimpleQueue;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Waiting for any of many things, of any kinds. */
class WaitIteratorTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A program's own; it is equal to all others of its kind. */
    private static final class Own implements Waitable {
        final List<Consumer<? super Waitable>> links = new CopyOnWriteArrayList<>();
        boolean ready;
        boolean failing;

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public void rawLink(Consumer<? super Waitable> callback) {
            if (failing) {
                throw new IllegalStateException("cannot be linked to");
            }
            links.add(callback);
        }

        @Override
        public void unlink(Object callback) {
            links.remove(callback);
        }

        void becomeReady() {
            ready = true;
            links.forEach(l -> l.accept(this));
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Own;
        }

        @Override
        public int hashCode() {
            return ready ? 1 : 0; // as that of a queue, it changes
        }
    }

    @Test
    void mixtureComesInTheOrderInWhichItBecomesReady() {
        jumpInTime();
        var greenlet = Jevent.spawnLater(Duration.ofMillis(40), () -> 1);
        var event = new Event();
        var result = new AsyncResult<String>();
        var semaphore = new Semaphore(0);
        var latch = new CountDownLatch(2);
        var own = new Own();
        var queue = new SimpleQueue<Integer>();
        var channel = new Channel<Integer>();
        Jevent.spawnLater(Duration.ofMillis(80), () -> queue.putNow(1));
        var putter = Jevent.spawnLater(Duration.ofMillis(90), () -> channel.put(1));
        Jevent.spawnLater(Duration.ofMillis(10), () -> own.becomeReady());
        Jevent.spawnLater(Duration.ofMillis(20), () -> semaphore.release());
        Jevent.spawnLater(Duration.ofMillis(30), () -> result.set("x"));
        Jevent.spawnLater(Duration.ofMillis(50), () -> latch.countDown());
        Jevent.spawnLater(Duration.ofMillis(60), () -> latch.countDown());
        Jevent.spawnLater(Duration.ofMillis(70), () -> event.set());

        List<Waitable> all =
                List.of(channel, event, latch, greenlet, queue, result, semaphore, own);
        assertEquals(
                List.of(own, semaphore, result, greenlet, latch, event, queue, channel),
                Jevent.wait(all));
        assertEquals(90, clock.millis());
        assertEquals(1, channel.get());
        putter.join();
        assertEquals(List.of(), own.links.subList(1, own.links.size()));
    }

    @Test
    void readyOnesComeFirstInTheOrderOfTheCollection() {
        var events = new ArrayList<Event>();
        for (int i = 0; i < 5; i++) {
            events.add(new Event());
        }
        events.get(3).set();
        events.get(1).set();
        var own = new Own();
        own.ready = true;
        List<Waitable> all = new ArrayList<>(events);
        all.add(own);

        assertEquals(
                List.of(events.get(1), events.get(3), own),
                Jevent.wait(all, Duration.ZERO, all.size()));
    }

    @Test
    void readyTwiceCountsOnce() {
        jumpInTime();
        var own = new Own();
        var other = new Event();
        Jevent.spawn(
                () -> {
                    own.becomeReady();
                    own.becomeReady();
                    Jevent.sleep(1_000);
                    other.set();
                });
        assertEquals(List.of(own, other), Jevent.wait(List.of(other, own)));
    }

    @Test
    void sameObjectTwiceIsOneAndEqualObjectsAreTwo() {
        jumpInTime();
        var e = new Event();
        Jevent.spawnLater(SECOND, () -> e.set());
        assertEquals(List.of(e), Jevent.wait(List.of(e, e)));

        var a = new Own();
        var b = new Own();
        Jevent.spawn(
                () -> {
                    b.becomeReady();
                    Jevent.sleep(1_000);
                    a.becomeReady();
                });
        List<Own> seen = Jevent.wait(List.of(a, b));
        assertEquals(2, seen.size());
        assertSame(b, seen.get(0));
        assertSame(a, seen.get(1));
    }

    @Test
    void nothingIsLeftAtTheOthersWhenSoManyAreReady() {
        var a = new Own();
        var b = new Own();
        Jevent.spawn(() -> a.becomeReady());
        assertEquals(1, Jevent.wait(List.of(a, b), SECOND, 1).size());
        assertEquals(List.of(), b.links);

        b.links.clear();
        a.ready = true;
        assertEquals(1, Jevent.wait(List.of(a, b), SECOND, 1).size());
        assertEquals(List.of(), b.links, "not even linked to");
        assertEquals(List.of(), Jevent.wait(List.of(a, b), SECOND, 0));
        assertThrows(IllegalArgumentException.class, () -> Jevent.wait(List.of(a), SECOND, -1));
    }

    @Test
    void timeEndsItAndNothingIsLeft() {
        jumpInTime();
        var a = new Own();
        var late = new Event();
        Jevent.spawnLater(Duration.ofMillis(500), () -> late.set());
        assertEquals(List.of(late), Jevent.wait(List.of(a, late), SECOND, 2));
        assertEquals(1_000, clock.millis());
        assertEquals(List.of(), a.links);
    }

    @Test
    void killWhileItWaitsLeavesNoLinksWithoutAClose() {
        var a = new Own();
        var g =
                Jevent.spawn(
                        () -> {
                            for (Own o : Jevent.iwait(List.of(a))) {
                                log.add("ready " + o.ready());
                            }
                        });
        turns(2);
        assertEquals(1, a.links.size());
        g.kill();
        assertEquals(List.of(), a.links);
        assertTrue(g.isCancelled());
    }

    @Test
    void timeoutOfAnOuterScopeLeavesNoLinks() throws Exception {
        jumpInTime();
        var a = new Own();
        var outer = new Timeout(SECOND);
        assertSame(outer, thrownBy(() -> outer.run(() -> Jevent.wait(List.of(a)))));
        assertEquals(List.of(), a.links);
    }

    @Test
    void linkThatFailsTakesTheOthersBack() {
        var a = new Own();
        var bad = new Own();
        bad.failing = true;
        assertInstanceOf(
                IllegalStateException.class, thrownBy(() -> Jevent.iwait(List.of(a, bad))));
        assertEquals(List.of(), a.links);
        var withNull = new ArrayList<Own>();
        withNull.add(a);
        withNull.add(null);
        assertThrows(NullPointerException.class, () -> Jevent.iwait(withNull));
        assertEquals(List.of(), a.links);
    }

    @Test
    void nextAfterTheEndSaysSo() {
        var e = new Event();
        e.set();
        var it = Jevent.iwait(List.of(e));
        assertSame(e, it.next());
        assertFalse(it.hasNext());
        assertThrows(NoSuchElementException.class, it::next);
        it.close();
    }

    @Test
    void raceOfManyThreadsThatTellAtOnceLosesNone() throws Exception {
        // told on foreign threads between the look at what is ready and the park
        for (int round = 0; round < 200; round++) {
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                events.add(new Event());
            }
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                threads.add(Thread.ofPlatform().start(() -> events.forEach(Event::set)));
            }
            Set<Event> seen = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
            seen.addAll(Jevent.wait(events));
            assertEquals(20, seen.size());
            for (Thread t : threads) {
                t.join();
            }
        }
    }

    @Test
    void raceOfALinkThatIsToldWhileItIsMadeIsSeenOnce() {
        // not ready when asked, ready and told inside of rawLink
        var hasty =
                new Waitable() {
                    private boolean ready;

                    @Override
                    public boolean ready() {
                        return ready;
                    }

                    @Override
                    public void rawLink(Consumer<? super Waitable> callback) {
                        ready = true;
                        callback.accept(this);
                        callback.accept(this);
                    }

                    @Override
                    public void unlink(Object callback) {}
                };
        assertEquals(List.of(hasty), Jevent.wait(List.of(hasty, hasty)));
    }

    @Test
    void hundredThousandObjectsAreLinear() {
        int n = 100_000;
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            events.add(new Event());
        }
        Jevent.spawn(
                () -> {
                    for (int i = n - 1; i >= 0; i--) {
                        events.get(i).set();
                    }
                });
        List<Event> seen = Jevent.wait(events);
        assertEquals(new LinkedHashSet<>(events.reversed()), new LinkedHashSet<>(seen));

        events.forEach(Event::clear);
        Jevent.spawn(() -> events.getFirst().set());
        assertEquals(List.of(events.getFirst()), Jevent.wait(events, SECOND, 1));
    }

    @Test
    void worksInPlainThreads() throws Exception {
        var e = new Event();
        var g = hub.spawn(() -> 3);
        var seen = new ArrayList<Waitable>();
        Thread t = Thread.ofVirtual().start(() -> seen.addAll(Jevent.wait(List.of(e, g))));
        turns(3);
        e.set();
        t.join();
        assertEquals(2, seen.size());
    }
}
