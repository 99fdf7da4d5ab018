package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tasks and shut down, and the stack. */
class QueueTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void joinWaitsUntilAllIsDone() throws Exception {
        var q = new Queue<Integer>();
        q.join();
        for (int i = 0; i < 3; i++) {
            q.put(i);
        }
        var worker =
                Jevent.spawn(
                        () -> {
                            for (int i = 0; i < 3; i++) {
                                q.get();
                                Jevent.sleep(0);
                                log.add("done " + i);
                                q.taskDone();
                            }
                        });
        assertEquals(3, q.unfinished());
        q.join();
        log.add("joined");
        assertEquals(List.of("done 0", "done 1", "done 2", "joined"), log);
        assertEquals(0, q.unfinished());
        worker.get();
    }

    @Test
    void joinWithATimeTellsWhetherItWasDone() throws Exception {
        jumpInTime();
        var q = Queue.of(List.of(1));
        assertFalse(q.join(Duration.ZERO));
        assertFalse(q.join(SECOND));
        assertEquals(1_000, clock.millis());
        Jevent.spawnLater(Duration.ofMillis(10), q::taskDone);
        assertTrue(q.join(SECOND));
        assertTrue(q.join(Duration.ZERO));
        assertEquals(1_010, clock.millis());
        assertThrows(IllegalArgumentException.class, () -> q.join(Duration.ofNanos(-1)));
    }

    @Test
    void itemThatGoesDirectlyToAGetterCounts() throws Exception {
        var q = new Queue<Integer>();
        var getter =
                Jevent.spawn(
                        () -> {
                            q.get();
                            q.taskDone();
                        });
        turns(2);
        q.put(1);
        assertEquals(1, q.unfinished());
        q.join();
        getter.get();
    }

    @Test
    void itemOfAPutterCountsWhenItIsIn() throws Exception {
        var q = new Queue<Integer>(1);
        q.put(1);
        var putter = Jevent.spawn(() -> q.put(2));
        var killed = Jevent.spawn(() -> q.put(3));
        turns(2);
        assertEquals(1, q.unfinished());
        killed.kill();
        q.get();
        assertEquals(2, q.unfinished());
        q.get();
        putter.get();
        assertEquals(2, q.unfinished());
        q.taskDone();
        q.taskDone();
        var error = assertThrows(IllegalStateException.class, q::taskDone);
        assertTrue(error.getMessage().contains("taskDone"));
    }

    @Test
    void endMarkersAreNoTasks() throws Exception {
        var q = new Queue<Integer>();
        q.putEnd();
        assertEquals(0, q.unfinished());
        q.join();
    }

    @Test
    void whatIsRemovedIsDone() throws Exception {
        var q = Queue.of(List.of(1, 2, 3, 4));
        var joiner = Jevent.spawn(() -> q.join());
        q.remove(2);
        assertEquals(3, q.unfinished());
        var i = q.iterator();
        i.next();
        i.remove();
        assertEquals(2, q.unfinished());
        turns(2);
        assertFalse(joiner.ready());
        q.clear();
        joiner.get();
        assertThrows(IllegalStateException.class, q::taskDone);
    }

    @Test
    void killedJoinerDisturbsNobody() throws Exception {
        var q = Queue.of(List.of(1));
        var killed = Jevent.spawn(() -> q.join());
        var other = Jevent.spawn(() -> q.join());
        turns(2);
        killed.kill();
        assertFalse(other.ready());
        q.taskDone();
        other.get();
    }

    @Test
    void afterShutDownWhatIsInCanBeTaken() throws Exception {
        var q = new Queue<Integer>(2);
        q.put(1);
        q.put(2);
        q.shutdown();

        assertTrue(q.isShutDown());
        assertThrows(ShutDown.class, () -> q.put(3));
        assertThrows(ShutDown.class, () -> q.put(3, SECOND));
        assertThrows(ShutDown.class, () -> q.putNow(3));
        assertThrows(ShutDown.class, () -> q.offer(3));
        assertThrows(ShutDown.class, () -> q.add(3));
        assertThrows(ShutDown.class, q::putEnd);
        assertEquals(1, q.peekWait());
        assertEquals(1, q.get());
        assertEquals(2, q.take());
        assertThrows(ShutDown.class, q::get);
        assertThrows(ShutDown.class, q::take);
        assertThrows(ShutDown.class, () -> q.get(SECOND));
        assertThrows(ShutDown.class, () -> q.poll(1, TimeUnit.SECONDS));
        assertThrows(ShutDown.class, q::getNow);
        assertThrows(ShutDown.class, q::peekWait);
        assertNull(q.poll());
        assertNull(q.peek());
        assertTrue(q.ready());
        q.taskDone();
        q.taskDone();
        q.join();
        q.shutdown();
    }

    @Test
    void shutDownWakesAllWhoWait() throws Exception {
        var empty = new Queue<Integer>();
        var full = new Queue<Integer>(1);
        full.put(1);
        List<Greenlet<Throwable>> all =
                List.of(
                        Jevent.spawn(() -> thrownBy(() -> empty.get())),
                        Jevent.spawn(() -> thrownBy(() -> empty.get(SECOND))),
                        Jevent.spawn(() -> thrownBy(() -> empty.peekWait())),
                        Jevent.spawn(() -> thrownBy(() -> full.put(2))),
                        Jevent.spawn(() -> thrownBy(() -> full.put(2, SECOND))));
        var loop = Jevent.spawn(() -> empty.items().forEach(i -> log.add("" + i)));
        turns(2);
        empty.shutdown();
        full.shutdown();
        for (var g : all) {
            assertEquals(ShutDown.class, g.get().getClass());
        }
        loop.get();
        assertEquals(List.of(), log);
        assertEquals(List.of(1), new ArrayList<>(full), "what was waiting is not in");
        assertEquals(1, full.unfinished());
    }

    @Test
    void immediateShutDownDropsWhatIsIn() throws Exception {
        var q = Queue.of(List.of(1, 2, 3));
        q.putEnd();
        q.get();
        var joiner = Jevent.spawn(() -> q.join());
        turns(2);
        q.shutdown(true);
        assertTrue(q.isEmpty());
        assertThrows(ShutDown.class, q::get);
        turns(2);
        assertFalse(joiner.ready(), "1 is still being worked on");
        q.taskDone();
        joiner.get();
        assertThrows(IllegalStateException.class, q::taskDone);
    }

    @Test
    void shutDownCanBecomeImmediate() throws Exception {
        var q = Queue.of(List.of(1, 2, 3));
        q.shutdown();
        assertEquals(3, q.size());
        q.shutdown(true);
        assertEquals(0, q.size());
        q.join();
    }

    @Test
    void copyHasTheUnfinishedTasksAndIsOpen() throws Exception {
        var q = Queue.of(List.of(1, 2));
        q.get();
        q.shutdown();
        Queue<Integer> copy = q.copy();
        assertEquals(2, copy.unfinished());
        assertFalse(copy.isShutDown());
        copy.put(3);
        assertEquals(List.of(2, 3), new ArrayList<>(copy));
    }

    @Test
    void stackGivesTheNewestFirst() throws Exception {
        var q = LifoQueue.of(List.of(1, 2, 3));
        assertEquals(List.of(3, 2, 1), new ArrayList<>(q));
        LifoQueue<Integer> copy = q.copy();
        assertEquals(3, q.get());
        q.put(4);
        assertEquals(4, q.peek());
        assertEquals(4, q.get());
        assertEquals(2, q.get());
        assertEquals(1, q.get());
        assertEquals(List.of(3, 2, 1), new ArrayList<>(copy));
    }

    @Test
    void stackThatIsFullTakesPuttersInTheOrderOfComing() throws Exception {
        var q = new LifoQueue<Integer>(2);
        q.put(0);
        q.put(1);
        var putters = List.of(Jevent.spawn(() -> q.put(2)), Jevent.spawn(() -> q.put(3)));
        turns(2);
        List<Integer> got = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            got.add(q.get());
        }
        assertEquals(List.of(1, 2, 3, 0), got);
        Jevent.joinAll(putters);
    }
}
