package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.Greenlet;

/** A signal ends a greenlet that would run for ever; it may clean up first. */
public final class ProgramShutdown {

    private ProgramShutdown() {}

    /** No arguments. */
    public static void main(String[] args) {
        Greenlet<Void> g = spawn(ProgramShutdown::runForEver);
        signalHandler("TERM", () -> kill(g)); // QUIT, as in gevent's tutorial, is the JVM's own
        sleep(0);
        System.out.println("send me SIGTERM");
        g.join();
        System.out.println("ended");
    }

    private static void runForEver() {
        try {
            sleep(1_000_000);
        } finally {
            System.out.println("cleaned up");
        }
    }
}
