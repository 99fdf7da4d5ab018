package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a fixed number of greenlets or threads wait for one another, again and again. */
class BarrierTest extends HubScenario {

    private final Barrier three = new Barrier(3);

    private static Greenlet<Throwable> come(Barrier barrier) {
        var g = Jevent.spawn(() -> thrownBy(() -> barrier.await()));
        turns(2);
        return g;
    }

    private static void assertBroken(Greenlet<Throwable> g) {
        g.join();
        assertInstanceOf(BrokenBarrierException.class, g.value());
    }

    @Test
    void allGoOnTogetherAgainAndAgain() throws Exception {
        meetThreeTimes();
    }

    private void meetThreeTimes() throws Exception {
        for (int round = 0; round < 3; round++) {
            var a = Jevent.spawn(() -> three.await());
            var b = Jevent.spawn(() -> three.await(Duration.ofHours(1)));
            turns(3);
            assertFalse(a.ready() || b.ready());
            assertEquals(2, three.waiting());
            assertEquals(0, three.await());
            assertEquals(2, a.get());
            assertEquals(1, b.get());
            assertEquals(0, three.waiting());
        }
        assertEquals(3, three.parties());
        assertFalse(three.isBroken());
    }

    @Test
    void barrierForOneLetsHimPass() throws Exception {
        assertEquals(0, new Barrier(1, () -> log.add("action")).await());
        assertEquals(List.of("action"), log);
    }

