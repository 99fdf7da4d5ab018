package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Timeout;

import java.time.Duration;

/** A limit for the time that something may take. */
public final class TimeoutsTutorial {

    private static final Duration LIMIT = Duration.ofMillis(10);
    private static final Duration LONG = Duration.ofSeconds(5);

    private TimeoutsTutorial() {}

    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** No arguments. */
    public static void main(String[] args) throws Exception {
        blocks();
        calls();
        nested();
    }

    private static void blocks() {
        var timeout = new Timeout(LIMIT);
        timeout.start();
        try {
            spawn(() -> sleep(LONG)).join();
        } catch (Timeout t) { // nested ones are told apart by identity
            System.out.println("started by hand: " + (t == timeout ? "mine" : "not mine"));
        } finally {
            timeout.close();
        }

        try (var _ = Timeout.start(LIMIT)) {
            sleep(LONG);
            System.out.println("never said");
        } catch (Timeout t) {
            System.out.println("a block that may be given up");
        }

        try (var _ = Timeout.start(LIMIT, new TooLong())) {
            sleep(LONG);
            System.out.println("never said");
        } catch (TooLong e) {
            System.out.println("an exception of my own");
        }
    }

    private static void calls() throws Exception {
        var timer = new Timeout(LIMIT);
        try {
            timer.call(() -> spawn(() -> sleep(LONG)).get());
        } catch (Timeout t) {
            System.out.println("given to get: " + (t == timer ? "mine" : "not mine"));
        }

        boolean ended = spawn(() -> sleep(LONG)).join(LIMIT);
        System.out.println("join: " + (ended ? "ended" : "not ended"));

        try {
            spawn(() -> sleep(LONG)).get(LIMIT);
        } catch (Timeout t) {
            System.out.println("get: not in time");
        }

        try {
            withTimeout(LIMIT, TimeoutsTutorial::slowly);
        } catch (Timeout t) {
            System.out.println("with_timeout: not in time");
        }

        String value = withTimeout(LIMIT, "another value", TimeoutsTutorial::slowly);
        System.out.println("with_timeout: " + value);
    }

    private static String slowly() {
        sleep(LONG);
        return "in time";
    }

    private static void nested() {
        try (Timeout outer = Timeout.start(LIMIT)) {
            try (var _ = Timeout.start(LONG)) {
                sleep(LONG);
                System.out.println("never said");
            } catch (Timeout t) {
                boolean isOuter = t == outer;
                System.out.println(
                        "the outer one ends the inner block: " + (isOuter ? "yes" : "no"));
                throw t;
            }
        } catch (Timeout t) {
            return; // the outer one
        }
    }
}
