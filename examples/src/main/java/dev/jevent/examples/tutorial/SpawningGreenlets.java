package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;

import java.time.Duration;
import java.util.List;

/** Some ways to start a greenlet. */
public final class SpawningGreenlets {

    private SpawningGreenlets() {}

    /** No arguments. */
    public static void main(String[] args) {
        // a greenlet that begins when it is told to
        var first = new Greenlet<>(() -> say("made, then started", 20));
        first.start();

        // made and started
        var second = spawn(() -> say("spawned", 60));

        // with a result
        var third = spawn(() -> 2 + 1);

        // begins after a while
        var fourth = spawnLater(Duration.ofMillis(120), () -> say("spawned later", 0));

        joinAll(List.of(first, second, third, fourth));
        System.out.println("the result of the third: " + third.value());
    }

    private static boolean say(String text, long millis) {
        sleep(millis);
        System.out.println(text);
        return true;
    }
}
