package dev.jevent.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.Waitable;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A flag that one sets and many wait for. */
class EventTest extends HubScenario {

    private static final Duration LONG = Duration.ofHours(1);

    private final Event event = new Event();

    @Test
    void setIsSeenUntilItIsCleared() {
        assertFalse(event.isSet());
        assertFalse(event.ready());
        event.set();
        event.set();
        assertTrue(event.isSet());
        event.await();
        assertTrue(event.await(LONG));
        assertTrue(event.await(Duration.ZERO));
        event.clear();
        event.clear();
        assertFalse(event.ready());
        assertFalse(event.await(Duration.ZERO));
    }

    @Test
    void allAreWokenInTheOrderInWhichTheyCame() {
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int n = i;
            all.add(
                    Jevent.spawn(
                            () -> {
                                event.await();
                                log.add("" + n);
                            }));
        }
        turns(2);
        event.set();
        Jevent.joinAll(all);

        assertEquals(List.of("0", "1", "2", "3", "4"), log);
    }

    @Test
    void whoWaitedHasSeenItEvenIfItIsClearedBeforeHeRuns() throws Exception {
        List<Greenlet<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(Jevent.spawn(() -> event.await(LONG)));
        }
        turns(2);
        event.set();
        event.clear();
        for (var g : all) {
            assertTrue(g.get());
        }
        assertFalse(event.isSet());
    }

    @Test
    void whoComesAfterItWasClearedWaitsForTheNextTime() {
        var early = Jevent.spawn(() -> event.await());
        turns(2);
        event.set();
        event.clear();
        var late = Jevent.spawn(() -> event.await());
        turns(3);

        assertTrue(early.ready());
        assertFalse(late.ready());
        event.set();
        late.join();
    }

    @Test
    void timeThatIsOverAnswersFalseAtThatTime() {
        jumpInTime();
        assertFalse(event.await(Duration.ofMillis(50)));
        assertEquals(50, clock.millis());
        event.set();
        assertTrue(event.await(Duration.ofMillis(50)));
        assertEquals(50, clock.millis());
    }

    @Test
    void setInTimeAnswersTrue() {
        jumpInTime();
        Jevent.spawnLater(Duration.ofMillis(20), () -> event.set());

        assertTrue(event.await(Duration.ofMillis(50)));
        assertEquals(20, clock.millis());
    }

    @Test
    void badTimesAreRefusedEvenIfItIsSet() {
        event.set();
        assertThrows(IllegalArgumentException.class, () -> event.await(Duration.ofNanos(-1)));
        assertThrows(NullPointerException.class, () -> event.await(null));
        assertThrows(NullPointerException.class, () -> event.rawLink(null));
    }

    @Test
    void deadWaitersAreForgottenAndTheOthersWoken() {
        var first = Jevent.spawn(() -> event.await());
        var killed = Jevent.spawn(() -> event.await());
        var late = Jevent.spawn(() -> event.await(Duration.ofMillis(1)));
        var last = Jevent.spawn(() -> event.await());
        turns(2);
        killed.kill();
        late.join();
        event.set();
        first.join();
        last.join();

        assertTrue(killed.isCancelled());
        assertEquals(false, late.value());
        assertTrue(last.successful());
    }

    @Test
    void oneWhoIsKilledAfterItWasSetAndClearedLeavesTheNextRoundAlone() {
        var old = Jevent.spawn(() -> event.await());
        turns(2);
        event.set();
        event.clear();
        old.killLater();
        var young = Jevent.spawn(() -> event.await());
        turns(3);
        assertFalse(young.ready());
        event.set();
        young.join();
        old.join();
    }

    @Test
    void outerTimeoutIsThrownFromTheWait() {
        var mine = new Timeout(Duration.ofMillis(1));

        assertSame(mine, thrownBy(() -> mine.run(event::await)));
        event.set();
        event.await();
    }

    @Test
    void linksAreToldOnceAndSoonIfItIsSetAlready() {
        List<Waitable> told = new ArrayList<>();
        event.rawLink(told::add);
        turns(1);
        assertEquals(List.of(), told);
        event.set();
        turns(2);
        assertEquals(List.of(event), told);
        event.clear();
        event.set();
        turns(2);
        assertEquals(1, told.size(), "once");
        event.rawLink(told::add);
        turns(2);
        assertEquals(List.of(event, event), told);
    }

    @Test
    void unlinkedIsNotTold() {
        List<Waitable> told = new ArrayList<>();
        Consumer<Waitable> callback = told::add;
        event.rawLink(callback);
        event.unlink(callback);
        event.unlink("something else");
        event.set();
        turns(2);

        assertEquals(List.of(), told);
    }

    @Test
    void failingLinkDoesNotKeepItFromTheOthers() {
        var error = new IllegalStateException("mine");
        event.rawLink(
                w -> {
                    throw error;
                });
        event.rawLink(w -> log.add("told"));
        event.set();
        turns(2);

        assertEquals(List.of("told"), log);
        assertEquals(1, reports.size());
        assertSame(error, reports.get(0).error());
    }

    @Test
    void manyAreWaitedForTogether() {
        var other = new Event();
        other.set();
        Jevent.spawn(() -> event.set());

        assertEquals(List.of(other, event), Jevent.wait(List.of(event, other)));
        assertEquals(List.of(other), Jevent.wait(List.of(other, new Event()), Duration.ZERO, 2));
    }

    @Test
    void callbackOfTheLoopMaySetItAndMayNotWait() {
        var waiting = Jevent.spawn(() -> event.await());
        turns(2);
        List<Throwable> thrown = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            thrown.add(thrownBy(event::await));
                            event.set();
                            thrown.add(thrownBy(event::await));
                        });
        waiting.join();

        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
        assertNull(thrown.get(1));
    }

    @Test
    void itWakesGreenletsOfOtherHubsAndPlainThreads() throws Exception {
        var woken = new AtomicInteger();
        try (var other = new OtherHub()) {
            var there = other.spawn(() -> event.await(LONG));
            var thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        event.await();
                                        woken.incrementAndGet();
                                    });
            var here = Jevent.spawn(() -> event.await(LONG));
            var setter = new Event();
            Thread.ofPlatform()
                    .start(
                            () -> {
                                setter.await();
                                event.set();
                            });
            turns(3);
            setter.set();
            assertTrue(here.get());
            assertTrue(there.get());
            thread.join();
        }
        assertEquals(1, woken.get());
    }

    /** What the setter wrote is seen by who sees the event set, also when it was set before. */
    @Test
    void noSetIsLostWhileOthersClearIt() throws Exception {
        int rounds = Dose.of(300, 5_000);
        var answer = new Event();
        try (var other = new OtherHub()) {
            var there =
                    other.spawn(
                            () -> {
                                for (int i = 0; i < rounds; i++) {
                                    event.await();
                                    event.clear();
                                    answer.set();
                                }
                            });
            for (int i = 0; i < rounds; i++) {
                event.set();
                answer.await();
                answer.clear();
            }
            there.get();
        }
    }
}
