package dev.jevent.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** From hand to hand. */
class ChannelTest extends HubScenario {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void putWaitsUntilSomebodyTakesIt() throws Exception {
        var c = new Channel<String>();
        var putter =
                Jevent.spawn(
                        () -> {
                            c.put("x");
                            log.add("put");
                        });
        turns(2);
        assertEquals(List.of(), log);
        assertEquals(1, c.balance());
        assertTrue(c.ready());
        assertEquals("x", c.get());
        assertEquals(0, c.balance());
        putter.get();
        assertEquals(List.of("put"), log);
    }

    @Test
    void getWaitsUntilSomebodyPuts() throws Exception {
        var c = new Channel<String>();
        var getter = Jevent.spawn(() -> c.get());
        turns(2);
        assertEquals(-1, c.balance());
        assertFalse(c.ready());
        c.put("x");
        assertEquals("x", getter.get());
    }

    @Test
    void bothSidesAreServedInTheOrderOfComing() throws Exception {
        var c = new Channel<Integer>();
        List<Greenlet<?>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            all.add(Jevent.spawn(() -> c.put(n)));
        }
        turns(2);
        for (int i = 0; i < 5; i++) {
            assertEquals(i, c.get());
        }
        for (int i = 0; i < 5; i++) {
            int n = i;
            all.add(Jevent.spawn(() -> log.add(n + "=" + c.get())));
        }
        turns(2);
        for (int i = 0; i < 5; i++) {
            c.put(i);
        }
        Jevent.joinAll(all);
        assertEquals(List.of("0=0", "1=1", "2=2", "3=3", "4=4"), log);
    }

    @Test
    void nowMeansOnlyWithOneWhoWaits() throws Exception {
        var c = new Channel<String>();
        assertThrows(Full.class, () -> c.putNow("x"));
        assertThrows(Empty.class, c::getNow);
        assertThrows(Full.class, () -> c.put("x", Duration.ZERO));
        assertThrows(Empty.class, () -> c.get(Duration.ZERO));
        var getter = Jevent.spawn(() -> c.get());
        turns(2);
        c.putNow("y");
        assertThrows(Full.class, () -> c.putNow("z"), "that one has got his");
        assertEquals("y", getter.get());
        var putter = Jevent.spawn(() -> c.put("w"));
        turns(2);
        assertEquals("w", c.getNow());
        assertThrows(Empty.class, c::getNow);
        putter.get();
    }

    @Test
    void timeIsKept() throws Exception {
        jumpInTime();
        var c = new Channel<String>();
        assertThrows(Full.class, () -> c.put("x", SECOND));
        assertThrows(Empty.class, () -> c.get(SECOND), "x was not left there");
        assertEquals(2_000, clock.millis());
        Jevent.spawnLater(Duration.ofMillis(500), () -> c.put("y"));
        assertEquals("y", c.get(SECOND));
        assertEquals(2_500, clock.millis());
        assertEquals(0, c.balance());
    }

    @Test
    void itemsEndAtAnEndMarkerOrAtTheClose() throws Exception {
        var c = new Channel<Integer>();
        var producer =
                Jevent.spawn(
                        () -> {
                            for (int i = 0; i < 3; i++) {
                                c.put(i);
                            }
                            c.putEnd();
                            c.put(7);
                            c.close();
                        });
        List<Integer> got = new ArrayList<>();
        c.items().forEach(got::add);
        c.items().forEach(got::add);
        assertEquals(List.of(0, 1, 2, 7), got);
        producer.get();
        var other = new Channel<Integer>();
        var end = Jevent.spawn(other::putEnd);
        turns(2);
        assertThrows(QueueEnd.class, other::get);
        end.get();
    }

    @Test
    void closeIsToldToBothSides() throws Exception {
        var c = new Channel<Integer>();
        var getter = Jevent.spawn(() -> thrownBy(() -> c.get()));
        turns(2);
        c.close();
        assertInstanceOf(ShutDown.class, getter.get());
        assertThrows(ShutDown.class, c::get);
        assertThrows(ShutDown.class, c::getNow);
        assertThrows(ShutDown.class, () -> c.put(1));
        assertThrows(ShutDown.class, () -> c.putNow(1));
        assertTrue(c.ready());
        var d = new Channel<Integer>();
        var putter = Jevent.spawn(() -> thrownBy(() -> d.put(1)));
        turns(2);
        d.close();
        assertInstanceOf(ShutDown.class, putter.get());
        assertThrows(ShutDown.class, d::get);
        d.close();
    }

    @Test
    void itTellsWhenAPutterComes() throws Exception {
        var c = new Channel<Integer>();
        var putter = Jevent.spawn(() -> c.put(1));
        assertEquals(List.of(c), Jevent.wait(List.of(c)));
        assertEquals(1, c.getNow());
        putter.get();
    }

    @Test
    void callbackOfTheLoopMayHandOver() throws Exception {
        var c = new Channel<String>();
        var getter = Jevent.spawn(() -> c.get());
        turns(2);
        List<Object> seen = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            c.put("x");
                            seen.add(thrownBy(() -> c.put("y")));
                            seen.add(thrownBy(() -> c.get()));
                        });
        assertEquals("x", getter.get());
        assertInstanceOf(BlockingSwitchOutError.class, seen.get(0));
        assertInstanceOf(BlockingSwitchOutError.class, seen.get(1));
        assertEquals(0, c.balance());
    }

    @Test
    void nullIsRefused() {
        var c = new Channel<String>();
        assertThrows(NullPointerException.class, () -> c.put(null));
        assertThrows(NullPointerException.class, () -> c.putNow(null));
        assertThrows(IllegalArgumentException.class, () -> c.get(Duration.ofNanos(-1)));
        assertEquals("Channel[balance 0]", c.toString());
    }
}
