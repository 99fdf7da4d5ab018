package dev.jevent.benchmarks.contenders;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;
import dev.jevent.lock.Semaphore;

/**
 * Two greenlets alternate: nanoseconds for one hand-off, in one direction. {@code semaphore}:
 * through two of jevent's semaphores; {@code park}: with the JDK's {@code LockSupport}.
 */
public final class JeventSwitch {
    private final Semaphore ping = new Semaphore(0);
    private final Semaphore pong = new Semaphore(0);
    private boolean over; // greenlets of one hub

    private JeventSwitch() {}

    public static void main(String[] args) throws Exception {
        Greenlet<Double> nanos;
        if (args[0].equals("park")) {
            Turns turns = new Turns();
            Jevent.spawn(turns::partner);
            nanos = Jevent.spawn(turns::measure);
        } else {
            JeventSwitch both = new JeventSwitch();
            Jevent.spawn(both::partner);
            nanos = Jevent.spawn(both::measure);
        }
        Self.result("handoff_ns", nanos.get());
    }

    private double measure() throws Exception {
        double nanos = Rounds.nanosPerOperation(1000, this::roundTrips);
        over = true;
        ping.release();
        return nanos / 2;
    }

    private void roundTrips(int n) throws Exception {
        for (int i = 0; i < n; i++) {
            ping.release();
            pong.acquire();
        }
    }

    private void partner() throws Exception {
        while (true) {
            ping.acquire();
            if (over) {
                return;
            }
            pong.release();
        }
    }
}
