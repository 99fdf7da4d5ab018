package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;

/** A greenlet class of one's own overrides {@code run}. */
public final class GreenletSubclass {

    private GreenletSubclass() {}

    /** No arguments. */
    public static void main(String[] args) {
        var g = new Greeter("Good morning!", 10);
        g.start();
        g.join();
        System.out.println(g.value() + " letters");
    }

    private static final class Greeter extends Greenlet<Integer> {
        private final String greeting;
        private final long millis;

        Greeter(String greeting, long millis) {
            this.greeting = greeting;
            this.millis = millis;
        }

        @Override
        protected Integer run() {
            System.out.println(greeting);
            sleep(millis);
            return greeting.length();
        }
    }
}
