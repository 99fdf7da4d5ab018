package dev.jevent.benchmarks.contenders;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** Two take turns and tell each other by a condition: jevent's or the JDK's. */
final class Turnstile {
    private final Lock lock;
    private final Condition changed;
    private boolean partners; // guarded by lock

    Turnstile(Lock lock) {
        this.lock = lock;
        this.changed = lock.newCondition();
    }

    Work work() {
        return Work.pingPong(this::turns, this::partnersTurns);
    }

    private void turns(int n) throws InterruptedException {
        lock.lock();
        try {
            for (int i = 0; i < n; i++) {
                partners = true;
                changed.signal();
                while (partners) {
                    changed.await();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void partnersTurns() throws InterruptedException {
        lock.lock();
        try {
            for (int i = 0; i < 1000; i++) {
                while (!partners) {
                    changed.await();
                }
                partners = false;
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }
}
