package dev.jevent.benchmarks.contenders;

import java.util.concurrent.locks.LockSupport;

/**
 * Two threads take turns with nothing but a volatile turn and {@link LockSupport}: the cheapest
 * hand-off that the JDK has. For threads of any kind, greenlets too.
 */
final class Turns {
    private volatile Thread first;
    private volatile Thread second;
    private volatile boolean secondsTurn;
    private volatile boolean over;

    /** The first thread: measures, and ends the second. Returns nanoseconds for one hand-off. */
    double measure() throws Exception {
        first = Thread.currentThread();
        while (second == null) {
            Thread.sleep(1);
        }
        double nanos = Rounds.nanosPerOperation(1000, this::roundTrips);
        over = true;
        secondsTurn = true;
        LockSupport.unpark(second);
        return nanos / 2;
    }

    private void roundTrips(int n) {
        for (int i = 0; i < n; i++) {
            secondsTurn = true;
            LockSupport.unpark(second);
            while (secondsTurn) {
                LockSupport.park(this);
            }
        }
    }

    /** The second thread: hands back each turn that it gets. */
    void partner() {
        second = Thread.currentThread();
        while (true) {
            while (!secondsTurn) {
                LockSupport.park(this);
            }
            if (over) {
                return;
            }
            secondsTurn = false;
            LockSupport.unpark(first);
        }
    }
}