    @Test
    void badArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Barrier(0));
        assertThrows(IllegalArgumentException.class, () -> new Barrier(-1, () -> {}));
        assertThrows(NullPointerException.class, () -> new Barrier(1, null));
        assertThrows(IllegalArgumentException.class, () -> three.await(Duration.ofMillis(-1)));
        assertThrows(NullPointerException.class, () -> three.await(null));
        assertEquals(0, three.waiting());
    }

    @Test
    void lastOneDoesTheActionBeforeTheOthersGoOn() {
        var two = new Barrier(2, () -> actionThatWaits());
        var a = Jevent.spawn(() -> log.add("a " + two.await()));
        var b = Jevent.spawn(() -> log.add("b " + two.await()));
        Jevent.joinAll(List.of(a, b));

        assertEquals(List.of("action", "b 0", "a 1"), log);
    }

    private void actionThatWaits() {
        Jevent.sleep(0);
        log.add("action");
    }

    @Test
    void whoComesWhileTheActionRunsIsEarlyForTheNextRound() throws Exception {
        var two = new Barrier(2, () -> turns(5));
        var a = come(two);
        var last = Jevent.spawn(() -> two.await());
        turns(2);
        var early = Jevent.spawn(() -> two.await());
        turns(2);
        assertEquals(0, last.get());
        a.join();
        assertNull(a.value());
        assertFalse(early.ready());
        assertEquals(0, two.await());
        assertEquals(1, early.get());
    }

    @Test
    void killedOneBreaksIt() {
        var a = come(three);
        var killed = come(three);
        var g = Jevent.spawn(() -> three.await());
        g.kill(); // has not begun, has not come
        assertFalse(three.isBroken());
        killed.kill();
        assertInstanceOf(GreenletExit.class, killed.value());
        assertBroken(a);
        assertTrue(three.isBroken());
        assertThrows(BrokenBarrierException.class, () -> three.await());
        assertEquals(0, three.waiting());
    }

    @Test
    void interruptAndOuterTimeoutBreakIt() {
        var a = come(three);
        var interrupted = come(three);
        interrupted.thread().interrupt();
        assertBroken(a);
        assertInstanceOf(Interrupted.class, interrupted.value());
        three.reset();
        var b = come(three);
        var mine = new Timeout(Duration.ofMillis(1));
        assertSame(mine, thrownBy(() -> mine.run(() -> three.await())));
        assertBroken(b);
    }

    @Test
    void oneWhoIsKilledOnHisWayBreaksItToo() {
        var a = come(three);
        var g =
                Jevent.spawn(
                        () -> {
                            Thread.currentThread().interrupt();
                            return thrownBy(() -> three.await());
                        });
        assertBroken(a);
        g.join();
        assertInstanceOf(Interrupted.class, g.value());
    }

    @Test
    void timeThatIsOverBreaksIt() {
        jumpInTime();
        var a = come(three);
        assertThrows(TimeoutException.class, () -> three.await(Duration.ofMillis(5)));
        assertEquals(5, clock.millis());
        assertBroken(a);
        three.reset();
        assertThrows(TimeoutException.class, () -> three.await(Duration.ZERO));
        assertTrue(three.isBroken());
    }

    @Test
    void timeThatIsOverWhenAllHaveComeIsInTime() throws Exception {
        jumpInTime();
        var two = new Barrier(2, () -> Jevent.sleep(20));
        var a = Jevent.spawn(() -> two.await(Duration.ofMillis(5)));
        turns(2);
        assertEquals(0, two.await());
        assertEquals(1, a.get());
        assertFalse(two.isBroken());
    }

    @Test
    void oneWhoIsKilledWhenAllHaveComeBreaksNothing() throws Exception {
        var two = new Barrier(2, () -> turns(5));
        var killed = come(two);
        var last = Jevent.spawn(() -> two.await());
        turns(2);
        killed.kill();

        assertEquals(0, last.get());
        assertFalse(two.isBroken());
        assertInstanceOf(GreenletExit.class, killed.value());
    }

    @Test
    void failingActionBreaksItAndIsThrownFromTheLast() {
        var error = new IllegalStateException("mine");
        Action action =
                () -> {
                    throw error;
                };
        var two = new Barrier(2, action);
        var a = come(two);
        assertSame(error, thrownBy(() -> two.await()));
        assertBroken(a);
        assertTrue(two.isBroken());

        var cause = new IOException("mine");
        var one =
                new Barrier(
                        1,
                        () -> {
                            throw cause;
                        });
        var e = assertThrows(BrokenBarrierException.class, () -> one.await());
        assertSame(cause, e.getCause());
    }

    @Test
    void lastOneKilledInTheActionBreaksIt() {
        var two = new Barrier(2, () -> Jevent.sleep(60_000));
        var a = come(two);
        var last = come(two);
        var early = come(two);
        last.kill();

        assertInstanceOf(GreenletExit.class, last.value());
        assertBroken(a);
        assertBroken(early);
        assertTrue(two.isBroken());
    }

    @Test
    void resetSendsThoseAwayWhoWaitAndRepairsIt() throws Exception {
        var a = come(three);
        three.reset();
        assertBroken(a);
        assertFalse(three.isBroken());
        meetThreeTimes();
    }

    @Test
    void callbackOfTheLoopMayBeTheLastAndIsNoPartyOtherwise() {
        List<Throwable> thrown = new ArrayList<>();
        var two = new Barrier(2);
        Runnable call = () -> thrown.add(thrownBy(() -> two.await()));
        hub.loop().runCallback(call);
        turns(2);
        assertFalse(two.isBroken());
        assertEquals(0, two.waiting());
        var a = come(two);
        hub.loop().runCallback(call);
        a.join();

        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
        assertNull(thrown.get(1));
        assertNull(a.value());
    }

    @Test
    void anyThreadsMeet() throws Exception {
        int rounds = Dose.of(200, 2_000);
        var actions = new AtomicInteger();
        var barrier = new Barrier(3, actions::incrementAndGet);
        Action meet =
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        barrier.await();
                        assertTrue(actions.get() > i);
                    }
                };
        try (var other = new OtherHub()) {
            var there = other.spawn(meet);
            Throwable[] failed = new Throwable[1];
            var thread = Thread.ofPlatform().start(() -> failed[0] = thrownBy(meet));
            meet.run();
            there.get();
            thread.join();
            assertNull(failed[0]);
        }
        assertEquals(rounds, actions.get());
    }
}
