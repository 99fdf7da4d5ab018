package dev.jevent.benchmarks.contenders;

import dev.jevent.Greenlet;
import dev.jevent.Jevent;

import java.util.List;

/**
 * jevent's primitives, between greenlets of one hub: nanoseconds for one operation or one hand-off
 * of each that is named, with commas between the names.
 */
public final class JeventToolkit {

    private JeventToolkit() {}

    public static void main(String[] args) throws Exception {
        Jevent.spawn(() -> measureAll(args[0])).get();
    }

    private static void measureAll(String names) throws Exception {
        Work.report(
                names,
                List.of(
                        JeventLocks.works(),
                        JeventEvents.works(),
                        JeventQueues.works(),
                        JeventPools.works()),
                JeventToolkit::measure);
    }

    private static double measure(Work work) throws Exception {
        if (work.partner().isEmpty()) {
            return work.nanos();
        }
        Work.Partner partner = new Work.Partner(work.partner().get());
        Greenlet<Void> beside = Jevent.spawn(partner::run);
        double nanos = work.nanos();
        partner.end();
        beside.kill();
        return nanos;
    }
}
