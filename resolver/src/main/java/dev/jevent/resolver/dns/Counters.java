package dev.jevent.resolver.dns;

import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link DnsStatistics}. Any thread. */
final class Counters {

    final LongAdder lookups = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder overTcp = new LongAdder();
    final LongAdder unanswered = new LongAdder();
    final LongAdder ignored = new LongAdder();

    DnsStatistics with(int cached) {
        return new DnsStatistics(
                lookups.sum(),
                hits.sum(),
                misses.sum(),
                sent.sum(),
                overTcp.sum(),
                unanswered.sum(),
                ignored.sum(),
                cached);
    }
}
