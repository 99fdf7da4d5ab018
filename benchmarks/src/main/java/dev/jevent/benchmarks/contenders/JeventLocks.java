package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import dev.jevent.Jevent;
import dev.jevent.lock.RLock;
import dev.jevent.lock.ReadWriteLock;
import dev.jevent.lock.Semaphore;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/** jevent's semaphores and locks. */
final class JeventLocks {
    private static final Duration LONG = Duration.ofSeconds(100);

    private JeventLocks() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("semaphore", JeventLocks::semaphore),
                entry("semaphore-handoff", JeventLocks::semaphoreHandOff),
                entry("semaphore-timed-handoff", JeventLocks::semaphoreTimed),
                entry("rlock", () -> uncontended(new RLock())),
                entry("rlock-handoff", JeventLocks::lockWithYields),
                entry("rlock-fair-handoff", JeventLocks::lockInTurns),
                entry("condition-handoff", () -> new Turnstile(new RLock()).work()),
                entry("rwlock-read", () -> uncontended(new ReadWriteLock().readLock())),
                entry("rwlock-write", () -> uncontended(new ReadWriteLock().writeLock())),
                entry("rwlock-handoff", JeventLocks::readersAndWriters));
    }

    private static Work semaphore() {
        Semaphore semaphore = new Semaphore(1);
        return Work.alone(
                () -> {
                    semaphore.acquire();
                    semaphore.release();
                });
    }

    private static Work semaphoreHandOff() {
        Semaphore ping = new Semaphore(0);
        Semaphore pong = new Semaphore(0);
        return Work.pingPong(
                () -> {
                    ping.release();
                    pong.acquire();
                },
                () -> {
                    ping.acquire();
                    pong.release();
                });
    }

    private static Work semaphoreTimed() {
        Semaphore ping = new Semaphore(0);
        Semaphore pong = new Semaphore(0);
        return Work.pingPong(
                () -> {
                    ping.release();
                    if (!pong.acquire(LONG)) {
                        throw new IllegalStateException("lost");
                    }
                },
                () -> {
                    if (ping.acquire(LONG)) {
                        pong.release();
                    }
                });
    }

    private static Work uncontended(Lock lock) {
        return Work.alone(
                () -> {
                    lock.lock();
                    lock.unlock();
                });
    }

    private static Work lockWithYields() {
        RLock lock = new RLock();
        return Work.pingPong(() -> yielding(lock), () -> yielding(lock));
    }

    private static Work readersAndWriters() {
        ReadWriteLock lock = new ReadWriteLock();
        return Work.pingPong(() -> yielding(lock.writeLock()), () -> yielding(lock.readLock()));
    }

    /** Yields with the lock and without it, so that the other always finds it taken. */
    private static void yielding(Lock lock) {
        lock.lock();
        Jevent.sleep(0);
        lock.unlock();
        Jevent.sleep(0);
    }

    /** A fair lock: once both want it, each gets it when the other gives it back. */
    private static Work lockInTurns() {
        RLock lock = new RLock();
        return Work.pingPong(
                n -> {
                    lock.lock();
                    Jevent.sleep(0); // the partner comes to want it
                    lock.unlock();
                    for (int i = 1; i < n; i++) {
                        lock.lock();
                        lock.unlock();
                    }
                },
                () -> {
                    lock.lock();
                    lock.unlock();
                });
    }
}
