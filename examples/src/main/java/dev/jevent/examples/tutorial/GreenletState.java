package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** What a greenlet can be asked about itself. */
public final class GreenletState {

    private GreenletState() {}

    /** No arguments. */
    public static void main(String[] args) throws InterruptedException {
        Greenlet<String> winner = spawn(() -> "won");
        Greenlet<String> loser =
                spawn(
                        () -> {
                            throw new IllegalStateException("failed, as I should");
                        });
        show("started", Greenlet::started, winner, loser);
        show("ready", Greenlet::ready, winner, loser);

        joinAll(List.of(winner, loser)); // the exception stays with its greenlet, and is reported
        show("started", Greenlet::started, winner, loser);
        show("ready", Greenlet::ready, winner, loser);
        show("successful", Greenlet::successful, winner, loser);
        show("value", Greenlet::value, winner, loser);
        show("exception", GreenletState::messageOf, winner, loser);

        try {
            loser.get();
        } catch (ExecutionException e) { // as of any Future
            System.out.println("get: " + e.getCause().getMessage());
        }
    }

    private static Object messageOf(Greenlet<?> g) {
        return g.exception() == null ? null : g.exception().getMessage();
    }

    private static void show(
            String what,
            Function<Greenlet<String>, Object> question,
            Greenlet<String> winner,
            Greenlet<String> loser) {
        System.out.println(what + ": " + question.apply(winner) + ", " + question.apply(loser));
    }
}
