package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;
import dev.jevent.event.Event;

import java.util.ArrayList;
import java.util.List;

/** One greenlet wakes many, in the order in which they came. */
public final class EventsTutorial {

    private final Event ready = new Event();

    private EventsTutorial() {}

    /** No arguments. */
    public static void main(String[] args) {
        var events = new EventsTutorial();
        List<Greenlet<Void>> greenlets = new ArrayList<>();
        greenlets.add(spawn(events::setter));
        for (int i = 1; i <= 5; i++) {
            int n = i;
            greenlets.add(spawn(() -> events.waiter(n)));
        }
        joinAll(greenlets);
        spawn(events::late).join();
    }

    private void setter() {
        System.out.println("wait for me");
        sleep(10);
        System.out.println("there you are");
        ready.set(); // gives way to nobody
        System.out.println("they are not awake yet");
    }

    private void waiter(int n) {
        System.out.println(n + " waits");
        ready.await();
        System.out.println(n + " goes on");
    }

    private void late() {
        ready.await();
        System.out.println("who comes late does not wait");
    }
}
