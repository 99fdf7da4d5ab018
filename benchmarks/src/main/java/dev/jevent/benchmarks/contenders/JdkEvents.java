package dev.jevent.benchmarks.contenders;

import static java.util.Map.entry;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The JDK's futures, latches and barriers. It has no event: for one that is set stands an open
 * {@link CountDownLatch}, for one that is set and cleared a lock with a condition.
 */
final class JdkEvents {

    private JdkEvents() {}

    static Map<String, Supplier<Work>> works() {
        return Map.ofEntries(
                entry("event", JdkEvents::event),
                entry("event-handoff", JdkEvents::eventHandOff),
                entry("asyncresult", JdkEvents::future),
                entry("asyncresult-handoff", () -> new Futures().work()),
                entry("latch", JdkEvents::latch),
                entry("latch-handoff", () -> new Latches().work()),
                entry("barrier-handoff", JdkEvents::barrier));
    }

    private static Work event() {
        CountDownLatch open = new CountDownLatch(0);
        return Work.alone(
                () -> {
                    if (open.getCount() == 0) {
                        open.await();
                    }
                });
    }

    private static Work eventHandOff() {
        Event ping = new Event();
        Event pong = new Event();
        return Work.pingPong(
                () -> {
                    ping.set();
                    pong.await();
                    pong.clear();
                },
                () -> {
                    ping.await();
                    ping.clear();
                    pong.set();
                });
    }

    private static Work future() {
        return Work.alone(
                () -> {
                    CompletableFuture<Integer> future = new CompletableFuture<>();
                    future.complete(1);
                    future.get();
                });
    }

    private static Work latch() {
        return Work.alone(
                () -> {
                    CountDownLatch latch = new CountDownLatch(1);
                    latch.countDown();
                    latch.await();
                });
    }

    private static Work barrier() {
        CyclicBarrier barrier = new CyclicBarrier(2);
        return Work.stream(barrier::await, barrier::await);
    }

    private static final class Event {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition becameSet = lock.newCondition();
        private boolean set; // guarded by lock

        void set() {
            lock.lock();
            try {
                set = true;
                becameSet.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void clear() {
            lock.lock();
            try {
                set = false;
            } finally {
                lock.unlock();
            }
        }

        void await() throws InterruptedException {
            lock.lock();
            try {
                while (!set) {
                    becameSet.await();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Each turn has a future of its own, made by the one who waits for it. */
    private static final class Futures {
        private CompletableFuture<Integer> mine = new CompletableFuture<>();
        private CompletableFuture<Integer> partners = new CompletableFuture<>();

        Work work() {
            return Work.pingPong(
                    () -> {
                        mine = new CompletableFuture<>();
                        partners.complete(1);
                        mine.get();
                    },
                    () -> {
                        partners.get();
                        partners = new CompletableFuture<>();
                        mine.complete(1);
                    });
        }
    }

    /** Each turn has a latch of its own, made by the one who waits for it. */
    private static final class Latches {
        private CountDownLatch mine = new CountDownLatch(1);
        private CountDownLatch partners = new CountDownLatch(1);

        Work work() {
            return Work.pingPong(
                    () -> {
                        mine = new CountDownLatch(1);
                        partners.countDown();
                        mine.await();
                    },
                    () -> {
                        partners.await();
                        partners = new CountDownLatch(1);
                        mine.countDown();
                    });
        }
    }
}
