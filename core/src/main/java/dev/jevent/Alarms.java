package dev.jevent;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timeouts of virtual threads that have no hub; one daemon thread, made when first needed. */
final class Alarms {

    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private Alarms() {}

    private static ScheduledThreadPoolExecutor timer() {
        var timer =
                new ScheduledThreadPoolExecutor(
                        1,
                        Thread.ofPlatform()
                                .daemon()
                                .name("jevent-alarms")
                                .inheritInheritableThreadLocals(false)
                                .factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    static ScheduledFuture<?> after(long nanos, Runnable action) {
        return TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
    }
}
