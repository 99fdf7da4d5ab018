package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.local.Local;

import java.util.List;

/** The request that a greenlet serves, wherever in the code it is asked for. */
public final class SessionLocal {

    private record Request(String user, String address) {}

    private static final Local<Request> CURRENT = new Local<>();

    private SessionLocal() {}

    /** No arguments. */
    public static void main(String[] args) {
        joinAll(
                List.of(
                        spawn(() -> serve(new Request("ann", "10.0.0.1"))),
                        spawn(() -> serve(new Request("bob", "10.0.0.2")))));
    }

    private static void serve(Request request) {
        System.out.println(request.user + " asks");
        CURRENT.set(request);
        try {
            System.out.println(page());
        } finally {
            CURRENT.remove();
        }
        System.out.println("forgotten: " + (CURRENT.isSet() ? "no" : "yes"));
    }

    private static String page() {
        Request request = CURRENT.get();
        return "Hello " + request.user + " at " + request.address + ": " + database();
    }

    private static String database() {
        sleep(0); // others are served meanwhile
        return "a book for " + CURRENT.get().user;
    }
}
