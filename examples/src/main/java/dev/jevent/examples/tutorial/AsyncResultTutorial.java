package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.event.AsyncResult;

import java.util.List;
import java.util.concurrent.ExecutionException;

/** A result that somebody sets and others wait for. */
public final class AsyncResultTutorial {

    private final AsyncResult<String> answer = new AsyncResult<>();

    private AsyncResultTutorial() {}

    /** No arguments. */
    public static void main(String[] args) throws InterruptedException {
        var tutorial = new AsyncResultTutorial();
        joinAll(
                List.of(
                        spawn(tutorial::setter),
                        spawn(() -> tutorial.waiter(1)),
                        spawn(() -> tutorial.waiter(2))));

        // what a greenlet returns or throws
        var failure = new AsyncResult<String>();
        spawn(AsyncResultTutorial::fail).link(failure);
        try {
            failure.get();
        } catch (ExecutionException e) {
            System.out.println("failed: " + e.getCause().getMessage());
        }
    }

    private void setter() {
        sleep(10);
        System.out.println("setting");
        answer.set("42");
    }

    private void waiter(int n) throws Exception {
        System.out.println(n + " got " + answer.get());
    }

    private static String fail() {
        throw new IllegalStateException("no answer");
    }
}
