package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Waitable;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** gevent's queue: who waits for what, and in which order they are served. */
class SimpleQueueTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void itemsComeOutInTheOrderInWhichTheyWentIn() throws Exception {
        var q = new SimpleQueue<Integer>();
        for (int i = 0; i < 100; i++) {
            q.put(i);
        }
        assertEquals(100, q.size());
        for (int i = 0; i < 100; i++) {
            assertEquals(i, q.get());
        }
        assertTrue(q.isEmpty());
    }

    @Test
    void getWaitsForAnItem() throws Exception {
        var q = new SimpleQueue<String>();
        var getter = Jevent.spawn(() -> q.get());
        turns(2);
        assertFalse(getter.ready());
        q.put("x");

        assertEquals("x", getter.get());
        assertTrue(q.isEmpty());
    }

    @Test
    void itemGoesDirectlyToTheOneWhoWaits() throws Exception {
        var q = new SimpleQueue<String>();
        var getter = Jevent.spawn(() -> q.get());
        turns(2);
        q.put("x");

        assertEquals(0, q.size());
        assertNull(q.poll(), "it is the item of the one who waits");
        assertEquals("x", getter.get());
    }

    @Test
    void itemMayBeAGreenlet() throws Exception {
        var q = new SimpleQueue<Greenlet<?>>(1);
        var getter = Jevent.spawn(() -> q.get() == getterOf(q));
        turns(2);
        var item = Jevent.spawn(() -> 1);
        q.put(item);
        q.put(item);
        assertEquals(true, getter.get());
    }

    private static Greenlet<?> getterOf(SimpleQueue<Greenlet<?>> q) {
        return q.get();
    }

    @Test
    void gettersAreServedInTheOrderOfComing() throws Exception {
        var q = new SimpleQueue<Integer>();
        var getters = new ArrayList<Greenlet<?>>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            getters.add(Jevent.spawn(() -> log.add(n + "=" + q.get())));
        }
        turns(2);
        for (int i = 0; i < 5; i++) {
            q.put(i);
        }
        Jevent.joinAll(getters);

        assertEquals(List.of("0=0", "1=1", "2=2", "3=3", "4=4"), log);
    }

    @Test
    void puttersComeInInTheOrderOfComing() throws Exception {
        var q = new SimpleQueue<Integer>(1);
        var putters = new ArrayList<Greenlet<?>>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            putters.add(
                    Jevent.spawn(
                            () -> {
                                q.put(n);
                                log.add("put " + n);
                            }));
        }
        turns(2);
        assertEquals(List.of("put 0"), log);
        for (int i = 0; i < 5; i++) {
            assertEquals(i, q.get());
        }
        Jevent.joinAll(putters);
        assertEquals(List.of("put 0", "put 1", "put 2", "put 3", "put 4"), log);
    }

    @Test
    void placeThatIsFreedBelongsToTheFirstWhoWaits() throws Exception {
        var q = new SimpleQueue<String>(1);
        q.put("a");
        var putter = Jevent.spawn(() -> q.put("b"));
        turns(2);
        assertEquals("a", q.get());

        assertFalse(q.offer("c"), "b is in already");
        assertEquals("b", q.get());
        putter.get();
    }

    @Test
    void zeroTriesOnceAndDoesNotWait() {
        var q = new SimpleQueue<String>(1);
        assertThrows(Empty.class, () -> q.get(Duration.ZERO));
        assertThrows(Empty.class, q::getNow);
        assertThrows(Empty.class, () -> q.peekWait(Duration.ZERO));
        q.put("x", Duration.ZERO);
        assertThrows(Full.class, () -> q.put("y", Duration.ZERO));
        assertThrows(Full.class, () -> q.putNow("y"));
        assertEquals("x", q.peekWait(Duration.ZERO));
        assertEquals("x", q.get(Duration.ZERO));
    }

    @Test
    void timedCallsEndWhenTheirTimeIsOver() throws Exception {
        jumpInTime();
        var q = new SimpleQueue<String>(1);
        assertThrows(Empty.class, () -> q.get(SECOND));
        assertEquals(1_000, clock.millis());
        assertThrows(Empty.class, () -> q.peekWait(SECOND));
        assertEquals(2_000, clock.millis());
        assertNull(q.poll(1, TimeUnit.SECONDS));
        assertEquals(3_000, clock.millis());
        q.put("x");
        assertThrows(Full.class, () -> q.put("y", SECOND));
        assertEquals(4_000, clock.millis());
        assertFalse(q.offer("y", 1, TimeUnit.SECONDS));
        assertEquals(5_000, clock.millis());
        assertEquals("x", q.get(), "and y is not in it");
        assertTrue(q.isEmpty());
    }

    @Test
    void timedCallsGetWhatComesInTime() throws Exception {
        jumpInTime();
        var q = new SimpleQueue<String>(1);
        Jevent.spawnLater(Duration.ofMillis(999), () -> q.put("x"));
        assertEquals("x", q.get(SECOND));
        q.put("full");
        Jevent.spawnLater(Duration.ofMillis(999), () -> q.get());
        q.put("y", SECOND);
        assertEquals(List.of("y"), List.copyOf(q));
        assertEquals(2 * 999, clock.millis());
    }

    @Test
    void allPeekersSeeTheItemAndNoneTakesIt() throws Exception {
        var q = new SimpleQueue<String>();
        var one = Jevent.spawn(() -> q.peekWait());
        var two = Jevent.spawn(() -> q.peekWait(SECOND));
        turns(2);
        q.put("x");

        assertEquals("x", one.get());
        assertEquals("x", two.get());
        assertEquals("x", q.peekWait());
        assertEquals("x", q.get());
    }

    @Test
    void peekerSeesAnItemThatGoesToAGetter() throws Exception {
        var q = new SimpleQueue<String>();
        var peeker = Jevent.spawn(() -> q.peekWait());
        var getter = Jevent.spawn(() -> q.get());
        turns(2);
        q.put("x");

        assertEquals("x", getter.get());
        assertEquals("x", peeker.get());
        assertTrue(q.isEmpty());
    }

    @Test
    void moreRoomLetsThoseIn() throws Exception {
        var q = new SimpleQueue<Integer>(1);
        for (int i = 0; i < 4; i++) {
            int n = i;
            Jevent.spawn(() -> q.put(n));
        }
        turns(2);
        q.maxSize(3);
        assertEquals(List.of(0, 1, 2), List.copyOf(q));
        assertTrue(q.isFull());
        q.maxSize(1);
        assertEquals(0, q.remainingCapacity());
        assertEquals(0, q.get());
        assertEquals(1, q.get());
        assertEquals(List.of(2), List.copyOf(q), "nobody comes in while there is no room");
        assertEquals(2, q.get());
        assertEquals(3, q.get());
        assertEquals(1, q.maxSize());
        turns(2);
    }

    @Test
    void itemsEndAtAnEndMarker() throws Exception {
        var q = new SimpleQueue<Integer>(2);
        Jevent.spawn(
                () -> {
                    for (int i = 0; i < 5; i++) {
                        q.put(i);
                    }
                    q.putEnd();
                    q.put(5);
                    q.putEnd();
                });
        List<Integer> got = new ArrayList<>();
        q.items().forEach(got::add);
        assertEquals(List.of(0, 1, 2, 3, 4), got);
        for (int i : q.items()) {
            got.add(i);
        }
        assertEquals(List.of(0, 1, 2, 3, 4, 5), got);
        assertTrue(q.isEmpty());
        turns(1);
    }

    @Test
    void eachEndMarkerEndsOneLoop() throws Exception {
        var q = new SimpleQueue<Integer>();
        var loops = new ArrayList<Greenlet<?>>();
        for (int i = 0; i < 2; i++) {
            loops.add(Jevent.spawn(() -> q.items().forEach(n -> log.add("" + n))));
        }
        q.put(1);
        turns(2);
        q.putEnd();
        turns(2);
        assertEquals(1, loops.stream().filter(l -> l.ready()).count());
        q.put(2);
        q.putEnd();
        Jevent.joinAll(loops);
        assertEquals(List.of("1", "2"), log);
    }

    @Test
    void endMarkerIsThrownFromGetAndSeenByNobodyElse() throws Exception {
        var q = new SimpleQueue<Integer>(2);
        q.putEnd();
        q.put(1);

        assertEquals(1, q.size());
        assertEquals(List.of(1), List.copyOf(q));
        assertTrue(q.isFull());
        assertTrue(q.ready());
        assertNull(q.peek());
        assertNull(q.poll());
        assertEquals(0, q.drainTo(new ArrayList<>()));
        assertThrows(QueueEnd.class, q::peekWait);
        assertThrows(QueueEnd.class, q::get);
        assertEquals(1, q.get());
        q.putEnd();
        assertThrows(QueueEnd.class, q::take);
        q.putEnd();
        assertThrows(QueueEnd.class, () -> q.poll(1, TimeUnit.SECONDS));
        q.put(7);
        q.putEnd();
        q.clear();
        assertEquals(0, q.size());
        assertThrows(QueueEnd.class, q::getNow, "clear leaves the end markers");
    }

    @Test
    void itTellsWhenItIsReady() throws Exception {
        var q = new SimpleQueue<String>();
        var other = new SimpleQueue<String>();
        assertFalse(q.ready());
        Jevent.spawn(() -> q.put("x"));
        assertEquals(List.of(q), Jevent.wait(List.<Waitable>of(other, q), SECOND, 1));
        assertTrue(q.ready());
        assertEquals(List.of(q), Jevent.wait(List.of(q)), "told at once");
        q.get();
        q.rawLink(w -> log.add("told " + (w == q)));
        java.util.function.Consumer<Waitable> never = w -> log.add("never");
        q.rawLink(never);
        q.unlink(never);
        q.put("y");
        q.put("z");
        turns(2);
        assertEquals(List.of("told true"), log);
    }

    @Test
    void callbackOfTheLoopMayPutAndGetWhatDoesNotWait() throws Exception {
        var q = new SimpleQueue<String>(1);
        var getter = Jevent.spawn(() -> q.get());
        turns(2);
        List<Object> seen = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            q.putNow("to the getter");
                            q.putNow("stored");
                            seen.add(thrownBy(() -> q.put("no room")));
                            seen.add(q.get());
                            seen.add(thrownBy(() -> q.get()));
                            seen.add(thrownBy(() -> q.get(SECOND)));
                            seen.add(thrownBy(() -> q.peekWait()));
                        });
        assertEquals("to the getter", getter.get());
        turns(2);
        assertInstanceOf(BlockingSwitchOutError.class, seen.get(0));
        assertEquals("stored", seen.get(1));
        for (Object error : seen.subList(2, 5)) {
            assertInstanceOf(BlockingSwitchOutError.class, error);
        }
        assertTrue(q.isEmpty());
        q.put("still works");
        assertEquals("still works", q.get());
    }

    @Test
    void copyHasTheSameItemsAndIsAnotherQueue() throws Exception {
        var q = new SimpleQueue<Integer>(3);
        q.put(1);
        q.putEnd();
        q.put(2);
        SimpleQueue<Integer> copy = q.copy();
        assertEquals(3, copy.maxSize());
        assertTrue(copy.isFull());
        assertEquals(1, copy.get());
        assertThrows(QueueEnd.class, copy::get);
        assertEquals(2, copy.get());
        assertEquals(2, q.size());
    }

    @Test
    void badInputIsRefusedAtTheDoor() {
        assertThrows(IllegalArgumentException.class, () -> new SimpleQueue<>(0));
        var error = assertThrows(IllegalArgumentException.class, () -> new SimpleQueue<>(-1));
        assertTrue(error.getMessage().contains("Channel"), error.getMessage());
        var q = new SimpleQueue<String>(1);
        assertThrows(IllegalArgumentException.class, () -> q.maxSize(0));
        assertThrows(NullPointerException.class, () -> q.put(null));
        assertThrows(NullPointerException.class, () -> q.put(null, SECOND));
        assertThrows(NullPointerException.class, () -> q.putNow(null));
        assertThrows(NullPointerException.class, () -> q.offer(null));
        assertThrows(NullPointerException.class, () -> q.put("x", null));
        assertThrows(NullPointerException.class, () -> q.get(null));
        var minus = Duration.ofNanos(-1);
        assertThrows(IllegalArgumentException.class, () -> q.get(minus));
        assertThrows(IllegalArgumentException.class, () -> q.peekWait(minus));
        assertThrows(IllegalArgumentException.class, () -> q.put("x", minus));
        assertThrows(NullPointerException.class, () -> q.rawLink(null));
        assertTrue(q.isEmpty());
        assertEquals(1, q.maxSize());
    }

    @Test
    void ofHasTheItemsOfACollection() {
        assertEquals(List.of(1, 2, 3), List.copyOf(SimpleQueue.of(List.of(1, 2, 3))));
    }
}
