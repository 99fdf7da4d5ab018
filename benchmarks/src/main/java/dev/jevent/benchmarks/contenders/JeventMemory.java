package dev.jevent.benchmarks.contenders;

import dev.jevent.Jevent;
import dev.jevent.lock.Semaphore;

/**
 * {@code BENCH_COUNT} greenlets parked in a semaphore that nobody releases any more: bytes each, of
 * live heap and metadata after a full collection, and of resident memory.
 */
public final class JeventMemory {
    private static final Semaphore NEVER = new Semaphore(0);
    private static int started; // one hub

    private JeventMemory() {}

    public static void main(String[] args) throws Exception {
        int count = Self.number("BENCH_COUNT", 1_000_000);
        warmUp();
        long liveBefore = Self.liveBytes();
        long residentBefore = Self.residentBytes();
        for (int i = 0; i < count; i++) {
            Jevent.spawn(JeventMemory::park);
        }
        while (started < count) {
            Jevent.sleep(10);
        }
        double live = Self.liveBytes() - liveBefore;
        double resident = Self.residentBytes() - residentBefore;
        Self.result("live_bytes", live / count, "rss_bytes", resident / count);
        Runtime.getRuntime().halt(0);
    }

    /** So that what is measured is the compiled code's stack, as in a program that runs a while. */
    private static void warmUp() {
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 20_000; i++) {
                Jevent.spawn(JeventMemory::park);
            }
            Jevent.sleep(200);
            for (; started > 0; started--) {
                NEVER.release();
            }
        }
        Jevent.sleep(200);
    }

    private static void park() throws Exception {
        started++;
        NEVER.acquire();
    }
}
