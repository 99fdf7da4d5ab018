package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.List;

/** Two greenlets poll with the JDK's {@code Selector}; a third one works meanwhile. */
public final class Polling {

    private Polling() {}

    /** No arguments. */
    public static void main(String[] args) {
        joinAll(
                List.of(
                        spawn(() -> poll("one", 150)),
                        spawn(() -> poll("two", 300)),
                        spawn(Polling::work)));
    }

    private static void poll(String name, long millis) throws IOException {
        try (Selector selector = Selector.open()) {
            System.out.println(name + " polls");
            selector.select(millis); // would hold up everybody, were it not green
            System.out.println(name + " has polled");
        }
    }

    private static void work() {
        System.out.println("and here work is done meanwhile");
        sleep(20);
        System.out.println("work is done");
    }
}
