package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Waitable;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What semaphores do besides being acquired and released; bounded ones; those without a limit. */
class SemaphoreKindsTest extends HubScenario {

    private static final Duration LONG = Duration.ofHours(1);

    private final Semaphore none = new Semaphore(0);

    // ---- release of several

    @Test
    void severalPermitsGoToThoseWhoWaitAndTheRestToTheCounter() {
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(Jevent.spawn(() -> none.acquire()));
        }
        turns(2);
        all.get(1).kill();
        none.release(5);
        Jevent.joinAll(all);

        assertEquals(3, none.counter());
        none.release(0);
        assertEquals(3, none.counter());
    }

    @Test
    void badNumbersAreRefusedAndChangeNothing() {
        assertThrows(IllegalArgumentException.class, () -> none.release(-1));
        assertThrows(NullPointerException.class, () -> none.acquire(null));
        assertThrows(NullPointerException.class, () -> none.rawLink(null));
        assertThrows(IllegalArgumentException.class, () -> none.await(Duration.ofMillis(-1)));
        var full = new Semaphore(Integer.MAX_VALUE);
        assertThrows(IllegalStateException.class, full::release);
        assertEquals(Integer.MAX_VALUE, full.counter());
        assertEquals(0, none.counter());
    }

    // ---- hold

    @Test
    @SuppressWarnings("try") // closed twice on purpose
    void heldPermitIsReleasedOnceAtTheEndOfTheBlock() {
        var s = new Semaphore(1);
        try (Held held = s.hold()) {
            assertTrue(s.locked());
            held.close();
            assertEquals(1, s.counter());
        }
        assertEquals(1, s.counter());
    }

    // ---- await

    @Test
    void whoLooksTakesNothing() {
        var s = new Semaphore(2);
        assertEquals(2, s.await());
        assertEquals(2, s.await(Duration.ZERO));
        assertEquals(2, s.counter());
        assertEquals(0, none.await(Duration.ZERO));
    }

    @Test
    void whoLooksIsWokenByARelease() throws Exception {
        var looking = Jevent.spawn(() -> none.await());
        var timed = Jevent.spawn(() -> none.await(LONG));
        turns(2);
        none.release(2);

        assertEquals(2, looking.get());
        assertEquals(2, timed.get());
        assertEquals(2, none.counter());
    }

    @Test
    void whoLooksIsWokenInHisTurn() throws Exception {
        var before = Jevent.spawn(() -> none.await());
        var taking = Jevent.spawn(() -> none.acquire());
        var behind = Jevent.spawn(() -> none.await());
        turns(2);
        none.release();
        taking.join();

        assertEquals(1, before.get());
        turns(2);
        assertFalse(behind.ready(), "the permit was taken before it came to this one");
        none.release();
        assertEquals(1, behind.get());
        assertEquals(1, none.counter());
    }

    @Test
    void whoLooksAndDiesTakesNothingWithHim() {
        jumpInTime();
        var killed = Jevent.spawn(() -> none.await());
        var late = Jevent.spawn(() -> none.await(Duration.ofMillis(5)));
        turns(2);
        killed.kill();
        late.join();
        assertEquals(0, late.value());
        assertEquals(5, clock.millis());
        none.release();
        assertEquals(1, none.counter());
    }

    // ---- links

    @Test
    void linkIsToldWhenAPermitIsLeftOver() {
        List<Waitable> told = new ArrayList<>();
        var waiting = Jevent.spawn(() -> none.acquire());
        turns(2);
        none.rawLink(told::add);
        none.release();
        waiting.join();
        turns(2);
        assertEquals(List.of(), told, "the permit was for the one who waited");
        assertFalse(none.ready());
        none.release();
        none.release();
        turns(2);
        assertEquals(List.of(none), told);
        assertTrue(none.ready());
        none.rawLink(told::add);
        turns(2);
        assertEquals(List.of(none, none), told);
    }

    @Test
    void unlinkedIsNotTold() {
        List<Waitable> told = new ArrayList<>();
        Consumer<Waitable> callback = told::add;
        none.rawLink(callback);
        none.unlink(callback);
        none.release();
        turns(2);

        assertEquals(List.of(), told);
    }

    @Test
    void manyAreWaitedForTogether() {
        var other = new Semaphore(1);
        Jevent.spawn(() -> none.release());

        assertEquals(List.of(other, none), Jevent.wait(List.of(none, other)));
    }

    // ---- callbacks of the loop, other hubs

    @Test
    void callbackOfTheLoopMayDoWhatDoesNotWait() {
        var waiting = Jevent.spawn(() -> none.acquire());
        turns(2);
        List<Throwable> thrown = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            thrown.add(thrownBy(none::acquire));
                            thrown.add(thrownBy(() -> none.acquire(LONG)));
                            thrown.add(thrownBy(() -> none.await(LONG)));
                            none.release(2);
                            thrown.add(thrownBy(none::acquire));
                        });
        waiting.join();

        for (int i = 0; i < 3; i++) {
            assertInstanceOf(BlockingSwitchOutError.class, thrown.get(i));
        }
        assertNull(thrown.get(3));
        assertEquals(0, none.counter());
    }

    @Test
    void permitsGoFromHubToHub() throws Exception {
        var here = new Semaphore(0);
        int rounds = Dose.of(300, 5_000);
        try (var other = new OtherHub()) {
            var there =
                    other.spawn(
                            () -> {
                                for (int i = 0; i < rounds; i++) {
                                    none.acquire();
                                    here.release();
                                }
                            });
            for (int i = 0; i < rounds; i++) {
                none.release();
                here.acquire();
            }
            there.get();
        }
        assertEquals(0, none.counter() + here.counter());
    }

    // ---- bounded

    @Test
    void boundedIsNotReleasedAboveItsStart() {
        var s = new BoundedSemaphore(2);
        assertThrows(IllegalStateException.class, s::release);
        s.acquire();
        var e = assertThrows(IllegalStateException.class, () -> s.release(2));
        assertTrue(e.getMessage().contains("1 of at most 2"), e.getMessage());
        assertEquals(1, s.counter(), "it has changed nothing");
        s.release();
        assertEquals(2, s.counter());
        assertThrows(IllegalArgumentException.class, () -> new BoundedSemaphore(-1));
        assertThrows(IllegalStateException.class, new BoundedSemaphore(0)::release);
    }

    @Test
    void boundedHandsItsPermitToThoseWhoWait() {
        var s = new BoundedSemaphore(1);
        s.acquire();
        var waiting = Jevent.spawn(() -> s.acquire());
        turns(2);
        s.release();
        waiting.join();
        assertEquals(0, s.counter());
        s.release();
        assertThrows(IllegalStateException.class, s::release);
    }

    // ---- without a limit

    @Test
    void dummyNeverLetsAnybodyWait() {
        Semaphore s = new DummySemaphore();
        for (int i = 0; i < 3; i++) {
            s.acquire();
            assertTrue(s.tryAcquire());
            assertTrue(s.acquire(Duration.ZERO));
            assertTrue(s.acquire(LONG));
        }
        s.hold().close();
        s.release();
        s.release(7);
        assertFalse(s.locked());
        assertTrue(s.ready());
        assertEquals(Integer.MAX_VALUE, s.await());
        assertEquals(Integer.MAX_VALUE, s.await(LONG));
        List<Waitable> told = new ArrayList<>();
        s.rawLink(told::add);
        turns(2);
        assertEquals(List.of(s), told);
        assertThrows(IllegalArgumentException.class, () -> s.acquire(Duration.ofMillis(-1)));
        assertThrows(IllegalArgumentException.class, () -> s.release(-1));
    }
}
