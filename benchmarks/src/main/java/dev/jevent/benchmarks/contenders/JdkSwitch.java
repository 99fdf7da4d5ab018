package dev.jevent.benchmarks.contenders;

import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Two threads of the JDK alternate: nanoseconds for one hand-off, in one direction. {@code virtual}
 * or {@code platform} threads; with {@code park}: {@code LockSupport}, or through two {@code
 * semaphore}s of {@code java.util.concurrent}.
 */
public final class JdkSwitch {
    private final Semaphore ping = new Semaphore(0);
    private final Semaphore pong = new Semaphore(0);
    private volatile boolean over;

    private JdkSwitch() {}

    public static void main(String[] args) throws Exception {
        Thread.Builder threads = Threads.builder(args[0]);
        FutureTask<Double> nanos;
        if (args[1].equals("park")) {
            Turns turns = new Turns();
            threads.start(turns::partner);
            nanos = new FutureTask<>(turns::measure);
        } else {
            JdkSwitch both = new JdkSwitch();
            threads.start(both::partner);
            nanos = new FutureTask<>(both::measure);
        }
        threads.start(nanos);
        Self.result("handoff_ns", nanos.get());
    }

    private double measure() throws Exception {
        double nanos = Rounds.nanosPerOperation(1000, this::roundTrips);
        over = true;
        ping.release();
        return nanos / 2;
    }

    private void roundTrips(int n) throws InterruptedException {
        for (int i = 0; i < n; i++) {
            ping.release();
            pong.acquire();
        }
    }

    private void partner() {
        while (true) {
            ping.acquireUninterruptibly();
            if (over) {
                return;
            }
            pong.release();
        }
    }
}
