package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.GreenletExit;
import dev.jevent.Interrupted;
import dev.jevent.Timeout;
import dev.jevent.lock.Barrier;
import dev.jevent.lock.CountDownLatch;
import dev.jevent.lock.RLock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.Condition;

/** Conditions, barriers and latches: nobody is forgotten, and nobody goes on too early. */
final class SyncContests {

    private SyncContests() {}

    /** A bounded buffer with two conditions, each told one at a time: no signal may be lost. */
    static final class Conditions implements Contest {
        private static final int SIZE = 2;
        private final RLock lock = new RLock();
        private final Condition notEmpty = lock.newCondition();
        private final Condition notFull = lock.newCondition();
        private final ArrayDeque<Integer> buffer = new ArrayDeque<>(); // guarded by lock
        private final Items items = new Items(true);

        @Override
        public void step(Fighter f) throws Exception {
            int size = buffer.size(); // only about
            boolean bring = size == 0 || size < SIZE && f.random.nextBoolean();
            if (f.random.nextInt(4) == 0 ? f.random.nextBoolean() : bring) {
                put(f);
            } else {
                take(f);
            }
        }

        private void put(Fighter f) throws Exception {
            lock.lockInterruptibly();
            try {
                while (buffer.size() == SIZE) {
                    if (!await(f, notFull)) {
                        return;
                    }
                }
                Integer item = items.make(f.number);
                buffer.add(item);
                items.put(item);
                notEmpty.signal();
            } finally {
                lock.unlock();
            }
        }

        private void take(Fighter f) throws Exception {
            lock.lockInterruptibly();
            try {
                while (buffer.isEmpty()) {
                    if (!await(f, notEmpty)) {
                        return;
                    }
                }
                items.got(buffer.remove(), f.number);
                notFull.signal();
            } finally {
                lock.unlock();
            }
        }

        private boolean await(Fighter f, Condition c) throws Exception {
            try {
                return f.attempt(c::await, d -> c.await(d.toNanos(), TimeUnit.NANOSECONDS));
            } finally {
                assertTrue(lock.isHeld(), "however a wait ends, the lock is held");
                assertEquals(1, lock.holdCount());
            }
        }

        @Override
        public void help() {
            lock.lock();
            try {
                if (buffer.isEmpty()) {
                    Integer item = items.make(60);
                    buffer.add(item);
                    items.put(item);
                    notEmpty.signal();
                } else if (buffer.size() == SIZE) {
                    items.got(buffer.remove(), 60);
                    notFull.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void check() {
            assertFalse(lock.isLocked());
            while (!buffer.isEmpty()) {
                items.got(buffer.remove(), 61);
            }
            items.check();
        }
    }

    /**
     * All of a generation get through, or none: but for one who is killed when all have come
     * already. With him the others go on, and he sees why he does not.
     */
    static final class Barriers implements Contest {
        private final AtomicInteger trips = new AtomicInteger();
        private final AtomicInteger killed = new AtomicInteger();
        private final int parties;
        private final Barrier barrier;
        private final AtomicIntegerArray through; // by index

        Barriers(long seed) {
            parties = 2 + Math.floorMod(seed, 2);
            barrier = new Barrier(parties, trips::incrementAndGet);
            through = new AtomicIntegerArray(parties);
        }

        @Override
        public void step(Fighter f) throws Exception {
            try {
                f.attempt(this::await, this::await);
            } catch (BrokenBarrierException e) {
                if (barrier.isBroken()) {
                    barrier.reset();
                }
            }
        }

        private void await() throws Exception {
            try {
                came(barrier.await());
            } catch (GreenletExit | Interrupted | Timeout e) {
                killed.incrementAndGet();
                throw e;
            }
        }

        private boolean await(Duration d) throws Exception {
            try {
                came(barrier.await(d));
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (GreenletExit | Interrupted e) {
                killed.incrementAndGet();
                throw e;
            }
        }

        private void came(int index) {
            through.incrementAndGet(index);
        }

        @Override
        public void help() {
            int n = barrier.waiting();
            if (n > 0 && n < parties || barrier.isBroken()) {
                barrier.reset();
            }
        }

        @Override
        public void check() {
            assertEquals(trips.get(), through.get(0), "the last ones, who did the action");
            int missing = 0;
            for (int i = 1; i < parties; i++) {
                missing += trips.get() - through.get(i);
                assertTrue(through.get(i) <= trips.get(), "index " + i);
            }
            assertTrue(missing <= killed.get(), missing + " are missing, killed " + killed.get());
            assertEquals(0, barrier.waiting());
        }
    }

    /** Many latches in a row, of three each. */
    static final class Latches implements Contest {
        private static final int COUNT = 3;

        private record Turn(CountDownLatch latch, AtomicInteger tickets) {
            Turn() {
                this(new CountDownLatch(COUNT), new AtomicInteger());
            }
        }

        private volatile Turn turn = new Turn();

        @Override
        public void step(Fighter f) throws Exception {
            Turn t = turn;
            if (f.random.nextBoolean()) {
                countDown(t);
            } else if (f.attempt(t.latch::await, t.latch::await)) {
                assertEquals(0, t.latch.count());
            }
        }

        private void countDown(Turn t) {
            int ticket = t.tickets.incrementAndGet();
            if (ticket <= COUNT) {
                t.latch.countDown();
            }
            if (ticket == COUNT) {
                turn = new Turn();
            }
        }

        @Override
        public void help() {
            countDown(turn);
        }

        @Override
        public void check() {
            assertTrue(turn.latch.count() > 0);
        }
    }
}
