package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;
import dev.jevent.queue.Queue;

import java.util.List;

/** Actors: greenlets with a letter box each. */
public final class Actors {

    private Actors() {}

    /** No arguments. */
    public static void main(String[] args) {
        var ping = new Player("ping");
        var pong = new Player("pong");
        ping.other = pong;
        pong.other = ping;
        ping.start();
        pong.start();
        ping.inbox.putNow(1);
        joinAll(List.of(ping, pong));
        System.out.println("game over");
    }

    /** Takes one message after the other, until it meets the end of its letter box. */
    private abstract static class Actor<M> extends Greenlet<Void> {
        final Queue<M> inbox = new Queue<>();

        abstract void receive(M message);

        @Override
        protected Void run() {
            inbox.items().forEach(this::receive);
            return null;
        }
    }

    private static final class Player extends Actor<Integer> {
        private final String sound;
        private Player other;

        Player(String sound) {
            this.sound = sound;
        }

        @Override
        void receive(Integer ball) {
            System.out.println(sound + " " + ball);
            if (ball == 6) {
                inbox.putEnd();
                other.inbox.putEnd();
            } else {
                other.inbox.putNow(ball + 1);
                sleep(0);
            }
        }
    }
}
