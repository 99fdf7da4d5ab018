package dev.jevent.benchmarks.contenders;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import java.util.ArrayList;
import java.util.List;

/** Greenlets that sleep for random times: how late they wake, and the CPU time of the process. */
public final class JeventTimers {

    private JeventTimers() {}

    public static void main(String[] args) throws Exception {
        Sleepers sleepers = new Sleepers();
        List<Greenlet<Void>> greenlets = new ArrayList<>(sleepers.count());
        for (int i = 0; i < sleepers.count(); i++) {
            int number = i;
            greenlets.add(Jevent.spawn(() -> sleepers.run(number, Jevent::sleep)));
        }
        Jevent.joinAll(greenlets);
        sleepers.report();
    }
}
