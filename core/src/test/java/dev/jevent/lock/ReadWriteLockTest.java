package dev.jevent.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.BlockingSwitchOutError;
import dev.jevent.Greenlet;
import dev.jevent.HubScenario;
import dev.jevent.Jevent;
import dev.jevent.Timeout;
import dev.jevent.event.Event;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/** A lock that many may hold to read, or one to write. */
class ReadWriteLockTest extends HubScenario {

    private final ReadWriteLock lock = new ReadWriteLock();
    private final Lock read = lock.readLock();
    private final Lock write = lock.writeLock();
    private final Event letGo = new Event();

    /** One who takes the lock, says so, and has it until {@link #letGo} is set. */
    private Greenlet<Void> user(Lock which, String name) {
        var g =
                Jevent.spawn(
                        () -> {
                            which.lock();
                            log.add(name);
                            try {
                                letGo.await();
                            } finally {
                                which.unlock();
                            }
                        });
        turns(2);
        return g;
    }

    private void letGo(List<Greenlet<Void>> all) {
        letGo.set();
        Jevent.joinAll(all);
        assertFree();
        assertEquals(List.of(), reports);
    }

    private void assertFree() {
        assertEquals(0, lock.readers());
        assertFalse(lock.isWriteLocked());
        assertTrue(write.tryLock());
        write.unlock();
    }

    @Test
    void manyReadTogetherAndNobodyWritesThen() throws Exception {
        var a = user(read, "a");
        var b = user(read, "b");
        assertEquals(List.of("a", "b"), log);
        assertEquals(2, lock.readers());
        assertFalse(write.tryLock());
        assertFalse(write.tryLock(1, TimeUnit.MILLISECONDS));
        assertTrue(read.tryLock());
        read.unlock();
        letGo(List.of(a, b));
    }

    @Test
    void oneWritesAlone() throws Exception {
        var a = user(write, "a");
        assertTrue(lock.isWriteLocked());
        assertFalse(write.tryLock());
        assertFalse(read.tryLock());
        assertFalse(read.tryLock(1, TimeUnit.MILLISECONDS));
        assertFalse(read.tryLock(0, TimeUnit.MILLISECONDS));
        letGo(List.of(a));
    }

    @Test
    void bothWaysAreReentrant() {
        write.lock();
        write.lock();
        read.lock();
        read.lock();
        write.unlock();
        write.unlock();
        assertFalse(lock.isWriteLocked());
        assertEquals(1, lock.readers());
        read.lock();
        read.unlock();
        read.unlock();
        assertEquals(1, lock.readers());
        read.unlock();
        assertFree();
    }

    @Test
    void whoWritesMayGoOnReading() {
        write.lock();
        read.lock();
        var writer = user(write, "writer");
        write.unlock();
        turns(3);
        assertEquals(List.of(), log);
        var reader = user(read, "reader");
        assertEquals(List.of(), log, "behind the writer");
        read.unlock();
        turns(3);
        assertEquals(List.of("writer"), log);
        letGo(List.of(writer, reader));
    }

    @Test
    void downgradeLetsWaitingReadersIn() {
        write.lock();
        var a = user(read, "a");
        var b = user(read, "b");
        read.lock();
        assertEquals(List.of(), log);
        write.unlock();
        turns(2);
        assertEquals(List.of("a", "b"), log);
        read.unlock();
        letGo(List.of(a, b));
    }

    @Test
    void whoReadsCannotWaitToWrite() {
        read.lock();
        assertThrows(IllegalStateException.class, write::lock);
        assertThrows(IllegalStateException.class, write::lockInterruptibly);
        assertThrows(IllegalStateException.class, () -> write.tryLock(1, TimeUnit.SECONDS));
        assertFalse(write.tryLock());
        assertEquals(1, lock.readers());
        read.unlock();
        assertFree();
    }

    @Test
    void firstComeFirstServedAndReadersEnterTogether() {
        var writer = Jevent.spawn(() -> using(write, "w1", 5));
        List<Greenlet<Void>> all = new ArrayList<>();
        turns(2);
        all.add(Jevent.spawn(() -> using(read, "r1", 3)));
        all.add(Jevent.spawn(() -> using(read, "r2", 3)));
        all.add(Jevent.spawn(() -> using(write, "w2", 1)));
        all.add(Jevent.spawn(() -> using(read, "r3", 1)));
        writer.join();
        Jevent.joinAll(all);

        assertEquals(
                List.of(
                        "w1", "w1 out", "r1", "r2", "r1 out", "r2 out", "w2", "w2 out", "r3",
                        "r3 out"),
                log);
        assertFree();
    }

