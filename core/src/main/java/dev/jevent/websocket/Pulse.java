package dev.jevent.websocket;

import dev.jevent.internal.HubAccess;

/**
 * When a peer that says nothing is asked whether it lives, and when it is given up. Only the time
 * counts in which somebody waits for it. For the receiver.
 */
final class Pulse {

    /** What is to be done. */
    enum Verdict {
        WAIT,
        ASK,
        GONE
    }

    private final long ping; // nanoseconds; zero: never
    private final long idle; // nanoseconds; zero: no limit
    private long heard; // when something came last
    private long pinged; // the same, or when it was asked last
    private boolean asked; // since something came
    private long askedAt; // the first time
    private long paused; // since when nobody waits

    Pulse(WebSocketOptions options) {
        idle = options.idleNanos();
        long interval = HubAccess.get().nanos(options.pingInterval());
        ping = idle > 0 && interval >= idle ? 0 : interval; // it would be given up before
        paused = now();
        heard = paused;
        pinged = paused;
    }

    /** Asked several times for each message; some milliseconds do not matter here. */
    private static long now() {
        return HubAccess.get().coarseNanoTime();
    }

    /** Whether there is any limit. */
    boolean isTimed() {
        return ping > 0 || idle > 0;
    }

    /** Somebody begins to wait. */
    void begin() {
        if (isTimed()) {
            long pause = now() - paused;
            heard += pause;
            pinged += pause;
            askedAt += pause;
        }
    }

    /** Nobody waits any more. */
    void pause() {
        if (isTimed()) {
            paused = now();
        }
    }

    /** The peer lives. */
    void heard() {
        if (isTimed()) {
            heard = now();
            pinged = heard;
            asked = false;
        }
    }

    /** Nanoseconds until it is to be looked at again; not positive if that is now. */
    long next() {
        long now = now();
        long next = ping > 0 ? pinged + ping - now : Long.MAX_VALUE;
        return mayBeGone() ? Math.min(next, goneAt() - now) : next;
    }

    /** Nothing has come until now. */
    Verdict look() {
        long now = now();
        if (mayBeGone() && now - goneAt() >= 0) {
            return Verdict.GONE;
        }
        if (ping == 0 || now - pinged < ping) {
            return Verdict.WAIT;
        }
        if (!asked) {
            asked = true;
            askedAt = now;
        }
        pinged = now;
        return Verdict.ASK;
    }

    /** One who can be asked is asked first. */
    private boolean mayBeGone() {
        return idle > 0 && (asked || ping == 0);
    }

    private long goneAt() {
        long at = heard + idle;
        if (ping == 0) {
            return at;
        }
        long answered = askedAt + Math.min(ping, idle - ping);
        return answered - at > 0 ? answered : at;
    }
}
