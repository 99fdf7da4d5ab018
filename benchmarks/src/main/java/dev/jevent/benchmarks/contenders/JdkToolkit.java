package dev.jevent.benchmarks.contenders;

import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * The primitives of {@code java.util.concurrent}, between virtual threads: nanoseconds for one
 * operation or one hand-off of each that is named, with commas between the names. What they are
 * made of are the nearest relatives of jevent's, as they come unless something else is said.
 */
public final class JdkToolkit {

    private JdkToolkit() {}

    public static void main(String[] args) throws Exception {
        inVirtualThread(
                () ->
                        Work.report(
                                args[0],
                                List.of(
                                        JdkLocks.works(),
                                        JdkEvents.works(),
                                        JdkQueues.works(),
                                        JdkPools.works()),
                                JdkToolkit::measure));
    }

    /** Does everything in a virtual thread. */
    static void inVirtualThread(Work.Step everything) throws Exception {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            everything.run();
                            return null;
                        });
        Thread.startVirtualThread(task);
        task.get();
    }

    /** In this thread, beside a virtual thread. */
    static double measure(Work work) throws Exception {
        if (work.partner().isEmpty()) {
            return work.nanos();
        }
        Work.Partner partner = new Work.Partner(work.partner().get());
        Thread beside = Thread.startVirtualThread(() -> run(partner));
        double nanos = work.nanos();
        partner.end();
        beside.interrupt();
        return nanos;
    }

    private static void run(Work.Partner partner) {
        try {
            partner.run();
        } catch (InterruptedException e) {
            // It is over.
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1); // or the other would wait for ever
        }
    }
}
