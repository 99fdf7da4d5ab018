package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** The JDK's semaphores and locks. */
final class JdkLocks {

    private JdkLocks() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("semaphore", JdkLocks::semaphore),
                entry("semaphore-handoff", JdkLocks::semaphoreHandOff),
                entry("semaphore-timed-handoff", JdkLocks::semaphoreTimed),
                entry("rlock", () -> uncontended(new ReentrantLock())),
                entry("rlock-handoff", JdkLocks::lockWithYields),
                entry("rlock-fair-handoff", JdkLocks::lockInTurns),
                entry("condition-handoff", () -> new Turnstile(new ReentrantLock()).work()),
                entry("rwlock-read", () -> uncontended(new ReentrantReadWriteLock().readLock())),
                entry("rwlock-write", () -> uncontended(new ReentrantReadWriteLock().writeLock())),
                entry("rwlock-handoff", JdkLocks::readersAndWriters));
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
                    if (!pong.tryAcquire(100, TimeUnit.SECONDS)) {
                        throw new IllegalStateException("lost");
                    }
                },
                () -> {
                    if (ping.tryAcquire(100, TimeUnit.SECONDS)) {
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
        ReentrantLock lock = new ReentrantLock();
        return Work.pingPong(() -> yielding(lock), () -> yielding(lock));
    }

    private static Work readersAndWriters() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        return Work.pingPong(() -> yielding(lock.writeLock()), () -> yielding(lock.readLock()));
    }

    /** Yields with the lock and without it, so that the other always finds it taken. */
    private static void yielding(Lock lock) {
        lock.lock();
        Thread.yield();
        lock.unlock();
        Thread.yield();
    }

    /** A fair lock: once both want it, each gets it when the other gives it back. */
    private static Work lockInTurns() {
        ReentrantLock lock = new ReentrantLock(true);
        return Work.pingPong(
                n -> {
                    lock.lock();
                    Thread.yield(); // the partner comes to want it
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
