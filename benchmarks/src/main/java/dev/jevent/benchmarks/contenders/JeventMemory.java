package dev.jevent.benchmarks.contenders;

import dev.jevent.Jevent;
import dev.jevent.lock.Semaphore;

/**
 * {@code BENCH_COUNT} greenlets parked in a semaphore that nobody releases: bytes each, of live
 * heap and metadata after a full collection, and of resident memory.
 */
public final class JeventMemory {
    private static final Semaphore NEVER = new Semaphore(0);
    private static int started; // one hub

    private JeventMemory() {}

    public static void main(String[] args) throws Exception {
        int count = Self.number("BENCH_COUNT", 1_000_000);
        Jevent.spawn(() -> {}).join(); // the hub itself is not what is measured
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

    private static void park() throws Exception {
        started++;
        NEVER.acquire();
    }
}
