package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Exactly one of several. */
class SelectTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SimpleQueue<Integer> queue = new SimpleQueue<>();
    private final SimpleQueue<Integer> small = new SimpleQueue<>(1);
    private final Channel<Integer> channel = new Channel<>();
    private final Channel<Integer> other = new Channel<>();
    private final PriorityQueue<Integer> heap = new PriorityQueue<>(1);

    private Select<String> getAny() {
        return new Select<String>()
                .get(channel, i -> "channel " + i)
                .get(queue, i -> "queue " + i)
                .get(heap, i -> "heap " + i)
                .get(small, i -> "small " + i);
    }

    @Test
    void firstThatIsReadyWins() throws Exception {
        small.put(1);
        heap.put(2);
        queue.put(3);
        var putter = Jevent.spawn(() -> channel.put(4));
        turns(2);
        List<String> got = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            got.add(getAny().await());
        }
        assertEquals(List.of("channel 4", "queue 3", "heap 2", "small 1"), got);
        assertEquals(Optional.empty(), getAny().tryNow());
        putter.get();
    }

    @Test
    void itWaitsForWhicheverComesFirst() throws Exception {
        List<dev.jevent.Action> puts =
                List.of(
                        () -> channel.put(1),
                        () -> queue.put(2),
                        () -> heap.put(3),
                        () -> small.put(4));
        List<String> got = new ArrayList<>();
        for (var put : puts) {
            var g = Jevent.spawn(() -> getAny().await());
            turns(2);
            assertFalse(g.ready());
            put.run();
            got.add(g.get());
            assertEquals(0, channel.balance(), "it stands nowhere any more");
        }
        assertEquals(List.of("channel 1", "queue 2", "heap 3", "small 4"), got);
        assertTrue(queue.isEmpty() && small.isEmpty() && heap.isEmpty());
    }

    @Test
    void onlyOneHappens() throws Exception {
        var g = Jevent.spawn(() -> getAny().await());
        turns(2);
        queue.put(1);
        small.put(2);
        heap.put(3);
        assertThrows(Full.class, () -> channel.putNow(4));

        assertEquals("queue 1", g.get());
        assertEquals(List.of(2, 3), List.of(small.get(), heap.get()));
    }

    @Test
    void putClausesPutOnlyWhenTheyHappen() throws Exception {
        small.put(0);
        heap.put(0);
        Select<String> put =
                new Select<String>()
                        .put(small, 1, () -> "small")
                        .put(heap, 2, () -> "heap")
                        .put(channel, 3, () -> "channel");
        assertEquals(Optional.empty(), put.tryNow());
        var one = Jevent.spawn(() -> put.await());
        var two = Jevent.spawn(() -> put.await());
        var three = Jevent.spawn(() -> put.await());
        turns(2);
        assertEquals(3, channel.balance());
        assertEquals(3, channel.get());
        assertEquals(0, heap.get());
        assertEquals(0, small.get());
        assertEquals("channel", one.get());
        assertEquals("heap", two.get());
        assertEquals("small", three.get());
        assertEquals(2, heap.get());
        assertEquals(1, small.get());
        assertNull(small.poll());
        assertNull(heap.poll());
        assertEquals(0, channel.balance());
        assertEquals("small", put.await(), "it can be used again");
        assertEquals(1, small.get());
    }

    @Test
    void selectMeetsSelect() throws Exception {
        var getter =
                Jevent.spawn(
                        () ->
                                new Select<String>()
                                        .get(other, i -> "other " + i)
                                        .get(channel, i -> "got " + i)
                                        .await());
        turns(2);
        String put = new Select<String>().put(channel, 7, () -> "put 7").await();
        assertEquals("put 7", put);
        assertEquals("got 7", getter.get());

        var putter = Jevent.spawn(() -> new Select<String>().put(channel, 8, () -> "put").await());
        turns(2);
        assertEquals(Optional.of("channel 8"), getAny().tryNow());
        assertEquals("put", putter.get());
    }

    @Test
    void selectDoesNotMeetItself() throws Exception {
        jumpInTime();
        var both =
                new Select<String>()
                        .get(channel, i -> "got " + i)
                        .put(channel, 1, () -> "put")
                        .get(channel, i -> "got again " + i);
        assertEquals(Optional.empty(), both.tryNow());
        assertEquals(Optional.empty(), both.await(SECOND));
        assertEquals(0, channel.balance());
        var one = Jevent.spawn(() -> both.await());
        turns(2);
        assertEquals(-1, channel.balance());
        var two = Jevent.spawn(() -> both.await());
        assertEquals(2, List.of(one.get(), two.get()).size());
        assertEquals("put", one.get());
        assertEquals("got 1", two.get());
        assertEquals(0, channel.balance());
    }

    @Test
    void selectsStandInTheRowWithAllOthers() throws Exception {
        List<dev.jevent.Greenlet<?>> all = new ArrayList<>();
        all.add(Jevent.spawn(() -> log.add("plain " + queue.get())));
        turns(2);
        all.add(Jevent.spawn(() -> log.add("select " + getAny().await())));
        turns(2);
        all.add(Jevent.spawn(() -> log.add("plain " + queue.get())));
        turns(2);
        for (int i = 1; i <= 3; i++) {
            queue.put(i);
        }
        Jevent.joinAll(all);
        assertEquals(List.of("plain 1", "select queue 2", "plain 3"), log);
    }

    @Test
    void timeIsKept() throws Exception {
        jumpInTime();
        assertEquals(Optional.empty(), getAny().await(SECOND));
        assertEquals(1_000, clock.millis());
        assertEquals(Optional.empty(), getAny().await(Duration.ZERO));
        Jevent.spawnLater(Duration.ofMillis(999), () -> heap.put(1));
        assertEquals(Optional.of("heap 1"), getAny().await(SECOND));
        assertEquals(1_999, clock.millis());
        assertThrows(IllegalArgumentException.class, () -> getAny().await(Duration.ofNanos(-1)));
        assertEquals(0, channel.balance());
        queue.put(5);
        assertEquals(5, queue.get(), "nobody stands there any more");
    }

    @Test
    void whoLostDoesNotCountAsWaiting() throws Exception {
        var g = Jevent.spawn(() -> getAny().await());
        var put = Jevent.spawn(() -> new Select<Integer>().put(other, 1, () -> 1).await());
        turns(2);
        assertEquals(1, other.balance());
        queue.put(1);
        assertEquals(0, channel.balance(), "though it still stands there");
        assertEquals(1, other.get());
        g.get();
        put.get();
    }

    @Test
    void endMarkersAndShutDownAreThrown() throws Exception {
        queue.putEnd();
        assertThrows(QueueEnd.class, () -> getAny().await());
        assertFalse(queue.ready());
        other.close();
        assertThrows(ShutDown.class, () -> new Select<Integer>().get(other, i -> i).tryNow());
        assertThrows(ShutDown.class, () -> new Select<Integer>().put(other, 1, () -> 1).await());
        var lonely = new Channel<Integer>();
        var waiting = Jevent.spawn(() -> thrownBy(() -> getAny().await()));
        var putting =
                Jevent.spawn(
                        () ->
                                thrownBy(
                                        () ->
                                                new Select<Integer>()
                                                        .put(lonely, 1, () -> 1)
                                                        .await()));
        turns(1);
        heap.shutdown();
        assertInstanceOf(ShutDown.class, waiting.get());
        turns(1);
        lonely.close();
        assertInstanceOf(ShutDown.class, putting.get());
    }

    @Test
    void tasksAreCounted() {
        var q = Queue.of(List.of(1));
        new Select<Integer>().put(q, 2, () -> 2).await();
        assertEquals(2, q.unfinished());
        new Select<Integer>().get(q, i -> i).await();
        q.taskDone();
        q.taskDone();
        q.join();
    }

    @Test
    void functionMayDoWhatItLikes() throws Exception {
        queue.put(1);
        queue.put(2);
        int sum = new Select<Integer>().get(queue, i -> i + getAnyNow()).await();
        assertEquals(3, sum);
        queue.put(3);
        var failing =
                new Select<Integer>()
                        .get(
                                queue,
                                i -> {
                                    throw new IllegalStateException("mine " + i);
                                });
        assertEquals(
                "mine 3", assertThrows(IllegalStateException.class, failing::await).getMessage());
        queue.put(4);
        assertNull(new Select<String>().get(queue, i -> null).await());
    }

    private int getAnyNow() {
        return new Select<Integer>().get(queue, i -> i).tryNow().orElseThrow();
    }

    @Test
    void comparatorOfAQueueMayThrow() throws Exception {
        var strange = new PriorityQueue<Object>();
        strange.put("a");
        var select = new Select<Integer>().get(channel, i -> i).put(strange, 1, () -> 1);
        assertThrows(ClassCastException.class, select::await);
        assertEquals(1, strange.size());
        assertEquals(0, channel.balance());
        var getter = Jevent.spawn(() -> channel.get());
        turns(2);
        channel.put(1);
        getter.get();
    }

    @Test
    void callbackOfTheLoopMaySelectWhatIsReady() throws Exception {
        List<Object> seen = new ArrayList<>();
        queue.put(1);
        hub.loop()
                .runCallback(
                        () -> {
                            seen.add(getAny().await());
                            seen.add(getAny().tryNow());
                            seen.add(thrownBy(() -> getAny().await()));
                        });
        turns(3);
        assertEquals(List.of("queue 1", Optional.empty()), seen.subList(0, 2));
        assertInstanceOf(BlockingSwitchOutError.class, seen.get(2));
        queue.put(2);
        assertEquals(2, queue.get(), "nobody was left standing there");
    }

    @Test
    void badInputIsRefusedAtTheDoor() {
        assertThrows(IllegalStateException.class, () -> new Select<Integer>().await());
        assertThrows(IllegalStateException.class, () -> new Select<Integer>().tryNow());
        var s = new Select<Integer>();
        assertThrows(NullPointerException.class, () -> s.get((Channel<Integer>) null, i -> i));
        assertThrows(NullPointerException.class, () -> s.get(queue, null));
        assertThrows(NullPointerException.class, () -> s.put(queue, null, () -> 1));
        assertThrows(NullPointerException.class, () -> s.put(queue, 1, null));
        assertThrows(IllegalStateException.class, s::await);
    }
}
