package dev.jevent.util;

import dev.jevent.internal.Monitoring;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Compares the memory in use with what is allowed, each time it is called. */
final class MemoryWatch implements Runnable {

    final List<Consumer<? super MemoryUsageThresholdExceeded>> exceeded =
            new CopyOnWriteArrayList<>();
    final List<Consumer<? super MemoryUsageUnderThreshold>> under = new CopyOnWriteArrayList<>();
    private final LongSupplier usage;
    private volatile long maxAllowed; // bytes; 0: any
    private long above; // the last usage if that was too much, else 0; monitor thread

    MemoryWatch(LongSupplier usage) {
        this.usage = usage;
    }

    static long heapInUse() {
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    void maxAllowed(long bytes) {
        maxAllowed = bytes;
    }

    long maxAllowed() {
        return maxAllowed;
    }

    @Override
    public void run() {
        long allowed = maxAllowed;
        long now = usage.getAsLong();
        if (allowed > 0 && now > allowed) {
            if (now > above) {
                tell(exceeded, new MemoryUsageThresholdExceeded(now, allowed));
            }
            above = now;
        } else if (above > 0) {
            long last = above;
            above = 0;
            tell(under, new MemoryUsageUnderThreshold(now, allowed, last));
        }
    }

    private static <E> void tell(List<Consumer<? super E>> listeners, E event) {
        for (Consumer<? super E> listener : listeners) {
            Monitoring.call("a listener of the monitor", () -> listener.accept(event));
        }
    }

    @Override
    public String toString() {
        return "memory watch";
    }
}
