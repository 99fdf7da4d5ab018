package dev.jevent.examples;

import dev.jevent.Jevent;
import dev.jevent.http.EventStream;
import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.io.IOException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/**
 * A page with a clock and a counter that the server drives, an event each second. A browser that
 * lost its connection comes back by itself, and goes on counting where it was.
 */
public final class ServerSentEvents {

    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Server-sent events</title>
            <style>
              body { font: 1.5rem system-ui; text-align: center; margin-top: 20vh }
              time { font-size: 3rem; font-variant-numeric: tabular-nums }
            </style>
            <time>–</time>
            <p><b>0</b> events</p>
            <script>
              const events = new EventSource('/events')
              events.addEventListener('tick', e => {
                document.querySelector('time').textContent = e.data
                document.querySelector('b').textContent = e.lastEventId
              })
            </script>
            """;

    private ServerSentEvents() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        var server = newServer(port, 1000);
        server.start();
        System.out.println("ServerSentEvents listens on port " + server.port());
        server.serveForever();
    }

    static HttpServer newServer(int port, long millis) {
        return new HttpServer(
                port,
                (request, response) -> {
                    switch (request.path()) {
                        case "/" -> response.send("text/html; charset=utf-8", PAGE);
                        case "/events" -> tick(request, response, millis);
                        default -> throw new HttpException(404);
                    }
                });
    }

    /** Until the client goes, which the next event notices, or the server stops. */
    private static void tick(Request request, Response response, long millis) throws IOException {
        long n = lastSeen(request);
        try (EventStream events = EventStream.open(request, response)) {
            while (!request.connection().stopping()) {
                n++;
                LocalTime now = LocalTime.now(ZoneId.systemDefault());
                events.send("tick", now.truncatedTo(ChronoUnit.SECONDS) + "", n + "");
                Jevent.sleep(millis);
            }
        }
    }

    private static long lastSeen(Request request) {
        try {
            return Long.parseLong(request.header("Last-Event-ID").orElse("0"));
        } catch (NumberFormatException e) {
            throw new HttpException(400, "this Last-Event-ID is none of ours", e);
        }
    }
}
