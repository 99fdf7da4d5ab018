package dev.jevent.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jevent.lock.BoundedSemaphore;
import dev.jevent.lock.Held;
import dev.jevent.lock.RLock;
import dev.jevent.lock.ReadWriteLock;
import dev.jevent.lock.Semaphore;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

/** Semaphores and locks: nobody is inside with one too many, and all permits come back. */
final class LockContests {

    private LockContests() {}

    /** A semaphore of one to three permits. */
    static final class Permits implements Contest {
        private final int permits;
        private final Semaphore semaphore;
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private int count; // guarded by the semaphore, if that has but one permit

        Permits(long seed, boolean bounded) {
            permits = 1 + Math.floorMod(seed, 3);
            semaphore = bounded ? new BoundedSemaphore(permits) : new Semaphore(permits);
        }

        @Override
        public void step(Fighter f) throws Exception {
            switch (f.random.nextInt(12)) {
                case 0 -> f.attempt(semaphore::await, d -> semaphore.await(d) > 0);
                case 1 -> {
                    if (semaphore.tryAcquire()) {
                        inside(f);
                    }
                }
                case 2 -> {
                    try (Held held = semaphore.hold()) {
                        assertNotNull(held);
                        count(f);
                    }
                }
                default -> {
                    if (f.attempt(semaphore::acquire, semaphore::acquire)) {
                        inside(f);
                    }
                }
            }
        }

        private void inside(Fighter f) {
            try {
                count(f);
            } finally {
                semaphore.release();
            }
        }

        private void count(Fighter f) {
            int n = inside.incrementAndGet();
            try {
                assertTrue(n <= permits, () -> n + " are inside with " + permits + " permits");
                taken.incrementAndGet();
                int before = count;
                try {
                    f.perhapsYield();
                } finally {
                    count = before + 1;
                }
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void check() {
            assertEquals(permits, semaphore.counter());
            assertEquals(0, inside.get());
            if (permits == 1) {
                assertEquals(taken.get(), count, "one at a time was inside");
            }
            if (semaphore instanceof BoundedSemaphore) {
                assertThrows(IllegalStateException.class, semaphore::release);
            }
            for (int i = 0; i < permits; i++) {
                assertTrue(semaphore.tryAcquire());
            }
            assertFalse(semaphore.tryAcquire());
        }
    }

    static boolean within(Lock lock, Duration d) throws InterruptedException {
        return lock.tryLock(d.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** One holds it, as often as it likes. */
    static final class Reentrant implements Contest {
        private final RLock lock = new RLock();
        private final AtomicInteger taken = new AtomicInteger();
        private int count; // guarded by lock

        @Override
        public void step(Fighter f) throws Exception {
            boolean got =
                    switch (f.random.nextInt(4)) {
                        case 0 -> f.attempt(lock::lock, d -> within(lock, d));
                        case 1 -> f.attempt(lock::lockInterruptibly, d -> within(lock, d));
                        case 2 -> lock.tryLock();
                        default -> f.attempt(lock::acquire, lock::acquire);
                    };
            if (got) {
                inside(f, f.random.nextInt(3));
            }
        }

        private void inside(Fighter f, int deeper) {
            try {
                assertTrue(lock.isHeld());
                taken.incrementAndGet();
                int before = count;
                try {
                    f.perhapsYield();
                } finally {
                    count = before + 1;
                }
                if (deeper > 0) {
                    try (Held held = lock.hold()) {
                        assertNotNull(held);
                        assertEquals(2, lock.holdCount());
                    }
                    lock.acquire();
                    inside(f, 0);
                }
            } finally {
                lock.release();
            }
        }

        @Override
        public void check() {
            assertEquals(taken.get(), count, "one at a time was inside");
            assertFalse(lock.isLocked());
            assertTrue(lock.tryLock());
            assertEquals(1, lock.holdCount());
            lock.unlock();
        }
    }

    /** One writer, or many readers. */
    static final class ReadersAndWriters implements Contest {
        private final ReadWriteLock lock = new ReadWriteLock();
        private final AtomicInteger readers = new AtomicInteger();
        private final AtomicInteger written = new AtomicInteger();
        private int a; // guarded by lock
        private int b; // guarded by lock

        @Override
        public void step(Fighter f) throws Exception {
            boolean write = f.random.nextInt(4) == 0;
            Lock side = write ? lock.writeLock() : lock.readLock();
            boolean got =
                    switch (f.random.nextInt(4)) {
                        case 0 -> side.tryLock();
                        case 1 -> f.attempt(side::lock, d -> within(side, d));
                        default -> f.attempt(side::lockInterruptibly, d -> within(side, d));
                    };
            if (!got) {
                return;
            }
            try {
                if (write) {
                    write(f);
                } else {
                    read(f);
                }
            } finally {
                side.unlock();
            }
        }

        private void write(Fighter f) {
            assertEquals(0, readers.get(), "no reader is beside a writer");
            written.incrementAndGet();
            a++;
            try {
                f.perhapsYield();
            } finally {
                b++;
            }
            if (f.random.nextBoolean()) {
                lock.writeLock().lock(); // once more
                lock.readLock().lock(); // and down
                try {
                    assertEquals(a, b);
                } finally {
                    lock.readLock().unlock();
                    lock.writeLock().unlock();
                }
            }
        }

        private void read(Fighter f) {
            readers.incrementAndGet();
            try {
                int before = a;
                assertEquals(before, b, "no writer is beside a reader");
                f.perhapsYield();
                if (f.random.nextInt(4) == 0) {
                    lock.readLock().lock(); // once more, whoever waits
                    lock.readLock().unlock();
                }
                assertEquals(before, a);
                assertEquals(before, b);
            } finally {
                readers.decrementAndGet();
            }
        }

        @Override
        public void check() {
            assertEquals(written.get(), a);
            assertEquals(written.get(), b);
            assertTrue(lock.writeLock().tryLock(), "it is free");
            lock.writeLock().unlock();
        }
    }
}
