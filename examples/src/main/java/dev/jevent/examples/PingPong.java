package dev.jevent.examples;

import dev.jevent.Jevent;
import dev.jevent.lock.Semaphore;

import java.util.List;

/**
 * Two greenlets hand a ball back and forth. They run in turns, and always in the same order: a
 * greenlet gives way only where it waits.
 */
public final class PingPong {

    private PingPong() {}

    /** How many rounds may be the first argument. */
    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        var left = new Semaphore(1); // the ball is here
        var right = new Semaphore(0);
        var ping = Jevent.spawn(() -> play("ping", rounds, left, right));
        var pong = Jevent.spawn(() -> play("pong", rounds, right, left));
        Jevent.joinAll(List.of(ping, pong));
    }

    private static void play(String sound, int rounds, Semaphore mine, Semaphore theirs) {
        for (int i = 1; i <= rounds; i++) {
            mine.acquire();
            System.out.println(sound + " " + i);
            theirs.release();
        }
    }
}