    private void using(Lock which, String name, int turns) {
        which.lock();
        log.add(name);
        turns(turns);
        log.add(name + " out");
        which.unlock();
    }

    @Test
    void readerMayEnterAgainBeforeAWriterWhoWaitsForHim() {
        read.lock();
        var writer = user(write, "writer");
        read.lock();
        assertFalse(Jevent.spawn(() -> read.tryLock()).value() != null);
        read.unlock();
        read.unlock();
        turns(2);
        assertEquals(List.of("writer"), log);
        letGo(List.of(writer));
    }

    @Test
    void writerWhoDiesInTheQueueHoldsUpNobodyBehindHim() {
        var reading = user(read, "reading");
        var killed = user(write, "killed");
        var behind = user(read, "behind");
        assertEquals(List.of("reading"), log);
        killed.kill();
        turns(2);
        assertEquals(List.of("reading", "behind"), log);
        assertTrue(killed.isCancelled());
        letGo(List.of(reading, behind));
    }

    @Test
    void timedOutWriterHoldsUpNobodyBehindHim() throws Exception {
        jumpInTime();
        var reading = user(read, "reading");
        var late = Jevent.spawn(() -> write.tryLock(5, TimeUnit.MILLISECONDS));
        turns(2);
        var behind = user(read, "behind");
        assertFalse(late.get());
        turns(2);
        assertEquals(List.of("reading", "behind"), log);
        letGo(List.of(reading, behind));
    }

    @Test
    void killAndTimeoutAndInterruptAreThrownFromTheWait() {
        var writing = user(write, "writing");
        for (Lock which : List.of(read, write)) {
            var killed = user(which, "killed");
            killed.kill();
            assertTrue(killed.isCancelled());
            var mine = new Timeout(Duration.ofMillis(1));
            assertSame(mine, thrownBy(() -> mine.run(which::lock)));
            var interrupted = Jevent.spawn(() -> thrownBy(which::lockInterruptibly));
            turns(2);
            interrupted.thread().interrupt();
            interrupted.join();
            assertInstanceOf(InterruptedException.class, interrupted.value());
        }
        letGo(List.of(writing));
    }

    @Test
    void interruptDoesNotEndLockAndIsThereAfterwards() {
        var writing = user(write, "writing");
        List<Greenlet<Boolean>> all = new ArrayList<>();
        for (Lock which : List.of(read, write)) {
            all.add(
                    Jevent.spawn(
                            () -> {
                                which.lock();
                                which.unlock();
                                return Thread.interrupted();
                            }));
        }
        turns(2);
        for (var g : all) {
            g.thread().interrupt();
        }
        turns(2);
        letGo.set();
        Jevent.joinAll(all);
        letGo(List.of(writing));

        assertEquals(List.of(true, true), all.stream().map(g -> g.value()).toList());
    }

    @Test
    void oneWhoIsKilledAfterHeWasLetInIsIn() {
        write.lock();
        var reader = user(read, "reader");
        write.unlock();
        reader.killLater();
        reader.join();
        assertEquals(List.of("reader"), log);
        assertFree();
    }

    @Test
    void strangersAreRefused() {
        assertThrows(IllegalMonitorStateException.class, read::unlock);
        assertThrows(IllegalMonitorStateException.class, write::unlock);
        var reader = user(read, "reader");
        assertThrows(IllegalMonitorStateException.class, read::unlock);
        assertThrows(IllegalMonitorStateException.class, write::unlock);
        assertEquals(1, lock.readers());
        letGo(List.of(reader));
    }

    @Test
    void onlyTheWriteLockHasConditionsAndReadersDoNotWaitForThem() {
        assertThrows(UnsupportedOperationException.class, read::newCondition);
        var condition = write.newCondition();
        write.lock();
        read.lock();
        assertThrows(IllegalStateException.class, condition::await);
        read.unlock();
        write.unlock();
        assertFree();
    }

    @Test
    void callbackOfTheLoopMayDoWhatDoesNotWait() {
        var reading = user(read, "reading");
        List<Throwable> thrown = new ArrayList<>();
        hub.loop()
                .runCallback(
                        () -> {
                            thrown.add(thrownBy(write::lock));
                            thrown.add(thrownBy(read::lock));
                            read.unlock();
                        });
        turns(2);

        assertInstanceOf(BlockingSwitchOutError.class, thrown.get(0));
        assertNull(thrown.get(1));
        letGo(List.of(reading));
    }
}
