package dev.jevent.benchmarks.contenders;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code BENCH_COUNT} threads of the JDK, {@code virtual} or {@code platform}, parked in {@code
 * LockSupport}: bytes each, of live heap and metadata after a full collection, and of resident
 * memory. The threads are kept alive by the JDK, which knows every thread that is started.
 */
public final class JdkMemory {
    private static final AtomicInteger started = new AtomicInteger();

    private static volatile int released;

    private JdkMemory() {}

    public static void main(String[] args) throws Exception {
        int count = Self.number("BENCH_COUNT", 1_000_000);
        Thread.Builder threads = Threads.builder(args[0]);
        warmUp(threads, Math.min(20_000, count / 10));
        long liveBefore = Self.liveBytes();
        long residentBefore = Self.residentBytes();
        for (int i = 0; i < count; i++) {
            threads.start(JdkMemory::park);
        }
        while (started.get() < count) {
            Thread.sleep(10);
        }
        Thread.sleep(500); // the last of them are on their way to park
        double live = Self.liveBytes() - liveBefore;
        double resident = Self.residentBytes() - residentBefore;
        Self.result("live_bytes", live / count, "rss_bytes", resident / count);
        Runtime.getRuntime().halt(0);
    }

    /** So that what is measured is the compiled code's stack, as in a program that runs a while. */
    private static void warmUp(Thread.Builder threads, int count) throws InterruptedException {
        for (int round = 0; round < 10; round++) {
            Thread[] some = new Thread[count];
            for (int i = 0; i < count; i++) {
                some[i] = threads.start(JdkMemory::park);
            }
            Thread.sleep(200);
            released = round + 1;
            for (Thread t : some) {
                LockSupport.unpark(t);
                t.join();
            }
            started.set(0);
        }
        Thread.sleep(200);
    }

    private static void park() {
        int until = released + 1;
        started.incrementAndGet();
        while (released < until) {
            LockSupport.park();
        }
    }
}
