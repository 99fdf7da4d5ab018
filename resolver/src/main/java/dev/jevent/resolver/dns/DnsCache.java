package dev.jevent.resolver.dns;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers as long as they hold; those that were asked for least recently go first when there are
 * too many. What no longer holds is never given. Any thread.
 */
final class DnsCache {

    /**
     * How much is kept, and how long.
     *
     * @param entries zero for none
     * @param shortest of what exists, whatever its TTL says, unless that is zero
     * @param longest of what exists
     * @param longestNegative of what does not
     */
    record Limits(int entries, Duration shortest, Duration longest, Duration longestNegative) {
        static final Limits DEFAULT =
                new Limits(10_000, Duration.ZERO, Duration.ofDays(1), Duration.ofMinutes(15));
    }

    private record Key(Name name, int type) {}

    private record Entry(Answer answer, long since, long nanos) {
        boolean holds(long now) {
            long age = now - since;
            return age >= 0 && age < nanos; // negative by the clock of another hub: not known
        }
    }

    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Key, Entry> entries; // guarded by the lock

    DnsCache(Limits limits) {
        this.limits = limits;
        this.entries =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Key, DnsCache.Entry> eldest) {
                        return size() > limits.entries;
                    }
                };
    }

    /**
     * Null if nothing is known. That a name does not exist counts for the type that was asked for:
     * some servers say so to IPv6 where the name has IPv4 addresses (RFC 4074, section 4.2).
     */
    @Nullable Answer get(Name name, int type, long now) {
        lock.lock();
        try {
            return get(new Key(name, type), now);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Answer get(Key key, long now) {
        Entry e = entries.get(key);
        if (e == null) {
            return null;
        }
        if (!e.holds(now)) {
            entries.remove(key);
            return null;
        }
        return e.answer;
    }

    void put(Name name, int type, Answer answer, long now) {
        long seconds = seconds(answer);
        if (seconds <= 0 || limits.entries == 0) {
            return;
        }
        var key = new Key(name, type);
        var entry = new Entry(answer, now, TimeUnit.SECONDS.toNanos(seconds));
        lock.lock();
        try {
            entries.put(key, entry);
        } finally {
            lock.unlock();
        }
    }

    private long seconds(Answer answer) {
        if (answer.ttl() <= 0) {
            return 0;
        }
        if (answer.records().isEmpty()) {
            return Math.min(answer.ttl(), limits.longestNegative.toSeconds());
        }
        long least = Math.max(answer.ttl(), limits.shortest.toSeconds());
        return Math.min(least, limits.longest.toSeconds());
    }

    void clear() {
        lock.lock();
        try {
            entries.clear();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }
}
