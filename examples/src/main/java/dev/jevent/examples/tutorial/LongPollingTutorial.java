package dev.jevent.examples.tutorial;

import static dev.jevent.Jevent.*;

import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;
import dev.jevent.queue.Empty;
import dev.jevent.queue.Queue;

import java.io.IOException;
import java.time.Duration;

/**
 * A request waits until there is something to answer; try it with {@code curl localhost:8088}, many
 * times.
 */
public final class LongPollingTutorial {

    private static final Queue<Integer> QUEUE = new Queue<>(3);

    private LongPollingTutorial() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8088;
        var server = new HttpServer(port, LongPollingTutorial::poll);
        server.start();
        System.out.println("LongPollingTutorial listens on port " + server.port());
        spawn(LongPollingTutorial::produce);
        server.serveForever();
    }

    private static void produce() throws InterruptedException {
        for (int i = 0; ; i++) {
            QUEUE.put(i); // waits while three are in it
            sleep(20);
        }
    }

    private static void poll(Request request, Response response) throws IOException {
        response.contentType("application/json");
        try {
            response.send("[" + QUEUE.get(Duration.ofSeconds(10)) + "]\n");
        } catch (Empty e) {
            response.send("[]\n"); // and the browser asks again
        }
    }
}
