package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.local.Local;

import java.util.List;

/** What one greenlet keeps for itself. */
public final class Locals {

    private final Local<Integer> x = new Local<>();
    private final Local<Integer> y = new Local<>();

    private Locals() {}

    /** No arguments. */
    public static void main(String[] args) {
        var stash = new Locals();
        joinAll(List.of(spawn(stash::first), spawn(stash::second)));
        System.out.println(stash.x.isSet() ? "here, too" : "here neither");
    }

    private void first() {
        x.set(1);
        sleep(0);
        System.out.println("x is " + x.get() + " in the first");
    }

    private void second() {
        y.set(2);
        sleep(0);
        System.out.println("y is " + y.get() + " in the second");
        if (x.isSet()) {
            System.out.println("x is " + x.get() + " in the second");
        } else {
            System.out.println("there is no x in the second");
        }
    }
}
