package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import java.util.List;

/** Two greenlets give way to each other with {@code sleep(0)}, and nowhere else. */
public final class SynchronousAsynchronous {

    private SynchronousAsynchronous() {}

    /** No arguments. */
    public static void main(String[] args) {
        joinAll(
                List.of(
                        spawn(SynchronousAsynchronous::foo), // nothing runs yet
                        spawn(SynchronousAsynchronous::bar)));
    }

    private static void foo() {
        System.out.println("foo begins");
        sleep(0);
        System.out.println("foo goes on");
    }

    private static void bar() {
        System.out.println("bar begins");
        sleep(0);
        System.out.println("bar goes on");
    }
}
