package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.Action;
import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Dose;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.OtherHub;
import dev.jevent.Timeout;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Conditions of the locks that have them. */
@SuppressWarnings("JavaUtilDate") // the interface wants it
class ConditionTest extends HubScenario {

    enum Kind {
        RLOCK,
        WRITE_LOCK
    }

    private Lock lock;
    private Condition condition;

    private void of(Kind kind) {
        lock = kind == Kind.RLOCK ? new RLock() : new ReadWriteLock().writeLock();
        condition = lock.newCondition();
    }

    private <T> Callable<T> locked(Callable<T> task) {
        return () -> {
            lock.lock();
            try {
                return task.call();
            } finally {
                lock.unlock(); // throws if the wait has not come back with the lock
            }
        };
    }

    /** One who waits for a signal, says so when he has got it, and has the lock then. */
    private Greenlet<Object> waiter(String name, Action wait) {
        var g =
                Jevent.spawn(
                        locked(
                                () -> {
                                    wait.run();
                                    log.add(name);
                                    return (Object) name;
                                }));
        turns(2);
        return g;
    }

    private void signal() {
        lock.lock();
        condition.signal();
        lock.unlock();
    }

    private void assertFree() {
        assertTrue(lock.tryLock());
        lock.unlock();
    }

    @ParameterizedTest
    @EnumSource
    void signalsWakeInTheOrderInWhichTheyCame(Kind kind) throws Exception {
        of(kind);
        var a = waiter("a", condition::await);
        var b = waiter("b", condition::await);
        var c = waiter("c", condition::awaitUninterruptibly);
        assertFree();
        signal();
        turns(3);
        assertEquals(List.of("a"), log);
        lock.lock();
        condition.signalAll();
        turns(3);
        assertEquals(List.of("a"), log, "the others need the lock");
        lock.unlock();
        Jevent.joinAll(List.of(a, b, c));

        assertEquals(List.of("a", "b", "c"), log);
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void signalWithoutWaitersIsForgotten(Kind kind) {
        of(kind);
        signal();
        lock.lock();
        condition.signalAll();
        lock.unlock();
        var a = waiter("a", condition::await);
        assertFalse(a.ready());
        signal();
        a.join();
    }

    @ParameterizedTest
    @EnumSource
    void holdsOfAReentrantLockAreAllLeftAndComeBack(Kind kind) {
        of(kind);
        var g =
                Jevent.spawn(
                        () -> {
                            lock.lock();
                            lock.lock();
                            lock.lock();
                            condition.await();
                            lock.unlock();
                            lock.unlock();
                            lock.unlock();
                        });
        turns(2);
        signal();
        g.join();
        assertEquals(List.of(), reports);
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void strangersAreRefused(Kind kind) {
        of(kind);
        List<Action> calls =
                List.of(
                        condition::signal,
                        condition::signalAll,
                        condition::await,
                        condition::awaitUninterruptibly,
                        () -> condition.awaitNanos(1),
                        () -> condition.await(1, TimeUnit.SECONDS),
                        () -> condition.awaitUntil(new Date()));
        for (Action call : calls) {
            assertInstanceOf(IllegalMonitorStateException.class, thrownBy(call));
        }
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void awaitNanosAnswersWhatIsLeft(Kind kind) throws Exception {
        of(kind);
        jumpInTime();
        var signalled = Jevent.spawn(locked(() -> condition.awaitNanos(10_000_000)));
        Jevent.sleep(4);
        signal();
        assertEquals(6_000_000, signalled.get());
        long over = Jevent.spawn(locked(() -> condition.awaitNanos(10_000_000))).get();
        assertTrue(over <= 0);
        assertEquals(14, clock.millis());
        assertTrue(Jevent.spawn(locked(() -> condition.awaitNanos(0))).get() <= 0);
        assertTrue(Jevent.spawn(locked(() -> condition.awaitNanos(-5))).get() <= 0);
        assertEquals(14, clock.millis());
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void timedWaitsAnswerWhetherTheyWereSignalled(Kind kind) throws Exception {
        of(kind);
        jumpInTime();
        Callable<Boolean> await = locked(() -> condition.await(5, TimeUnit.MILLISECONDS));
        Callable<Boolean> until =
                locked(() -> condition.awaitUntil(new Date(System.currentTimeMillis() + 50_000)));
        assertFalse(Jevent.spawn(await).get());
        assertEquals(5, clock.millis());
        assertFalse(Jevent.spawn(until).get());
        assertFalse(Jevent.spawn(locked(() -> condition.awaitUntil(new Date(0)))).get());
        var first = Jevent.spawn(await);
        var second = Jevent.spawn(until);
        turns(2);
        lock.lock();
        condition.signalAll();
        lock.unlock();
        assertTrue(first.get());
        assertTrue(second.get());
        assertFree();
    }

    /** The signal was in time; that the lock comes later is not counted. */
    @ParameterizedTest
    @EnumSource
    void timeThatIsOverBetweenSignalAndLockIsNotOver(Kind kind) throws Exception {
        of(kind);
        jumpInTime();
        var g = Jevent.spawn(locked(() -> condition.await(5, TimeUnit.MILLISECONDS)));
        turns(2);
        lock.lock();
        condition.signal();
        Jevent.sleep(20);
        assertFalse(g.ready());
        lock.unlock();

        assertTrue(g.get());
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void killedWaiterHasTheLockBeforeItIsThrown(Kind kind) {
        of(kind);
        var g = waiter("a", condition::await);
        lock.lock();
        g.killLater();
        turns(3);
        assertFalse(g.ready(), "it waits for the lock and is not disturbed");
        lock.unlock();
        g.join();

        assertTrue(g.isCancelled());
        assertFree();
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @EnumSource
    void outerTimeoutIsThrownWithTheLockHeld(Kind kind) throws Exception {
        of(kind);
        Jevent.spawn(
                        locked(
                                () -> {
                                    var t = new Timeout(Duration.ofMillis(1));
                                    assertSame(t, thrownBy(() -> t.run(condition::await)));
                                    assertFalse(Jevent.spawn(() -> lock.tryLock()).get());
                                    return null;
                                }))
                .get();
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void signalOfOneWhoIsKilledGoesOn(Kind kind) {
        of(kind);
        var dying = waiter("dying", condition::await);
        var next = waiter("next", condition::await);
        lock.lock();
        condition.signal();
        dying.killLater();
        turns(2);
        lock.unlock();
        next.join();
        dying.join();

        assertEquals(List.of("next"), log);
        assertTrue(dying.isCancelled());
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void killBeforeTheSignalLeavesTheSignalToTheNext(Kind kind) {
        of(kind);
        var dying = waiter("dying", condition::await);
        var next = waiter("next", condition::await);
        lock.lock();
        dying.killLater();
        turns(2);
        condition.signal();
        lock.unlock();
        next.join();
        dying.join();

        assertEquals(List.of("next"), log);
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsTheWaitWithTheLockHeld(Kind kind) {
        of(kind);
        var g =
                Jevent.spawn(
                        locked(
                                () -> {
                                    Throwable thrown = thrownBy(condition::await);
                                    assertFalse(Jevent.spawn(() -> lock.tryLock()).get());
                                    return thrown;
                                }));
        var early =
                Jevent.spawn(
                        locked(
                                () -> {
                                    Thread.currentThread().interrupt();
                                    return thrownBy(() -> condition.awaitNanos(1_000_000_000));
                                }));
        turns(2);
        g.thread().interrupt();
        Jevent.joinAll(List.of(g, early));

        assertInstanceOf(InterruptedException.class, g.value());
        assertInstanceOf(InterruptedException.class, early.value());
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void awaitUninterruptiblyKeepsItsPlaceAndTheInterrupt(Kind kind) {
        of(kind);
        var interrupted =
                Jevent.spawn(
                        locked(
                                () -> {
                                    Thread.currentThread().interrupt();
                                    condition.awaitUninterruptibly();
                                    log.add("first");
                                    return Thread.interrupted();
                                }));
        turns(3);
        var behind = waiter("behind", condition::await);
        interrupted.thread().interrupt();
        turns(3);
        assertFalse(interrupted.ready());
        lock.lock();
        condition.signal();
        interrupted.thread().interrupt(); // also between the signal and the lock
        turns(2);
        lock.unlock();
        interrupted.join();
        assertEquals(true, interrupted.value());
        signal();
        behind.join();

        assertEquals(List.of("first", "behind"), log);
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void callbackOfTheLoopMaySignalAndMayNotWait(Kind kind) {
        of(kind);
        var g = waiter("a", condition::await);
        List<Throwable> thrown = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            lock.lock();
                            thrown.add(thrownBy(condition::await));
                            condition.signal();
                            lock.unlock();
                        });
        g.join();

        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
        assertFree();
    }

    /** A thread without a hub, interrupted again while it waits for the lock. */
    @ParameterizedTest
    @EnumSource
    void interruptedThreadWaitsForTheLockInPeace(Kind kind) throws Exception {
        of(kind);
        var seen = new ArrayDeque<Object>();
        var thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    lock.lock();
                                    seen.add(thrownBy(condition::await));
                                    seen.add(Thread.currentThread().isInterrupted());
                                    lock.unlock();
                                });
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        lock.lock();
        thread.interrupt();
        while (thread.isInterrupted()) {
            Thread.onSpinWait(); // until it has taken the interrupt and waits for the lock
        }
        thread.interrupt();
        lock.unlock();
        thread.join();

        assertInstanceOf(InterruptedException.class, seen.poll());
        assertEquals(true, seen.poll());
        assertFree();
    }

    @ParameterizedTest
    @EnumSource
    void boundedBufferOfTheTextbookWorksBetweenHubsAndThreads(Kind kind) throws Exception {
        of(kind);
        Condition notFull = lock.newCondition();
        var buffer = new ArrayDeque<Integer>();
        int items = Dose.of(200, 2_000);
        long[] sum = new long[1];
        Action put =
                () -> {
                    for (int i = 1; i <= items; i++) {
                        lock.lock();
                        while (buffer.size() == 2) {
                            notFull.await();
                        }
                        buffer.add(i);
                        condition.signal();
                        lock.unlock();
                    }
                };
        Action take =
                () -> {
                    for (int i = 0; i < items; i++) {
                        lock.lock();
                        while (buffer.isEmpty()) {
                            condition.await();
                        }
                        sum[0] += buffer.poll();
                        notFull.signal();
                        lock.unlock();
                    }
                };
        try (var other = new OtherHub()) {
            var tasks =
                    List.of(
                            other.spawn(put),
                            other.spawn(take),
                            Jevent.spawn(put),
                            Jevent.spawn(take));
            var thread = Thread.ofPlatform().start(() -> assertFalse(thrownBy(put) != null));
            take.run(); // the root
            for (var t : tasks) {
                t.get();
            }
            thread.join();
        }
        assertEquals(3L * items * (items + 1) / 2, sum[0]);
        assertThrows(IllegalMonitorStateException.class, () -> lock.unlock());
    }
}
