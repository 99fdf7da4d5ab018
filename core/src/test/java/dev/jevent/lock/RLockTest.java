package dev.jevent.lock;

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
import dev.jevent.GreenletExit;
import dev.jevent.HubScenario;
import dev.jevent.Interrupted;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;
import dev.jevent.event.Event;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** A lock that its holder can take again and again. */
class RLockTest extends HubScenario {

    private static final Duration LONG = Duration.ofHours(1);

    private final RLock lock = new RLock();
    private final Event letGo = new Event();

    /** One who has the lock until {@link #letGo} is set. */
    private Greenlet<Void> holder() {
        var g =
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            try {
                                letGo.await();
                            } finally {
                                lock.unlock();
                            }
                        });
        turns(2);
        assertTrue(lock.isLocked());
        return g;
    }

    private void letGo(Greenlet<?> holder) {
        letGo.set();
        holder.join();
    }

    private Greenlet<Void> next(String name) {
        return Jevent.spawn(
                () -> {
                    lock.lock();
                    log.add(name);
                    lock.unlock();
                });
    }

    @Test
    void holderTakesItAgainAndMustReleaseItAsOften() {
        lock.lock();
        lock.acquire();
        assertTrue(lock.tryLock());
        assertTrue(lock.acquire(Duration.ZERO));
        assertEquals(4, lock.holdCount());
        assertTrue(lock.isHeld() && lock.isLocked());
        for (int i = 0; i < 4; i++) {
            assertTrue(lock.isLocked());
            lock.release();
        }
        assertFalse(lock.isHeld() || lock.isLocked());
        assertEquals(0, lock.holdCount());
    }

    @Test
    void othersOfTheSameHubAreKeptOut() {
        var g = holder();
        assertFalse(lock.isHeld());
        assertEquals(0, lock.holdCount());
        assertFalse(lock.tryLock());
        assertFalse(lock.acquire(Duration.ZERO));
        assertFalse(lock.acquire(Duration.ofMillis(1)));
        letGo(g);
        assertTrue(lock.tryLock());
        lock.unlock();
    }

    @Test
    void strangerCannotUnlockIt() {
        assertThrows(IllegalMonitorStateException.class, lock::unlock);
        var g = holder();
        var e = assertThrows(IllegalMonitorStateException.class, lock::release);
        assertTrue(e.getMessage().contains("held by"), e.getMessage());
        assertTrue(lock.isLocked(), "it has done no harm");
        letGo(g);
        assertFalse(lock.isLocked());
    }

    @Test
    void firstComeFirstServed() {
        var g = holder();
        List<Greenlet<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(next("" + i));
        }
        turns(2);
        all.get(2).kill();
        letGo.set();
        turns(1);
        assertFalse(lock.tryLock(), "it belongs to those who wait");
        Jevent.joinAll(all);
        g.join();

        assertEquals(List.of("0", "1", "3", "4"), log);
    }

    @Test
    @SuppressWarnings("try") // closed twice on purpose
    void heldLockIsReleasedOnceAtTheEndOfTheBlock() {
        try (Held outer = lock.hold()) {
            try (Held inner = lock.hold()) {
                assertEquals(2, lock.holdCount());
                inner.close();
                assertEquals(1, lock.holdCount());
            }
            assertEquals(1, lock.holdCount());
            assertTrue(outer.toString().contains("RLock"));
        }
        assertFalse(lock.isLocked());
    }

    @Test
    void timeThatIsOverAnswersFalseAtThatTime() throws Exception {
        jumpInTime();
        var g = holder();
        assertFalse(lock.acquire(Duration.ofMillis(5)));
        assertEquals(5, clock.millis());
        assertFalse(lock.tryLock(5, TimeUnit.MILLISECONDS));
        assertEquals(10, clock.millis());
        assertFalse(lock.tryLock(0, TimeUnit.MILLISECONDS));
        assertFalse(lock.tryLock(-1, TimeUnit.MILLISECONDS));
        assertEquals(10, clock.millis());
        Jevent.spawnLater(Duration.ofMillis(3), () -> letGo.set());
        assertTrue(lock.tryLock(1, TimeUnit.HOURS));
        assertEquals(13, clock.millis());
        lock.unlock();
        g.join();
    }

    @Test
    void badTimesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> lock.acquire(Duration.ofMillis(-1)));
        assertThrows(NullPointerException.class, () -> lock.acquire(null));
        assertFalse(lock.isLocked());
    }

    @Test
    void killAndTimeoutAreThrownFromTheWait() {
        var g = holder();
        var killed = Jevent.spawn(() -> lock.lock());
        turns(2);
        killed.kill();
        assertTrue(killed.isCancelled());
        var mine = new Timeout(Duration.ofMillis(1));
        assertSame(mine, thrownBy(() -> mine.run(lock::lock)));
        assertSame(mine, thrownBy(() -> mine.run(lock::acquire)));
        assertSame(mine, thrownBy(() -> mine.run(lock::lockInterruptibly)));
        letGo(g);
        assertFalse(lock.isLocked());
    }

    @Test
    void oneWhoIsKilledAfterItGotTheLockHasIt() {
        var g = holder();
        var killed =
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            log.add("got it " + lock.isHeld());
                            try {
                                Jevent.sleep(60_000);
                            } finally {
                                lock.unlock();
                            }
                        });
        turns(2);
        letGo.set();
        turns(1); // the holder has given it on
        killed.killLater();
        killed.join();
        g.join();

        assertEquals(List.of("got it true"), log);
        assertTrue(killed.isCancelled());
        assertFalse(lock.isLocked());
    }

    @Test
    void interruptDoesNotEndLockAndIsThereAfterwards() {
        var g = holder();
        var before = next("before");
        var interrupted =
                Jevent.spawn(
                        () -> {
                            Thread.currentThread().interrupt();
                            lock.lock();
                            log.add("got it");
                            lock.unlock();
                            return Thread.interrupted();
                        });
        var behind = next("behind");
        turns(3);
        for (int i = 0; i < 3; i++) {
            interrupted.thread().interrupt();
            turns(2);
        }
        letGo(g);
        Jevent.joinAll(List.of(before, interrupted, behind));

        assertEquals(true, interrupted.value());
        assertEquals(List.of("before", "got it", "behind"), log, "it has kept its place");
        assertFalse(lock.isLocked());
    }

    @Test
    void interruptedOneCanStillBeKilled() {
        var g = holder();
        var killed = Jevent.spawn(() -> lock.lock());
        turns(2);
        killed.thread().interrupt();
        turns(2);
        killed.kill();
        assertInstanceOf(
                GreenletExit.class,
                assertThrows(CancellationException.class, () -> killed.get()).getCause());
        letGo(g);
        assertFalse(lock.isLocked());
    }

    @Test
    void interruptEndsWhatCanBeInterrupted() {
        var g = holder();
        var lockIt = Jevent.spawn(() -> thrownBy(lock::lockInterruptibly));
        var tryIt = Jevent.spawn(() -> thrownBy(() -> lock.tryLock(1, TimeUnit.HOURS)));
        var acquireIt = Jevent.spawn(() -> thrownBy(lock::acquire));
        var timed = Jevent.spawn(() -> thrownBy(() -> lock.acquire(LONG)));
        turns(2);
        for (var i : List.of(lockIt, tryIt, acquireIt, timed)) {
            i.thread().interrupt();
            i.join();
        }
        assertInstanceOf(InterruptedException.class, lockIt.value());
        assertInstanceOf(InterruptedException.class, tryIt.value());
        assertInstanceOf(Interrupted.class, acquireIt.value());
        assertInstanceOf(Interrupted.class, timed.value());
        letGo(g);
        assertFalse(lock.isLocked());
    }

    @Test
    void interruptBeforeTheCallIsThrownEvenIfTheLockIsFree() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, lock::lockInterruptibly);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> lock.tryLock(1, TimeUnit.SECONDS));
        assertFalse(Thread.currentThread().isInterrupted());
        assertFalse(lock.isLocked());
    }

    @Test
    void callbackOfTheLoopMayTakeItIfItIsFree() {
        List<Throwable> thrown = new ArrayList<>();
        var g = holder();
        hub.loop().runCallback(() -> thrown.add(thrownBy(lock::lock)));
        turns(2);
        letGo(g);
        hub.loop()
                .runCallback(
                        () -> {
                            thrown.add(thrownBy(lock::lock));
                            lock.unlock();
                        });
        turns(2);

        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
        assertNull(thrown.get(1));
        assertFalse(lock.isLocked());
    }

    @Test
    void itKeepsOutOtherHubsAndPlainThreads() throws Exception {
        int rounds = Dose.of(500, 5_000);
        int[] inside = new int[2];
        Runnable work =
                () -> {
                    for (int i = 0; i < rounds; i++) {
                        lock.lock();
                        try {
                            assertEquals(0, inside[0]++);
                            inside[1]++;
                            if (i % 100 == 0) {
                                Jevent.sleep(0);
                            }
                            inside[0]--;
                        } finally {
                            lock.unlock();
                        }
                    }
                };
        try (var other = new OtherHub()) {
            var there = other.spawn(work::run);
            var here = Jevent.spawn(work::run);
            var thread = Jevent.spawn(() -> Thread.ofPlatform().start(work)).get();
            here.get();
            there.get();
            thread.join();
        }
        assertEquals(3 * rounds, inside[1]);
        assertFalse(lock.isLocked());
    }
}
