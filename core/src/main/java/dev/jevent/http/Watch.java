package dev.jevent.http;

import dev.jevent.Jevent;
import dev.jevent.RawGreenlet;
import dev.jevent.internal.HubAccess;
import dev.jevent.internal.SpinLock;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at all connections of a server some times a second, and ends those whose client is too
 * slow. So a connection that waits needs no timer of its own: it says what it waits for, and how
 * far it came, in plain fields.
 *
 * <p>One greenlet, which rests while there is no connection, and ends when the server is closed and
 * the last one has gone. A connection on another thread may go on in the moment of the look; see
 * {@link Progress}.
 */
final class Watch extends SpinLock {

    private static final long LONGEST = 1_000_000_000;
    private static final long SHORTEST = 5_000_000;

    private final HttpServer server;
    private final long period;
    private final dev.jevent.event.Event news = new dev.jevent.event.Event();
    private @Nullable HttpConnection first; // guarded by this: a list by their own links
    private int count; // guarded by this
    private boolean resting; // guarded by this: until there is a connection again

    Watch(HttpServer server, Limits limits) {
        this.server = server;
        long shortest =
                Math.min(
                        Math.min(nanos(limits.headerTimeout()), nanos(limits.idleTimeout())),
                        nanos(limits.grace()));
        period = Math.clamp(shortest / 4, SHORTEST, LONGEST);
    }

    static long nanos(Duration time) {
        return HubAccess.get().nanos(time);
    }

    void start() {
        RawGreenlet ignored = Jevent.spawnRaw(this::run);
    }

    private void run() {
        long last = HubAccess.get().nanoTime();
        while (!(server.isClosed() && size() == 0)) {
            boolean rested = rests();
            if (rested) {
                news.await();
            } else {
                boolean ignored = news.await(Duration.ofNanos(period));
            }
            news.clear();
            long now = HubAccess.get().nanoTime();
            long passed = rested ? 0 : now - last;
            last = now;
            for (HttpConnection c : all()) {
                look(c, passed);
            }
        }
    }

    /** Whether there is nothing to look at; then who adds the first connection wakes this. */
    private boolean rests() {
        lock();
        boolean rests = count == 0;
        resting = rests;
        unlock();
        return rests;
    }

    private void look(HttpConnection c, long passed) {
        try {
            c.look(passed);
        } catch (RuntimeException e) {
            server.report(this, e); // the others are watched nevertheless
        }
    }

    /** A connection has begun. */
    void add(HttpConnection c) {
        lock();
        c.next = first;
        if (first != null) {
            first.previous = c;
        }
        first = c;
        count++;
        boolean wake = resting;
        resting = false;
        unlock();
        if (wake) {
            news.set();
        }
    }

    /** It has ended. */
    void remove(HttpConnection c) {
        lock();
        if (c.previous == null) {
            first = c.next;
        } else {
            c.previous.next = c.next;
        }
        if (c.next != null) {
            c.next.previous = c.previous;
        }
        boolean last = --count == 0;
        unlock();
        if (last && server.isClosed()) {
            news.set();
        }
    }

    /** The server is closed. */
    void wake() {
        news.set();
    }

    int size() {
        lock();
        int n = count;
        unlock();
        return n;
    }

    private List<HttpConnection> all() {
        List<HttpConnection> all = new ArrayList<>(size() + 8); // outside of the lock
        lock();
        for (HttpConnection c = first; c != null; c = c.next) {
            all.add(c);
        }
        unlock();
        return all;
    }
}
