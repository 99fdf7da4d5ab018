package dev.jevent.examples;

import dev.jevent.event.Event;
import dev.jevent.http.HttpException;
import dev.jevent.http.HttpServer;
import dev.jevent.http.Request;
import dev.jevent.http.Response;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Messages by long poll: a request for those after a number waits until there is one. Any number
 * may wait at once; each is a greenlet that sleeps.
 *
 * <pre>
 *   curl localhost:8080/messages -d 'hello'
 *   curl 'localhost:8080/messages?after=0&amp;seconds=30'
 * </pre>
 */
public final class LongPolling {

    private static final int KEPT = 1000;
    private static final int LONGEST_MESSAGE = 10_000;
    private static final int LONGEST_WAIT = 60; // seconds; proxies may not have more patience

    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Long polling</title>
            <form><input autofocus autocomplete="off"> <button>Send</button></form>
            <ul></ul>
            <script>
              const field = document.querySelector('input')
              document.querySelector('form').onsubmit = event => {
                event.preventDefault()
                fetch('/messages', { method: 'POST', body: field.value })
                field.value = ''
              }
              const pause = () => new Promise(over => setTimeout(over, 2000))
              async function poll(after) {
                for (;;) {
                  try {
                    const answer = await fetch('/messages?after=' + after)
                    if (!answer.ok) throw answer.status
                    for (const line of (await answer.text()).split('\\n').filter(l => l)) {
                      const tab = line.indexOf('\\t')
                      after = line.slice(0, tab)
                      const item = document.createElement('li')
                      item.textContent = line.slice(tab + 1)
                      document.querySelector('ul').append(item)
                    }
                  } catch (e) {
                    await pause()
                  }
                }
              }
              poll(0)
            </script>
            """;

    private record Message(long number, String text) {}

    // No lock: only greenlets of one hub come here, and they wait only where they say so.
    private final Deque<Message> messages = new ArrayDeque<>();
    private long last;
    private Event next = new Event(); // set when there is another message

    private LongPolling() {}

    /** The port may be the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8080;
        var server = newServer(port);
        server.start();
        System.out.println("LongPolling listens on port " + server.port());
        server.serveForever();
    }

    static HttpServer newServer(int port) {
        return new HttpServer(port, new LongPolling()::handle);
    }

    private void handle(Request request, Response response) throws IOException {
        switch (request.method() + " " + request.path()) {
            case "GET /" -> response.send("text/html; charset=utf-8", PAGE);
            case "GET /messages" -> poll(request, response);
            case "POST /messages" -> post(request, response);
            default -> throw new HttpException(404);
        }
    }

    private void post(Request request, Response response) throws IOException {
        request.bodyLimit(LONGEST_MESSAGE);
        String text = request.text().strip().replaceAll("\\R", " ");
        messages.add(new Message(++last, text));
        if (messages.size() > KEPT) {
            messages.removeFirst();
        }
        Event news = next;
        next = new Event();
        news.set();
        response.send(last + "\n");
    }

    /** A line for each message: its number, a tab, its text. None when the time is over. */
    private void poll(Request request, Response response) throws IOException {
        long after = number(request, "after", 0);
        long seconds = Math.min(number(request, "seconds", 30), LONGEST_WAIT);
        if (last <= after) {
            boolean ignored = next.await(Duration.ofSeconds(seconds)); // gives way to the others
        }
        List<String> lines = new ArrayList<>();
        for (Message message : messages) {
            if (message.number > after) {
                lines.add(message.number + "\t" + message.text + "\n");
            }
        }
        response.header("Cache-Control", "no-store").send(String.join("", lines));
    }

    private static long number(Request request, String name, long otherwise) {
        String text = request.parameter(name).orElse(otherwise + "");
        if (!text.matches("[0-9]{1,15}")) {
            throw new HttpException(400, name + " is a number");
        }
        return Long.parseLong(text);
    }
}
